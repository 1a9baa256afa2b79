import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { reachReceiver } from '../src/delivery/reach.ts';

const control = { signal: new AbortController().signal, timeoutMs: 5_000 };

/** A receiver that answers everything with one status, and remembers what it was asked. */
async function receiver(status: number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, port: (server.address() as AddressInfo).port };
}

test.each([
  ['webhook', 405, true],
  ['webhook', 200, true],
  ['webhook', 401, false],
  ['webhook', 503, false],
  ['alertmanager', 200, true],
  ['alertmanager', 404, false],
] as const)('a %s that answers with %d is fine: %s', async (kind, status, ok) => {
  const { port } = await receiver(status);
  expect(await reachReceiver({ kind, url: `http://127.0.0.1:${port}/t0ken` }, control)).toEqual({
    ok,
    details: `http://127.0.0.1:${port} answers with ${status}`,
  });
});

test('an Alertmanager is asked for its status below its path, a webhook by HEAD, both with their credentials', async () => {
  const { port, asked } = await receiver(200);
  const url = `http://me:pw@127.0.0.1:${port}/base`;
  await reachReceiver({ kind: 'alertmanager', url }, control);
  await reachReceiver({ kind: 'webhook', url }, control);
  expect(asked).toEqual(['GET /base/api/v2/status Basic bWU6cHc=', 'HEAD /base Basic bWU6cHc=']);
});

test('one that is not there is not fine, and neither path nor password is told', async () => {
  const { ok, details } = await reachReceiver(
    { kind: 'webhook', url: 'http://me:hunter2@127.0.0.1:1/t0ken' },
    control,
  );
  expect(ok).toBe(false);
  expect(details).toContain('http://127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  expect(details).not.toMatch(/hunter2|t0ken/);
});
