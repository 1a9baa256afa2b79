/** Which proxy a request goes through, by the variables that curl and others read. Pure. */
import { BlockList, isIP } from 'node:net';

/** An address of a proxy, which may hold a user and a password: shown to nobody, see {@link shownProxy}. */
interface ProxyAddress {
  reveal(): string;
}

export interface Proxies {
  /** For `http` and for `https` addresses; null: none. */
  readonly http: ProxyAddress | null;
  readonly https: ProxyAddress | null;
  /** Hosts to reach directly, as in `NO_PROXY`. */
  readonly bypass: string;
}

export const NO_PROXIES: Proxies = { http: null, https: null, bypass: '' };

/** The proxy between us and `url`; null where there is none. */
export function proxyFor(url: URL, { http, https, bypass }: Proxies): URL | null {
  const proxy = url.protocol === 'https:' ? https : http;
  return proxy === null || isBypassed(url, bypass) ? null : new URL(proxy.reveal());
}

/** A proxy as it may be shown: without user, password and path. */
export function shownProxy(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

/** The value of `Proxy-Authorization`; null where the address names no user. */
export function proxyAuthorization({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const pair = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** What no text may be quoted with that comes from beyond a proxy. */
export function proxySecrets({ http, https }: Proxies): string[] {
  return [http, https].flatMap((proxy) => {
    if (proxy === null) return [];
    const url = new URL(proxy.reveal());
    const authorization = proxyAuthorization(url);
    if (authorization === null) return [];
    return [decoded(url.password), url.password, authorization, authorization.slice('Basic '.length)];
  });
}

/** A `%` that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * `NO_PROXY` as it is commonly read: names with all below them, with or without a dot or `*.` in front;
 * addresses and ranges of them; each with a port or for all; `*` for everything. Names are compared as
 * written, not resolved.
 */
function isBypassed({ hostname, port, protocol }: URL, bypass: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const target = { host, port: port || (protocol === 'https:' ? '443' : '80') };
  return bypass
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, target));
}

function matches(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === '*') return true;
  const [, bracketed, named, onPort] = /^(?:\[(.+)\]|([^:]+|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? [];
  if (onPort !== undefined && onPort !== port) return false;
  const name = (bracketed ?? named ?? '').replace(/^\*?\.|\.$/g, '');
  if (name === '') return false;
  return isIP(host) === 0 ? host === name || host.endsWith(`.${name}`) : isWithin(host, name);
}

function isWithin(address: string, range: string): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const [net = '', bits] = range.split('/');
  if (isIP(net) !== isIP(address)) return false;
  const longest = family === 'ipv6' ? 128 : 32;
  const prefix = bits === undefined ? longest : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > longest) return false;
  const list = new BlockList();
  list.addSubnet(net, prefix, family);
  return list.check(address, family);
}
