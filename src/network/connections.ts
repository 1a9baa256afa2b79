/** Connections to any number of hosts, directly or through proxies. */
import { Agent, type Dispatcher } from 'undici';
import { createForwarding, createTunnels, type Passage } from './passage.ts';
import {
  NO_PROXIES,
  type Proxies,
  proxyAuthorization,
  proxyFor,
  proxySecrets,
  shownProxy,
} from './proxies.ts';
import { ProxyError } from './proxy-error.ts';

export interface ConnectionOptions {
  readonly connectTimeoutMs: number;
  readonly proxies?: Proxies | undefined;
  /** The most connections to one host; any number where it is left out. */
  readonly connections?: number;
  readonly maxHeaderBytes?: number;
  readonly maxBodyBytes?: number;
}

type Outgoing = Omit<Dispatcher.RequestOptions, 'path' | 'origin' | 'headers'> & {
  readonly headers: Readonly<Record<string, string>>;
};

export interface Connections {
  /**
   * Rejects with what undici and Node reject with, and with a {@link ProxyError} when a proxy is in the way.
   */
  readonly request: (url: URL, outgoing: Outgoing) => Promise<Dispatcher.ResponseData>;
  /** What no text may be quoted with that answers. */
  readonly secrets: readonly string[];
  /** Drops every connection, requests in flight included. */
  readonly close: () => Promise<void>;
}

export function openConnections(options: ConnectionOptions): Connections {
  const { proxies = NO_PROXIES, connectTimeoutMs } = options;
  const passages = new Map<string, Passage & { readonly agent: Agent }>();
  // Certificates are checked whatever the environment says: NODE_TLS_REJECT_UNAUTHORIZED=0 cannot take it
  // away.
  const direct = createAgent(options, { timeout: connectTimeoutMs, rejectUnauthorized: true });
  const agentThrough = (proxy: URL, protocol: string) => {
    const key = `${protocol} ${proxy.href}`;
    const known = passages.get(key);
    if (known) return known.agent;
    const open = protocol === 'https:' ? createTunnels : createForwarding;
    const passage = open(proxy, connectTimeoutMs);
    const agent = createAgent(options, passage.connect);
    passages.set(key, { ...passage, agent });
    return agent;
  };
  return {
    request: async (url, outgoing) => {
      const proxy = proxyFor(url, proxies);
      if (proxy && url.protocol === 'http:') {
        return await forward(agentThrough(proxy, url.protocol), url, { proxy, outgoing });
      }
      const agent = proxy ? agentThrough(proxy, url.protocol) : direct;
      return await agent.request({ ...outgoing, origin: url.origin, path: url.pathname + url.search });
    },
    secrets: proxySecrets(proxies),
    close: async () => {
      for (const { close } of passages.values()) close();
      const agents = [direct, ...Array.from(passages.values(), ({ agent }) => agent)];
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

function createAgent(options: ConnectionOptions, connect: Agent.Options['connect']): Agent {
  const { connections, maxHeaderBytes, maxBodyBytes } = options;
  return new Agent({
    ...(connect && { connect }),
    ...(connections && { connections }),
    ...(maxHeaderBytes && { maxHeaderSize: maxHeaderBytes }),
    ...(maxBodyBytes && { maxResponseSize: maxBodyBytes }),
  });
}

/** Hands a request without TLS to the proxy, which sends it on. */
async function forward(
  agent: Agent,
  url: URL,
  { proxy, outgoing }: { proxy: URL; outgoing: Outgoing },
): Promise<Dispatcher.ResponseData> {
  const authorization = proxyAuthorization(proxy);
  const headers = {
    ...outgoing.headers,
    host: url.host,
    ...(authorization && { 'proxy-authorization': authorization }),
  };
  const path = `${url.origin}${url.pathname}${url.search}`;
  const response = await agent.request({ ...outgoing, headers, origin: proxy.origin, path });
  if (response.statusCode !== 407) return response;
  await response.body.dump();
  throw new ProxyError(shownProxy(proxy), { status: response.statusCode });
}
