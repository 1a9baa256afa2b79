import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { reachReceiver } from '../src/delivery/reach.ts';
import { adviceOnReach } from '../src/delivery/reach-advice.ts';
import { until } from './support/until.ts';

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
  ['webhook', 501, true],
  ['webhook', 301, false],
  ['webhook', 308, false],
  ['webhook', 404, false],
  ['webhook', 410, false],
  ['alertmanager', 200, true],
  ['alertmanager', 404, false],
] as const)('a %s that answers with %d is fine: %s', async (kind, status, ok) => {
  const { port } = await receiver(status);
  expect(await reachReceiver({ kind, url: `http://127.0.0.1:${port}/t0ken` }, control)).toEqual({
    result: ok ? 'ok' : 'failed',
    details: expect.stringMatching(`^http://127.0.0.1:${port} answers with ${status}${ok ? '$' : '; '}`),
  });
});

test.each([
  [401, 'note'],
  [403, 'note'],
  [404, 'failed'],
  [405, 'ok'],
] as const)(
  'a webhook that verifies signatures and answers with %d is told as %s',
  async (status, result) => {
    const { port } = await receiver(status);
    const signed = { kind: 'webhook', url: `http://127.0.0.1:${port}`, signed: true } as const;
    expect(await reachReceiver(signed, control)).toMatchObject({ result });
  },
);

test('an Alertmanager is asked for its status below its path, a webhook by HEAD, both with their credentials', async () => {
  const { port, asked } = await receiver(200);
  const url = `http://me:pw@127.0.0.1:${port}/base`;
  await reachReceiver({ kind: 'alertmanager', url }, control);
  await reachReceiver({ kind: 'webhook', url }, control);
  expect(asked).toEqual(['GET /base/api/v2/status Basic bWU6cHc=', 'HEAD /base Basic bWU6cHc=']);
});

test('a URL of the alerts is understood, and headers of a sink come with the question', async () => {
  const { port, asked } = await receiver(200);
  const url = `http://127.0.0.1:${port}/base/api/v2/alerts`;
  const headers = () => ({ authorization: 'Bearer abc' });
  await reachReceiver({ kind: 'alertmanager', url, headers }, control);
  await reachReceiver({ kind: 'webhook', url: `http://127.0.0.1:${port}/h`, headers }, control);
  expect(asked).toEqual(['GET /base/api/v2/status Bearer abc', 'HEAD /h Bearer abc']);
});

test('one that is not there is not fine, and neither path nor password is told', async () => {
  const { result, details } = await reachReceiver(
    { kind: 'webhook', url: 'http://me:hunter2@127.0.0.1:1/t0ken' },
    control,
  );
  expect(result).toBe('failed');
  expect(details).toContain('http://127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  expect(details).not.toMatch(/hunter2|t0ken/);
});

test('TLS where there is none is told as such, and not as a matter of certificates', async () => {
  const { port } = await receiver(200);
  const { details } = await reachReceiver({ kind: 'webhook', url: `https://127.0.0.1:${port}/x` }, control);
  expect(details).toMatch(
    /^https:\/\/127\.0\.0\.1:\d+ cannot be reached .*; it answers without TLS: .*http:/,
  );
});

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NODE_EXTRA_CA_CERTS'],
  ['CERT_HAS_EXPIRED', 'renew its certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no answer in time'],
  ['ENOTFOUND', 'slip'],
  ['E_WHATEVER', 'check the URL of the sink and the network'],
])('%s is told with what to do', (name, told) => {
  expect(adviceOnReach(name)).toContain(told);
});

/** A receiver that takes connections and says `words` to each, and nothing more. */
async function silentReceiver(words: string): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).write(words);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Collects garbage all the time, until the test is over. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const collecting = setInterval(collect, 10);
  onTestFinished(() => clearInterval(collecting));
}

test.each([
  [
    'nothing',
    '',
    'cannot be reached (TimeoutError); no answer in time: check the URL of the sink, and any firewall or proxy in between',
  ],
  [
    'half a header',
    'HTTP/1.1 200 OK\r\nc',
    'cannot be reached (TimeoutError); no answer in time: check the URL of the sink, and any firewall or proxy in between',
  ],
  ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf', 'answers with 200'],
])(
  'one that accepts and says %s is left in time, also while garbage is collected',
  async (_, words, told) => {
    const port = await silentReceiver(words);
    collectGarbage();
    const reaching = reachReceiver(
      { kind: 'alertmanager', url: `http://127.0.0.1:${port}` },
      { signal: new AbortController().signal, timeoutMs: 300 },
    );
    let reached: Awaited<typeof reaching> | undefined;
    void reaching.then((result) => {
      reached = result;
    });
    const result = told === 'answers with 200' ? 'ok' : 'failed';
    const details = `http://127.0.0.1:${port} ${told}`;
    expect(await until(() => reached)).toEqual({ result, details });
  },
);
