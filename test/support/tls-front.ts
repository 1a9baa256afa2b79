/** TLS in front of a server that speaks none, as `cph.test` by a certificate of the fixtures. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { createServer } from 'node:tls';
import { onTestFinished } from 'vitest';

const fixture = (name: string) => resolve(import.meta.dirname, '../fixtures', name);

/** For `NODE_EXTRA_CA_CERTS`. */
export const CERTIFICATE = fixture('tls-cert.pem');

/** The port it listens on. Closed when the test is over. */
export async function startTlsFront(port: number): Promise<number> {
  const sockets = new Set<Socket>();
  const credentials = { key: readFileSync(fixture('tls-key.pem')), cert: readFileSync(CERTIFICATE) };
  const server = createServer(credentials, (socket) => {
    const behind = connect(port, '127.0.0.1');
    for (const end of [socket, behind]) sockets.add(end.on('error', () => undefined));
    socket.pipe(behind);
    behind.pipe(socket);
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
