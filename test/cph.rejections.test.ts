import { describe, expect, onTestFinished, test } from 'vitest';
import { createUpstreamMemory } from '../src/cph/upstream-memory.ts';
import { choosyCloud as cloud, key, rejection } from './support/choosy-cloud.ts';
import { newLook, sendJson, startApi } from './support/cph-api.ts';
import { clientWith } from './support/cph-cloud.ts';

describe('an access key that has worked', () => {
  test('and is rejected once is tried again after a quarter of an hour, and no sooner', async () => {
    const { api, state, project, later } = await cloud();
    const ask = project(key().credential);
    expect(await ask()).toBe('ok');
    state.accepts = () => false;
    expect(await ask()).toMatchObject(rejection(/next try at 2026-01-01T00:15:00Z/));
    state.accepts = () => true;
    later(14.9);
    expect(await ask()).toMatchObject({
      ...rejection(/not sent, next try at 2026-01-01T00:15:00Z: the credential was rejected.*APIGW.0301/),
      code: 'credential_rejected',
    });
    expect(api.requests).toHaveLength(2);
    later(0.1);
    expect(await ask()).toBe('ok');
  });

  test('and goes on being rejected is offered by one request each quarter of an hour', async () => {
    const { api, state, project, later } = await cloud();
    const { credential } = key();
    const asks = ['p1', 'p2', 'p3'].map((id) => project(credential, id));
    expect(await asks[0]?.()).toBe('ok');
    state.accepts = () => false;
    await asks[0]?.();
    await asks[1]?.();
    expect(api.requests).toHaveLength(3);
    for (let tick = 0; tick < 60; tick += 1) {
      await Promise.all(asks.map((ask) => ask()));
      later(1);
    }
    expect(api.requests).toHaveLength(3 + 3);
  });

  test('is kept back no longer because the clock was set back', async () => {
    const { state, project, later } = await cloud();
    const ask = project(key().credential);
    await ask();
    state.accepts = () => false;
    await ask();
    state.accepts = () => true;
    later(-24 * 60);
    expect(await ask()).toBe('ok');
  });
});

describe('an access key that never worked', () => {
  test('is offered once by all projects that share it, however long it takes', async () => {
    const { api, state, project } = await cloud();
    state.accepts = () => false;
    const { credential } = key();
    const asks = Array.from({ length: 12 }, (_, n) => project(credential, `p${n}`));
    const failures = await Promise.all(asks.flatMap((ask) => [ask(), ask('phone-images')]));
    expect(api.requests).toHaveLength(1);
    for (const failure of failures) expect(failure).toMatchObject({ kind: 'unauthorized' });
  });

  test('is not offered again by its project until it changes, and then at once', async () => {
    const { api, state, project, later } = await cloud();
    state.accepts = ({ credential }) => credential.includes('AK2');
    const { parts, credential } = key();
    const ask = project(credential);
    expect(await ask()).toMatchObject(rejection(/not tried again until it changes/));
    later(24 * 60);
    expect(await ask()).toMatchObject(rejection(/not sent, not tried again until it changes/));
    expect(api.requests).toHaveLength(1);
    parts.accessKey = 'AK2';
    expect(await ask()).toBe('ok');
    expect(api.requests).toHaveLength(2);
  });

  test('may be right for another project, which offers it a quarter of an hour later', async () => {
    const { state, project, later } = await cloud();
    state.accepts = ({ projectId }) => projectId === 'p2';
    const { credential } = key();
    const [mistyped, right] = [project(credential, 'p1'), project(credential, 'p2')];
    await mistyped();
    expect(await right()).toMatchObject(rejection(/not sent, next try at 2026-01-01T00:15:00Z/));
    later(15);
    expect(await right()).toBe('ok');
  });

  test('rotated in two writes loses only the time between them', async () => {
    const { api, state, project, later } = await cloud();
    // The signature of the right secret key cannot be told here, so the stub knows how many were offered.
    const { parts, credential } = key();
    const ask = project(credential);
    expect(await ask()).toBe('ok');
    state.accepts = () => false;
    parts.accessKey = 'AK2';
    expect(await ask()).toMatchObject(rejection(/next try/));
    await ask();
    expect(api.requests).toHaveLength(2);
    later(2.5 / 60);
    state.accepts = () => true;
    parts.secretKey = 'SK2';
    expect(await ask()).toBe('ok');
    expect(api.requests).toHaveLength(3);
  });
});

