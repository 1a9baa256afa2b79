/**
 * A proxy that makes a Postgres like databases that speak its protocol, and whose advisory locks do nothing.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { administer } from './postgres-server.ts';

/** Of the same length as `advisory`, so that no message has to be taken apart. */
const IDLE = 'advisorx';

export async function startIdleLocks(
  databaseUrl: string,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const { hostname, port } = new URL(databaseUrl);
  const idle = (name: string, answer: string) =>
    administer(databaseUrl, `create function public.${name}(bigint) ${answer}`);
  await idle(`pg_${IDLE}_xact_lock`, `returns void language sql as 'select'`);
  await idle(`pg_try_${IDLE}_xact_lock`, `returns boolean language sql as 'select true'`);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined));
    client.on('data', (chunk) => {
      upstream.write(chunk.toString('latin1').replaceAll('advisory', IDLE), 'latin1');
    });
    client.on('close', () => upstream.destroy());
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  // Through TLS nothing could be changed, and a server may offer it.
  url.searchParams.set('sslmode', 'disable');
  return {
    url: url.href,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
