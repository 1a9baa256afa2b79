import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type ApiStub,
  type ClientOptions,
  clientFor,
  newLook,
  sendJson,
  startApi,
} from './support/cph-api.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function api(respond: Parameters<typeof startApi>[0]): Promise<ApiStub> {
  const stub = await startApi(respond);
  closers.push(stub.close);
  return stub;
}

/** A server below HTTP: writes what the test says on every connection. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.once('data', () => onConnection(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  );
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** One attempt: what becomes of it. */
async function failureOf(endpoint: string, options: ClientOptions = {}): Promise<unknown> {
  const client = clientFor(endpoint, { maxRetries: 0, ...options });
  closers.push(() => client.close());
  return client.get('cloud-phone/images', {}, newLook()).then(
    () => null,
    (error: unknown) => error,
  );
}

describe('the URL asked for', () => {
  test.each([
    ['', '/v1/p1/cloud-phone/images?image_type=private&limit=100'],
    ['/', '/v1/p1/cloud-phone/images?image_type=private&limit=100'],
    ['/gateway/cph/', '/gateway/cph/v1/p1/cloud-phone/images?image_type=private&limit=100'],
  ])('keeps what the endpoint ends in (%j)', async (suffix, expected) => {
    const { url, requests } = await api((_request, response) => sendJson(response, {}));
    const client = clientFor(url + suffix);
    closers.push(() => client.close());
    await client.get('cloud-phone/images', { image_type: 'private', limit: 100 }, newLook());
    expect(requests.map(({ url }) => url.pathname + url.search)).toEqual([expected]);
  });

  test('encodes what has a meaning in URLs', async () => {
    const { url, requests } = await api((_request, response) => sendJson(response, {}));
    const client = clientFor(url, { projectId: 'p/1' });
    closers.push(() => client.close());
    await client.get('cloud-phone/images', { image_id: "a b+c&d=(e)'/ü" }, newLook());
    expect(requests[0]?.url.href).toBe(
      'http://api.test/v1/p%2F1/cloud-phone/images?image_id=a%20b%2Bc%26d%3D%28e%29%27%2F%C3%BC',
    );
  });
});

describe('no answer', () => {
  test('in time is a timeout', async () => {
    const { url } = await api(() => {});
    const error = await failureOf(url, { requestTimeoutMs: 100 });
    expect(error).toMatchObject({ kind: 'unreachable', code: 'timeout', status: null, retryable: true });
  });

  test('to the end in time is a timeout, even when its bytes keep dripping in', async () => {
    const { url } = await api((_request, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const error = await failureOf(url, { requestTimeoutMs: 300 });
    expect(error).toMatchObject({ kind: 'unreachable', code: 'timeout', retryable: true });
  });

  test('because nobody listens is a connection failure', async () => {
    const { url, close } = await startApi(() => {});
    await close();
    const error = await failureOf(url);
    expect(error).toMatchObject({ kind: 'unreachable', code: 'connection', status: null, retryable: true });
    expect(String(error)).toBe(
      `CphError: cloud-phone/images: no connection, ${new URL(url).host} refuses it (ECONNREFUSED)`,
    );
  });

  test('because the connection is closed is a connection failure', async () => {
    const url = await rawServer((socket) => socket.destroy());
    expect(await failureOf(url)).toMatchObject({ kind: 'unreachable', code: 'connection', retryable: true });
  });

  test('in HTTP is not retried', async () => {
    const url = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await failureOf(url)).toMatchObject({ kind: 'unreachable', code: 'not_http', retryable: false });
  });

  test('over TLS from a server that does not speak it is not taken for one without', async () => {
    const { url } = await api((_request, response) => sendJson(response, {}));
    expect(await failureOf(url.replace('http:', 'https:'))).toMatchObject({ kind: 'unreachable' });
  });
});

describe('an answer that breaks off', () => {
  test.each([
    ['before its stated length', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"image_infos": ['],
    ['within a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40\r\n{"image_infos": ['],
    ['before the last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['where only its JSON shows it', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{"image_infos": ['],
  ])('%s is truncated, never a shorter answer', async (_where, text) => {
    const url = await rawServer((socket) => socket.end(text));
    expect(await failureOf(url)).toMatchObject({ code: 'truncated', retryable: true });
  });

  test('once is asked for again', async () => {
    const { url, requests } = await api((_request, response, count) => {
      if (count > 1) return sendJson(response, { total: 0 });
      response.writeHead(200, { 'content-length': 500 });
      response.write('{', () => response.destroy());
    });
    const client = clientFor(url);
    closers.push(() => client.close());
    expect(await client.get('cloud-phone/images', {}, newLook())).toEqual({ total: 0 });
    expect(requests).toHaveLength(2);
  });
});

describe('an answer that is too large', () => {
  test('is not read to its end', async () => {
    const { url } = await api((_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expect(await failureOf(url)).toMatchObject({ kind: 'unreachable', code: 'too_large', retryable: false });
  });

  test('by its headers is refused, one with headers of 60 KiB is not', async () => {
    const { url } = await api(({ url }, response) => {
      const size = Number(url.searchParams.get('kib')) * 1024;
      sendJson(response, {}, { headers: { 'x-padding': 'x'.repeat(size) } });
    });
    const client = clientFor(url, { maxRetries: 0 });
    closers.push(() => client.close());
    expect(await client.get('cloud-phone/images', { kib: 60 }, newLook())).toEqual({});
    await expect(client.get('cloud-phone/images', { kib: 80 }, newLook())).rejects.toMatchObject({
      code: 'too_large',
    });
  });
});

test('a redirect is not followed, so that the token goes nowhere else', async () => {
  const elsewhere = await api((_request, response) => sendJson(response, {}));
  const { url, requests } = await api((_request, response) =>
    response.writeHead(307, { location: `${elsewhere.url}/v1/p1/cloud-phone/images` }).end(),
  );
  const error = await failureOf(url, { maxRetries: 4 });
  expect(error).toMatchObject({ code: 'redirect', status: 307 });
  expect(requests).toHaveLength(1);
  expect(elsewhere.requests).toEqual([]);
});

test('a token of 40 KiB arrives', async () => {
  const token = 't'.repeat(40 * 1024);
  const { url, requests } = await api((_request, response) => sendJson(response, {}));
  expect(await failureOf(url, { authorize: () => ({ 'X-Auth-Token': token }) })).toBeNull();
  expect(requests[0]?.headers['x-auth-token']).toBe(token);
});

test('a token that cannot be sent is an error without the token', async () => {
  const { url } = await api((_request, response) => sendJson(response, {}));
  const error = await failureOf(url, {
    maxRetries: 4,
    authorize: () => ({ 'X-Auth-Token': 'hunter2\nx' }),
  });
  expect(error).toMatchObject({ code: 'invalid_request', retryable: false });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});

test('a client that is closed fails and does not try again', async () => {
  const { url, requests } = await api((_request, response) => sendJson(response, {}));
  const client = clientFor(url);
  await client.close();
  await expect(client.get('cloud-phone/images', {}, newLook())).rejects.toMatchObject({ code: 'closed' });
  expect(requests).toEqual([]);
});
