import { describe, expect, onTestFinished, test } from 'vitest';
import { openTransport } from '../src/cph/transport.ts';
import { reachReceiver } from '../src/delivery/reach.ts';
import { createWebhookSink } from '../src/delivery/webhook.ts';
import type { Proxies } from '../src/network/proxies.ts';
import { clientFor, newLook, sendJson, startApi } from './support/cph-api.ts';
import { startProxy } from './support/proxy.ts';
import { startTlsFront } from './support/tls-front.ts';

const through = (url: string, bypass = ''): Proxies => {
  const proxy = { reveal: () => url };
  return { http: proxy, https: proxy, bypass };
};

async function api(
  respond: Parameters<typeof startApi>[0] = (_, response) => sendJson(response, { total: 0 }),
) {
  const stub = await startApi(respond);
  onTestFinished(() => stub.close());
  return { ...stub, port: Number(new URL(stub.url).port) };
}

/** What becomes of a question that goes through a proxy. */
async function asked(endpoint: string, proxies: Proxies): Promise<unknown> {
  const transport = openTransport({ proxies });
  onTestFinished(() => transport.close());
  const client = clientFor(endpoint, { transport, maxRetries: 0 });
  return await client.get('cloud-phone/images', {}, newLook()).catch((error: unknown) => error);
}

describe('without TLS', () => {
  test('the proxy is handed the request, and knows who we are', async () => {
    const { port, requests } = await api();
    const proxy = await startProxy({ user: 'me:p@ss', to: port });
    const url = proxy.url.replace('p@ss', 'p%40ss');
    expect(await asked('http://cph.test:81/base', through(url))).toEqual({ total: 0 });
    expect(proxy.seen).toEqual(['GET http://cph.test:81/base/v1/p1/cloud-phone/images']);
    expect(requests[0]?.headers).toMatchObject({ host: 'cph.test:81', 'x-auth-token': 'a-token' });
    expect(requests[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  test('NO_PROXY goes past it', async () => {
    const { url } = await api();
    const proxy = await startProxy();
    expect(await asked(url, through(proxy.url, '127.0.0.1'))).toEqual({ total: 0 });
    expect(proxy.seen).toEqual([]);
  });
});

describe('with TLS', () => {
  test('there is a tunnel, and the certificate is that of the host behind it', async () => {
    const { port } = await api();
    const proxy = await startProxy({ to: await startTlsFront(port) });
    const error = await asked('https://cph.test', through(proxy.url));
    expect(error).toMatchObject({ kind: 'unreachable', code: 'tls' });
    expect(proxy.seen).toEqual(['CONNECT cph.test:443']);
  });

  test('there is one to an IPv6 address too', async () => {
    const proxy = await startProxy({ refusal: 403 });
    await asked('https://[::1]:8443', through(proxy.url));
    expect(proxy.seen).toEqual(['CONNECT [::1]:8443']);
  });
});

describe('a proxy', () => {
  test.each(['http://cph.test', 'https://cph.test'])(
    'that wants another user says so (%s)',
    async (endpoint) => {
      const proxy = await startProxy({ user: 'me:right' });
      const error = await asked(endpoint, through(proxy.url.replace('right', 'hunter2')));
      expect(error).toMatchObject({
        code: 'proxy',
        retryable: false,
        message: `cloud-phone/images: the proxy ${proxy.url.replace('me:right@', '')} answered with 407`,
        hint: expect.stringContaining('user and password in HTTPS_PROXY or HTTP_PROXY'),
      });
      expect(String(error) + JSON.stringify(error)).not.toContain('hunter2');
    },
  );

  test('that refuses a host, or fails, says so', async () => {
    const refusing = await startProxy({ refusal: 403 });
    expect(await asked('https://cph.test', through(refusing.url))).toMatchObject({
      code: 'proxy',
      retryable: false,
    });
    const failing = await startProxy({ refusal: 502 });
    expect(await asked('https://cph.test', through(failing.url))).toMatchObject({
      code: 'proxy',
      retryable: true,
    });
  });

  test.each(['http://cph.test', 'https://cph.test'])('that is not there is named (%s)', async (endpoint) => {
    const error = await asked(endpoint, through('http://me:hunter2@127.0.0.1:1'));
    expect(error).toMatchObject({
      code: 'proxy',
      retryable: true,
      message: expect.stringContaining('the proxy http://127.0.0.1:1 cannot be reached (ECONNREFUSED)'),
    });
    expect(String(error)).not.toContain('hunter2');
  });

  test('whose password an answer repeats stays hidden', async () => {
    const { port } = await api((_request, response) =>
      sendJson(response, { error_code: 'CPS.0001', error_msg: 'via hunter2!' }, { status: 400 }),
    );
    const proxy = await startProxy({ user: 'me:hunter2', to: port });
    const error = await asked('http://cph.test', through(proxy.url));
    expect(String(error)).toContain('via ***!');
  });
});

describe('a sink', () => {
  test('is reached through the proxy, by its check and by its deliveries', async () => {
    const { port, requests } = await api();
    const proxy = await startProxy({ to: port });
    const proxies = through(proxy.url);
    const { signal } = new AbortController();
    const url = 'http://hooks.test/cph';
    expect(await reachReceiver({ kind: 'webhook', url }, { signal, timeoutMs: 5000, proxies })).toMatchObject(
      {
        result: 'ok',
      },
    );
    const sink = createWebhookSink({
      name: 'w',
      url,
      secret: null,
      types: null,
      toStatus: null,
      timeoutMs: 5000,
      proxies,
    });
    onTestFinished(() => sink.close());
    expect(proxy.seen).toEqual(['HEAD http://hooks.test/cph']);
    expect(requests[0]?.headers.host).toBe('hooks.test');
  });

  test('says that it is the proxy that is not there', async () => {
    const { signal } = new AbortController();
    const control = { signal, timeoutMs: 5000, proxies: through('http://me:hunter2@127.0.0.1:1') };
    const { details } = await reachReceiver({ kind: 'webhook', url: 'http://hooks.test/' }, control);
    expect(details).toContain('the proxy http://127.0.0.1:1 cannot be reached (ECONNREFUSED)');
  });
});
