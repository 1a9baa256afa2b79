import { describe, expect, it, onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';

const START = new Date('2026-01-01T00:00:00Z');

async function cloudWith(options: Partial<SimulatorOptions> = {}) {
  const world = options.world ?? createWorld({ seed: 1, start: START, projects: ['ours'], images: 3 });
  const cloud = await startSimulator({ ...options, world });
  onTestFinished(() => cloud.close());
  return { world, cloud };
}

async function ask(cloud: Simulator, path: string, headers: Record<string, string> = {}) {
  const sent = { 'X-Auth-Token': cloud.token, ...headers };
  const response = await fetch(`${cloud.url}${path}`, { headers: sent });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const IMAGES = '/v1/ours/cloud-phone/images';

describe('the server', () => {
  it('gives every answer an id of its own, in the body and in a header', async () => {
    const { cloud } = await cloudWith();
    const answers = await Promise.all([ask(cloud, IMAGES), ask(cloud, IMAGES), ask(cloud, '/nowhere')]);
    const ids = answers.map(({ headers }) => headers.get('X-Request-Id'));
    expect(new Set(ids).size).toBe(3);
    expect(answers.map(({ body }) => body)).toMatchObject(ids.map((request_id) => ({ request_id })));
  });

  it('refuses requests without a valid token', async () => {
    const { cloud } = await cloudWith();
    for (const token of ['', 'wrong']) {
      expect(await ask(cloud, IMAGES, { 'X-Auth-Token': token })).toMatchObject({
        status: 401,
        body: { error_code: 'APIGW.0301' },
      });
    }
  });

  it('takes every token it gave out until they are revoked', async () => {
    const { cloud } = await cloudWith();
    const other = cloud.issueToken();
    expect((await ask(cloud, IMAGES, { 'X-Auth-Token': other })).status).toBe(200);
    cloud.revokeTokens();
    expect((await ask(cloud, IMAGES)).status).toBe(401);
    expect((await ask(cloud, IMAGES, { 'X-Auth-Token': other })).status).toBe(401);
    const fresh = cloud.issueToken();
    expect((await ask(cloud, IMAGES, { 'X-Auth-Token': fresh })).status).toBe(200);
  });

  it('turns away projects and paths it does not know', async () => {
    const { cloud } = await cloudWith();
    const denied = { status: 403, body: { error_code: 'APIGW.0306' } };
    const unknown = { status: 404, body: { error_code: 'APIGW.0101' } };
    expect(await ask(cloud, '/v1/theirs/cloud-phone/images')).toMatchObject(denied);
    expect(await ask(cloud, '/v1/ours/cloud-phone/phones')).toMatchObject(unknown);
    expect(await ask(cloud, '/v1/ours/cloud-phone/images/')).toMatchObject(unknown);
    const response = await fetch(`${cloud.url}${IMAGES}`, { method: 'POST' });
    expect(response.status).toBe(404);
  });

  it('keeps a log of requests that holds no secret', async () => {
    const { cloud } = await cloudWith();
    const answer = await ask(cloud, `${IMAGES}?image_type=private&limit=2`);
    await ask(cloud, '/nowhere', { 'X-Auth-Token': 'a-secret' });
    expect(cloud.requests).toEqual([
      {
        at: START,
        method: 'GET',
        path: IMAGES,
        query: { image_type: 'private', limit: '2' },
        endpoint: 'images',
        project_id: 'ours',
        status: 200,
        request_id: answer.headers.get('X-Request-Id'),
      },
      expect.objectContaining({ path: '/nowhere', endpoint: null, project_id: null, status: 404 }),
    ]);
    expect(JSON.stringify(cloud.requests)).not.toMatch(/token|secret/);
  });

  it('moves the world on to the time it is given before it answers', async () => {
    const world = createWorld({ seed: 1, start: START, projects: ['ours'] });
    world.schedule(new Date('2026-01-01T00:10:00Z'), () => world.create({ image_id: 'scheduled' }));
    let now = new Date('2026-01-01T00:09:59Z');
    const { cloud } = await cloudWith({ world, now: () => now });
    expect((await ask(cloud, IMAGES)).body).toMatchObject({ total: 0 });
    now = new Date('2026-01-01T00:10:00Z');
    expect((await ask(cloud, IMAGES)).body).toMatchObject({
      total: 1,
      image_infos: [{ image_id: 'scheduled' }],
    });
    expect(cloud.requests.map(({ at }) => at)).toEqual([new Date('2026-01-01T00:09:59Z'), now]);
  });

  it('stops when closed, also twice', async () => {
    const { cloud } = await cloudWith();
    await ask(cloud, IMAGES);
    await cloud.close();
    await cloud.close();
    await expect(fetch(cloud.url)).rejects.toThrow();
  });

  it('reaches all of ten thousand images, page by page', async () => {
    const world = createWorld({ seed: 1, start: START, projects: ['ours'], images: 10_000 });
    const { cloud } = await cloudWith({ world });
    const seen = new Set<string>();
    for (let offset = 0; offset < 10_000; offset += 100) {
      const { body } = await ask(cloud, `${IMAGES}?offset=${offset}`);
      for (const { image_id } of (body as { image_infos: { image_id: string }[] }).image_infos)
        seen.add(image_id);
    }
    expect(seen.size).toBe(10_000);
  });
});
