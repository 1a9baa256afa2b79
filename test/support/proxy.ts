/** A proxy for tests: tunnels by CONNECT, and sends on what comes without TLS. */
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TestProxy {
  /** `http://127.0.0.1:…`, with the user where one is demanded. */
  readonly url: string;
  /** `CONNECT host:port`, or `GET http://…`. */
  readonly seen: string[];
}

export interface ProxyOptions {
  /** `user:password`, or nobody gets through. */
  readonly user?: string;
  /** What CONNECT is answered with instead of a tunnel. */
  readonly refusal?: number;
  /** Where tunnels go, whatever host was asked for. */
  readonly to?: number;
}

/** Closed when the test is over. */
export async function startProxy({ user, refusal, to }: ProxyOptions = {}): Promise<TestProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const lets = ({ headers }: IncomingMessage) =>
    user === undefined || headers['proxy-authorization'] === `Basic ${Buffer.from(user).toString('base64')}`;
  const server = createServer((incoming, outgoing) => {
    seen.push(`${incoming.method} ${incoming.url}`);
    if (!lets(incoming)) return outgoing.writeHead(407).end(`<html>${user}</html>`);
    const { 'proxy-authorization': _, ...headers } = incoming.headers;
    const target = new URL(incoming.url ?? '');
    if (to !== undefined) target.host = `127.0.0.1:${to}`;
    const sent = request(target, { method: incoming.method ?? 'GET', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(sent);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`CONNECT ${incoming.url}`);
    const status = lets(incoming) ? refusal : 407;
    if (status !== undefined) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const port = to ?? Number(incoming.url?.split(':').at(-1));
    const tunnel = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      tunnel.pipe(socket);
      socket.pipe(tunnel);
    });
    sockets.add(tunnel);
    for (const end of [tunnel, socket]) end.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { url: `http://${user === undefined ? '' : `${user}@`}127.0.0.1:${port}`, seen };
}
