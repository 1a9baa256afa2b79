import { afterEach, describe, expect, test } from 'vitest';
import { respectfulDelay, retryDelay } from '../src/cph/retry.ts';
import { type ApiStub, clientFor, newLook, sendJson, startApi } from './support/cph-api.ts';

let api: ApiStub | null = null;

afterEach(async () => {
  await api?.close();
  api = null;
});

const internalError = { request_id: 'failed', error_code: 'CPS.0003', error_msg: 'Service internal error.' };

describe('delays', () => {
  test('are anywhere below a bound that doubles with each attempt, up to half a minute', () => {
    expect([0, 1, 2, 3].map((attempt) => retryDelay(attempt, () => 1))).toEqual([500, 1000, 2000, 4000]);
    expect(retryDelay(20, () => 1)).toBe(30_000);
    expect(retryDelay(3, () => 0)).toBe(0);
    expect(retryDelay(3, () => 0.25)).toBe(1000);
  });

  test('are as long as the API asks, when that is longer', () => {
    expect(respectfulDelay(500, null)).toBe(500);
    expect(respectfulDelay(500, 2000)).toBe(2000);
    expect(respectfulDelay(5000, 2000)).toBe(5000);
  });

  test('are not waited for when the API asks for more than two minutes', () => {
    expect(respectfulDelay(500, 120_000)).toBe(120_000);
    expect(respectfulDelay(500, 120_001)).toBeNull();
  });
});

describe('a request', () => {
  test('that fails for a moment is repeated, each attempt and request id counted', async () => {
    api = await startApi((_request, response, count) =>
      count < 3
        ? sendJson(response, { ...internalError, request_id: `failed-${count}` }, { status: 400 })
        : sendJson(response, { total: 0, request_id: 'fine' }),
    );
    const client = clientFor(api.url);
    const look = newLook();
    expect(await client.get('cloud-phone/images', {}, look)).toEqual({ total: 0, request_id: 'fine' });
    expect(look.trace).toEqual({ requests: 3, requestIds: new Set(['failed-1', 'failed-2', 'fine']) });
    await client.close();
  });

  test('that goes on failing is given up after the retries, its attempts and request ids counted', async () => {
    api = await startApi((_request, response) => sendJson(response, internalError, { status: 400 }));
    const client = clientFor(api.url, { maxRetries: 2 });
    const look = newLook();
    await expect(client.get('cloud-phone/images', {}, look)).rejects.toMatchObject({
      code: 'CPS.0003',
      kind: 'unavailable',
      requestId: 'failed',
    });
    expect(look.trace).toEqual({ requests: 3, requestIds: new Set(['failed']) });
    expect(api.requests).toHaveLength(3);
    await client.close();
  });

  test.each(['CPS.0001', 'CPS.0002', 'CPS.0006', 'CPS.0007'])(
    'refused with %s is sent once',
    async (code) => {
      api = await startApi((_request, response) => sendJson(response, { error_code: code }, { status: 400 }));
      const client = clientFor(api.url);
      await expect(client.get('cloud-phone/images', {}, newLook())).rejects.toMatchObject({ code });
      expect(api.requests).toHaveLength(1);
      await client.close();
    },
  );

  test('told to come back in more than two minutes fails at once', async () => {
    api = await startApi((_request, response) =>
      sendJson(response, { error_code: 'APIGW.0308' }, { status: 429, headers: { 'retry-after': '3600' } }),
    );
    const client = clientFor(api.url);
    await expect(client.get('cloud-phone/images', {}, newLook())).rejects.toMatchObject({
      kind: 'throttled',
      retryAfterMs: 3_600_000,
    });
    expect(api.requests).toHaveLength(1);
    await client.close();
  });

  test('waits as long as Retry-After says', async () => {
    const times: number[] = [];
    const headers = { 'retry-after': 'Sun, 01 Mar 2026 12:00:01 GMT' };
    api = await startApi((_request, response, count) => {
      times.push(performance.now());
      if (count > 1) return sendJson(response, {});
      sendJson(response, { error_code: 'APIGW.0308' }, { status: 429, headers });
    });
    const client = clientFor(api.url, { now: () => new Date('2026-03-01T12:00:00.800Z') });
    await client.get('cloud-phone/images', {}, newLook());
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThan(190);
    await client.close();
  });

  test('reports every attempt and its outcome', async () => {
    api = await startApi((_request, response, count) =>
      count < 2 ? sendJson(response, internalError, { status: 400 }) : sendJson(response, {}),
    );
    const reports: string[] = [];
    const observe = ({ endpoint, outcome }: { endpoint: string; outcome: string }) =>
      reports.push(`${endpoint} ${outcome}`);
    const client = clientFor(api.url, { observe });
    await client.get('cloud-phone/images', {}, newLook());
    expect(reports).toEqual(['cloud-phone/images unavailable', 'cloud-phone/images ok']);
    await client.close();
  });
});

