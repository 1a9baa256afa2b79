import { describe, expect, onTestFinished, test } from 'vitest';
import { createUpstreamMemory } from '../src/cph/upstream-memory.ts';
import { createQuietTimes } from '../src/waiting/quiet-times.ts';
import { choosyCloud, login, loginsAt } from './support/choosy-cloud.ts';
import { clientFor, newLook, sendJson, startApi } from './support/cph-api.ts';

const START = new Date('2026-01-01T00:00:00Z');

/** An API that asks one endpoint to be left alone, and clients by a clock of their own. */
async function busyApi(status: number, headers: Record<string, string>) {
  const clock = { now: START };
  const api = await startApi(({ url }, response) => {
    if (url.pathname.endsWith('phone-images')) return sendJson(response, {});
    sendJson(response, { error_code: 'APIGW.0308', error_msg: 'slower' }, { status, headers });
  });
  onTestFinished(() => api.close());
  const memory = createUpstreamMemory(() => clock.now);
  const project = (projectId: string, maxRetries = 4) => {
    const client = clientFor(api.url, { projectId, memory, maxRetries, now: () => clock.now });
    onTestFinished(() => client.close());
    return (endpoint = 'images') => client.get(`cloud-phone/${endpoint}`, {}, newLook());
  };
  const later = (seconds: number) => {
    clock.now = new Date(clock.now.getTime() + seconds * 1000);
  };
  return { api, project, later };
}

describe('Retry-After', () => {
  test.each([
    [429, { 'retry-after': '3600' }],
    [503, { 'retry-after': '3600' }],
    [503, { 'retry-after': 'Thu, 01 Jan 2026 01:00:00 GMT' }],
  ])('of a %i %j holds for every look that follows, and for no longer', async (status, headers) => {
    const { api, project, later } = await busyApi(status, headers);
    const ask = project('p1', 0);
    await expect(ask()).rejects.toMatchObject({ retryAfterMs: 3_600_000 });
    for (let second = 0; second < 15; second += 1) {
      later(1);
      await expect(ask()).rejects.toThrow(
        /^cloud-phone\/images: not asked before 2026-01-01T01:00:00Z, as the API wished \(.*HTTP/,
      );
    }
    expect(api.requests).toHaveLength(1);
    later(3600 - 15);
    await expect(ask()).rejects.toThrow('HTTP');
    expect(api.requests).toHaveLength(2);
  });

  test('is of one endpoint and one project', async () => {
    const { api, project } = await busyApi(429, { 'retry-after': '3600' });
    const [one, other] = [project('p1'), project('p2')];
    await expect(one()).rejects.toThrow('HTTP 429');
    expect(await one('phone-images')).toEqual({});
    await expect(other()).rejects.toThrow('HTTP 429');
    expect(api.requests).toHaveLength(3);
  });

  test('that a look would have waited for holds for the next one when no try was left', async () => {
    const { api, project, later } = await busyApi(503, { 'retry-after': '100' });
    const ask = project('p1', 0);
    await expect(ask()).rejects.toThrow('HTTP 503');
    later(50);
    await expect(ask()).rejects.toThrow('not asked before 2026-01-01T00:01:40Z');
    expect(api.requests).toHaveLength(1);
  });
});

test('a login that IAM asks to come later with is not tried before', async () => {
  const { api, state, project, later } = await choosyCloud();
  state.login = { status: 429, headers: { 'retry-after': '3600' } };
  const ask = project(login(api.url, 'p1'));
  for (let n = 0; n < 5; n += 1) {
    expect(await ask()).toMatchObject({ kind: 'throttled' });
    later(1);
  }
  expect(loginsAt(api)).toBe(1);
  state.login = null;
  later(60);
  expect(await ask()).toBe('ok');
});

test('what is remembered ends with a clock that is set back, and after a day at most', () => {
  let now = START;
  const quiet = createQuietTimes<string>(() => now);
  quiet.note('a', { ms: 1e12, reason: 'r' });
  expect(quiet.of('a')).toEqual({ until: new Date('2026-01-02T00:00:00Z'), reason: 'r' });
  now = new Date(START.getTime() - 1);
  expect(quiet.of('a')).toBeNull();
});
