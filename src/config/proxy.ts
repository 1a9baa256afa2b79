import type { Environment } from './environment.ts';
import { shown } from './fault.ts';
import { Secret } from './secret.ts';
import type { Findings } from './settings.ts';

/** The proxies between us and the API, IAM and sinks. Addresses are secrets: they may hold a password. */
export interface ProxyConfig {
  /** For `http` and for `https` addresses; null: none. */
  readonly http: Secret | null;
  readonly https: Secret | null;
  /** Hosts that are reached directly. */
  readonly bypass: string;
}

const EXPECTED = 'the address of an http or https proxy, such as http://proxy.example.com:3128';

/**
 * The proxies of the environment, in the spellings other programs read. The small one counts where both are
 * set, as with curl; each is for its kind of address alone. An address without `http://` in front is taken as
 * one that has it.
 */
export function readProxies(env: Environment, findings: Findings): ProxyConfig {
  return {
    http: readProxy('HTTP_PROXY', env, findings),
    https: readProxy('HTTPS_PROXY', env, findings),
    bypass: env.no_proxy || env.NO_PROXY || '',
  };
}

function readProxy(name: string, env: Environment, findings: Findings): Secret | null {
  const small = name.toLowerCase();
  const where = env[small] ? small : name;
  const text = env[where]?.trim();
  if (!text) return null;
  const address = text.includes('://') ? text : `http://${text}`;
  if (isProxy(address)) return Secret.of(address);
  findings.faults.push({ where, got: shown(text), expected: EXPECTED });
  return null;
}

function isProxy(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol) && hostname !== '';
}
