/**
 * Ways through a proxy: by `CONNECT` for requests over TLS, of which it sees where they go and no more; or
 * handed over.
 */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { proxyAuthorization, shownProxy } from './proxies.ts';
import { ProxyError } from './proxy-error.ts';

/** A way through a proxy. */
export interface Passage {
  /** How undici connects. */
  readonly connect: buildConnector.connector;
  /** Drops what is still being dug. */
  readonly close: () => void;
}

/** Tunnels, of which each takes `timeoutMs` at most, from connecting to the proxy's answer. */
export function createTunnels(proxy: URL, timeoutMs: number): Passage {
  const digging = new Set<ClientRequest>();
  const secure = buildConnector({ timeout: timeoutMs, rejectUnauthorized: true });
  return {
    connect: (options, callback) => {
      const { hostname, port } = options;
      const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
      dig(proxy, { authority: `${host}:${port || 443}`, timeoutMs, digging }).then(
        (httpSocket) => secure({ ...options, httpSocket }, callback),
        (error: Error) => callback(error, null),
      );
    },
    close: () => {
      for (const request of digging) request.destroy();
    },
  };
}

/** Connections to the proxy itself, for requests that it sends on. */
export function createForwarding(proxy: URL, timeoutMs: number): Passage {
  const open = buildConnector({ timeout: timeoutMs, rejectUnauthorized: true });
  return {
    connect: (options, callback) =>
      open(options, (error, socket) => {
        if (error) callback(new ProxyError(shownProxy(proxy), { cause: error }), null);
        else callback(null, socket);
      }),
    close: () => {},
  };
}

interface Digging {
  readonly authority: string;
  readonly timeoutMs: number;
  readonly digging: Set<ClientRequest>;
}

function dig(proxy: URL, { authority, timeoutMs, digging }: Digging): Promise<Socket> {
  const request = connectRequest(proxy, authority);
  digging.add(request);
  const late = new DOMException(`No tunnel after ${timeoutMs} ms`, 'TimeoutError');
  const timer = setTimeout(() => request.destroy(late), timeoutMs);
  return new Promise<Socket>((resolve, reject) => {
    request.once('error', (cause) => reject(new ProxyError(shownProxy(proxy), { cause })));
    request.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket, head: Buffer) => {
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      reject(new ProxyError(shownProxy(proxy), { status: statusCode }));
    });
    request.end();
  }).finally(() => {
    clearTimeout(timer);
    digging.delete(request);
  });
}

function connectRequest(proxy: URL, authority: string): ClientRequest {
  const authorization = proxyAuthorization(proxy);
  const secure = proxy.protocol === 'https:';
  const options = {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (secure ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(authorization && { 'proxy-authorization': authorization }) },
    agent: false,
  } as const;
  return secure ? requestHttps({ ...options, rejectUnauthorized: true }) : requestHttp(options);
}