describe('the rate', () => {
  /** A client of 20 requests a second, and how many milliseconds after the first each of them had its turn. */
  function paced(endpoint: string) {
    const turns: number[] = [];
    const authorize = () => {
      turns.push(performance.now());
      return {};
    };
    const sinceFirst = () => turns.map((turn) => turn - (turns[0] ?? 0));
    return { client: clientFor(endpoint, { rateLimit: 20, authorize }), sinceFirst };
  }

  test('is kept by all requests of a client together', async () => {
    api = await startApi((_request, response) => sendJson(response, {}));
    const { client, sinceFirst } = paced(api.url);
    await Promise.all([1, 2, 3, 4, 5].map(() => client.get('cloud-phone/images', {}, newLook())));
    expect(sinceFirst()).toHaveLength(5);
    expect(sinceFirst().at(-1)).toBeGreaterThan(195);
    await client.close();
  });

  test('is lower after the API has complained', async () => {
    api = await startApi((_request, response, count) => {
      if (count === 2) sendJson(response, { error_code: 'APIGW.0308' }, { status: 429 });
      else sendJson(response, {});
    });
    const { client, sinceFirst } = paced(api.url);
    for (let i = 0; i < 4; i += 1) await client.get('cloud-phone/images', {}, newLook());
    expect(sinceFirst()).toHaveLength(5);
    expect(sinceFirst().at(-1)).toBeGreaterThan(280);
    await client.close();
  });
});

describe('being stopped', () => {
  test('during a pause ends it at once with the reason of the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('shutting down');
    api = await startApi((_request, response) => {
      sendJson(response, { error_code: 'APIGW.0308' }, { status: 429, headers: { 'retry-after': '100' } });
    });
    const client = clientFor(api.url, {
      observe: ({ outcome }) => outcome === 'throttled' && setImmediate(() => stop.abort(reason)),
    });
    await expect(client.get('cloud-phone/images', {}, newLook(stop.signal))).rejects.toBe(reason);
    expect(api.requests).toHaveLength(1);
    await client.close();
  });

  test('during a request ends it with the reason of the signal, and it is not repeated', async () => {
    const stop = new AbortController();
    const reason = new Error('shutting down');
    api = await startApi(() => stop.abort(reason));
    const outcomes: string[] = [];
    const client = clientFor(api.url, { observe: ({ outcome }) => outcomes.push(outcome) });
    const look = newLook(stop.signal);
    await expect(client.get('cloud-phone/images', {}, look)).rejects.toBe(reason);
    expect(look.trace.requests).toBe(1);
    expect(outcomes).toEqual(['stopped']);
    await client.close();
  });

  test('while the body arrives ends it with the reason of the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('shutting down');
    api = await startApi((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"image_infos": [', () => setImmediate(() => stop.abort(reason)));
    });
    const client = clientFor(api.url);
    await expect(client.get('cloud-phone/images', {}, newLook(stop.signal))).rejects.toBe(reason);
    await client.close();
  });

  test('counts for more than a failure that comes at the same time', async () => {
    const stop = new AbortController();
    api = await startApi((_request, response) =>
      sendJson(response, { error_code: 'CPS.0001' }, { status: 400 }),
    );
    const client = clientFor(api.url, { observe: () => stop.abort('shutting down') });
    await expect(client.get('cloud-phone/images', {}, newLook(stop.signal))).rejects.toBe('shutting down');
    await client.close();
  });

  test('before a request means that it is not sent', async () => {
    api = await startApi((_request, response) => sendJson(response, {}));
    const client = clientFor(api.url);
    const look = newLook(AbortSignal.abort('stopped'));
    await expect(client.get('cloud-phone/images', {}, look)).rejects.toBe('stopped');
    expect(api.requests).toHaveLength(0);
    expect(look.trace.requests).toBe(0);
    await client.close();
  });
});
