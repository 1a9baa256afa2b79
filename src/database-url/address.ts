/** What the parts of a database URL come to: where to go, as whom, and on which terms. */
import { userInfo } from 'node:os';
import { DatabaseUrlError, judgeParameters, numberOf, oneOf } from './parameters.ts';
import { type TlsTerms, tlsTerms } from './tls-terms.ts';

/** The URL as written, decoded; empty where nothing was written. */
export interface Parts {
  readonly user: string;
  readonly password: string;
  readonly hosts: readonly { readonly host: string; readonly port: string }[];
  readonly database: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export interface Endpoint {
  /** A name or address; the folder of a unix socket begins with `/`. */
  readonly host: string;
  /** The address to connect to instead of asking for that of `host`. */
  readonly address: string | null;
  readonly port: number;
}

const SESSIONS = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
/** Which server of several is wanted. */
export type Session = (typeof SESSIONS)[number];

export interface Address {
  /** At least one, in the order of trying. */
  readonly endpoints: readonly Endpoint[];
  /** Whether each connection tries them in an order of its own. */
  readonly shuffled: boolean;
  readonly session: Session;
  readonly user: string;
  /** Null where the URL has none. */
  readonly password: string | null;
  readonly database: string;
  readonly tls: TlsTerms;
  /** Whether a server must prove in the login that nobody sits between it and us. */
  readonly bound: boolean;
  /** For one server, in milliseconds; null where the URL says nothing. */
  readonly connectTimeoutMs: number | null;
  readonly keepAliveMs: number | null;
  /** Sent as they are when a connection starts. */
  readonly startup: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 5432;

/** @throws DatabaseUrlError */
export function addressOf(parts: Parts): Address {
  const { parameters } = parts;
  judgeParameters(parameters);
  const of = (name: string) => parameters.get(name) || null;
  const user = (of('user') ?? parts.user) || accountName();
  const seconds = numberOf(parameters, 'connect_timeout');
  return {
    endpoints: endpointsOf(parts),
    shuffled: oneOf(parameters, 'load_balance_hosts', ['disable', 'random']) === 'random',
    session: oneOf(parameters, 'target_session_attrs', SESSIONS) ?? 'any',
    user,
    password: (of('password') ?? parts.password) || null,
    database: (of('dbname') ?? parts.database) || user,
    tls: tlsTerms(parameters),
    bound: oneOf(parameters, 'channel_binding', ['disable', 'prefer', 'require']) === 'require',
    // libpq waits for at least two seconds, and zero is for ever there.
    connectTimeoutMs: seconds ? Math.max(2, seconds) * 1000 : null,
    keepAliveMs: keepAliveOf(parameters),
    startup: startupOf(of),
  };
}

function startupOf(of: (name: string) => string | null): Record<string, string> {
  const application_name = of('application_name');
  const options = of('options');
  return { ...(application_name && { application_name }), ...(options && { options }) };
}

/** As many hosts, ports and addresses as there are; one port may stand for all. */
function endpointsOf({ hosts, parameters }: Parts): Endpoint[] {
  const list = (name: string) => parameters.get(name)?.split(',');
  const addresses = list('hostaddr');
  const names = list('host') ?? (hosts.every(({ host }) => host === '') ? addresses : undefined);
  const ports = list('port') ?? hosts.map(({ port }) => port);
  const found = names ?? hosts.map(({ host }) => host);
  if (ports.length !== 1 && ports.length !== found.length)
    throw new DatabaseUrlError('with one port, or one for each host');
  if (addresses && addresses.length !== found.length)
    throw new DatabaseUrlError('with a hostaddr for each host');
  return found.map((host, n) => ({
    host: host || 'localhost',
    address: addresses?.[n] || null,
    port: portOf(ports[ports.length === 1 ? 0 : n] ?? ''),
  }));
}

function portOf(text: string): number {
  if (text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new DatabaseUrlError('whose ports are from 1 to 65535');
  return port;
}

function keepAliveOf(parameters: Parts['parameters']): number | null {
  if (numberOf(parameters, 'keepalives') === 0) return null;
  return (numberOf(parameters, 'keepalives_idle') || 10) * 1000;
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    throw new DatabaseUrlError('with a user: the account of this process has no name');
  }
}