describe('a 401 of one endpoint', () => {
  test.each(['at first', 'later'])(
    'while the other accepts the same key is a denial of that endpoint, %s',
    async (when) => {
      const { api, state, project, later } = await cloud();
      const ask = project(key().credential);
      if (when === 'later') await ask('phone-images');
      state.accepts = ({ endpoint }) => endpoint !== 'phone-images';
      expect(await ask()).toBe('ok');
      expect(await ask('phone-images')).toMatchObject({ kind: 'denied', code: 'endpoint_denied' });
      const asked = api.requests.length;
      expect(await ask()).toBe('ok');
      expect(await ask('phone-images')).toMatchObject({
        kind: 'denied',
        message: expect.stringMatching(/not sent, next try at 2026-01-01T00:15:00Z: the endpoint rejected/),
      });
      expect(api.requests).toHaveLength(asked + 1);
      state.accepts = () => true;
      later(15);
      expect(await ask('phone-images')).toBe('ok');
    },
  );

  test('is offered to by one of twelve projects, for all of them', async () => {
    const { api, state, project } = await cloud();
    state.accepts = ({ endpoint }) => endpoint !== 'phone-images';
    const { credential } = key();
    for (let n = 0; n < 12; n += 1) {
      const ask = project(credential, `p${n}`);
      expect(await ask()).toBe('ok');
      expect(await ask('phone-images')).toMatchObject({ kind: 'denied' });
    }
    expect(api.requests).toHaveLength(12 + 1);
  });

  test('and of the other is a rejection of the key', async () => {
    const { state, project } = await cloud();
    const ask = project(key().credential);
    await Promise.all([ask(), ask('phone-images')]);
    state.accepts = () => false;
    expect(await ask()).toMatchObject({ kind: expect.stringMatching(/unauthorized|denied/) });
    expect(await ask('phone-images')).toMatchObject({ kind: 'unauthorized' });
    expect(await ask()).toMatchObject({ kind: 'unauthorized', code: 'credential_rejected' });
  });
});

test('a ready token that is rejected, and locks nobody, is tried again after a minute, then more slowly', async () => {
  const { api, state, project, later } = await cloud();
  const ask = project({ kind: 'token', token: { reveal: () => 'ready' } });
  state.accepts = () => false;
  expect(await ask()).toMatchObject(rejection(/next try at 2026-01-01T00:01:00Z/));
  for (let minute = 0; minute < 60; minute += 1) {
    await Promise.all([ask(), ask('phone-images')]);
    later(1);
  }
  expect(api.requests.length).toBeLessThanOrEqual(1 + 7);
  state.accepts = () => true;
  later(15);
  expect(await ask()).toBe('ok');
});

test('a key of which one host hangs is tried at another one', async () => {
  const silent = await startApi(() => {});
  onTestFinished(() => silent.close());
  const memory = createUpstreamMemory(() => new Date());
  const { credential } = key();
  const hanging = clientWith(silent.url, credential, { memory, projectId: 'far' });
  onTestFinished(() => hanging.close());
  const stop = new AbortController();
  const asked = hanging.get('cloud-phone/images', {}, newLook(stop.signal)).catch((error: unknown) => error);
  await expect.poll(() => silent.requests.length).toBe(1);
  const other = await startApi((_request, response) => sendJson(response, { total: 0 }));
  onTestFinished(() => other.close());
  const near = clientWith(other.url, credential, { memory, projectId: 'near' });
  onTestFinished(() => near.close());
  expect(await near.get('cloud-phone/images', {}, newLook())).toEqual({ total: 0 });
  stop.abort('enough');
  expect(await asked).toBe('enough');
});
