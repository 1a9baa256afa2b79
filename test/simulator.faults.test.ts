import { describe, expect, it, onTestFinished } from 'vitest';
import type { Effect, Fault, Match } from '../src/simulator/faults.ts';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';

const START = new Date('2026-01-01T00:00:00Z');

/** Three private images, `new`, `middle` and `old`, behind a server with these faults. */
async function cloudWith(...faults: Fault[]) {
  const world = createWorld({ seed: 1, start: START, projects: ['ours', 'theirs'] });
  for (const image_id of ['old', 'middle', 'new']) world.create({ image_id, status: 1 });
  const cloud = await startSimulator({ world, faults });
  onTestFinished(() => cloud.close());

  async function ask(query = '', { endpoint = 'images', project_id = 'ours' } = {}) {
    const response = await fetch(`${cloud.url}/v1/${project_id}/cloud-phone/${endpoint}?${query}`, {
      headers: { 'X-Auth-Token': cloud.token },
      redirect: 'manual',
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text };
  }
  async function json(query?: string, place?: Parameters<typeof ask>[1]): Promise<Record<string, unknown>> {
    return JSON.parse((await ask(query, place)).text) as Record<string, unknown>;
  }
  async function ids(query?: string, place?: Parameters<typeof ask>[1]): Promise<unknown[]> {
    const body = await json(query, place);
    const rows = (body.image_infos ?? body.phone_images) as ({ image_id?: string } | null)[];
    return rows.map((row) => row?.image_id);
  }
  async function statuses(count: number): Promise<number[]> {
    const seen: number[] = [];
    for (let asked = 0; asked < count; asked++) seen.push((await ask()).status);
    return seen;
  }
  return { world, cloud, ask, json, ids, statuses };
}

const BUSY: Effect = { kind: 'error', code: 'APIGW.0308' };

describe('a fault', () => {
  it.each<[string, Match | undefined, number[]]>([
    ['every request without a condition', undefined, [429, 429, 429, 429, 429]],
    ['one request', { nth: 2 }, [200, 429, 200, 200, 200]],
    ['a range of them', { nth: { from: 2, to: 3 } }, [200, 429, 429, 200, 200]],
    ['all from one on', { nth: { from: 4 } }, [200, 200, 200, 429, 429]],
    ['every second one', { nth: { every: 2 } }, [200, 429, 200, 429, 200]],
  ])('strikes %s', async (_, when, expected) => {
    const { statuses } = await cloudWith({ effect: BUSY, ...(when && { when }) });
    expect(await statuses(5)).toEqual(expected);
  });

  it('strikes only the endpoint, the project and the parameters it names', async () => {
    const when = { endpoint: 'images', project_id: 'ours', query: { image_type: 'share' } } as const;
    const { ask } = await cloudWith({ when, effect: BUSY });
    expect((await ask('image_type=share&limit=5')).status).toBe(429);
    expect((await ask('image_type=private')).status).toBe(200);
    expect((await ask('')).status).toBe(200);
    expect((await ask('image_type=share', { project_id: 'theirs' })).status).toBe(200);
    expect((await ask('image_type=share', { endpoint: 'phone-images' })).status).toBe(200);
  });

  it('strikes questions that hold a parameter, whatever its value, or do not hold it', async () => {
    const { cloud, ask } = await cloudWith({ when: { query: { image_id: true } }, effect: BUSY });
    expect((await ask('image_id=new')).status).toBe(429);
    expect((await ask('image_type=private')).status).toBe(200);
    cloud.setFaults([{ when: { query: { image_id: false } }, effect: BUSY }]);
    expect((await ask('image_id=new')).status).toBe(200);
    expect((await ask('image_type=private')).status).toBe(429);
  });

  it('counts only the requests it is for', async () => {
    const { ask } = await cloudWith({ when: { query: { offset: '1' }, nth: 2 }, effect: BUSY });
    const asked = ['offset=1', 'offset=0', 'offset=0', 'offset=1', 'offset=1'];
    const seen: number[] = [];
    for (const query of asked) seen.push((await ask(query)).status);
    expect(seen).toEqual([200, 200, 200, 429, 200]);
  });

  it('strikes within its time of the world', async () => {
    const { world, statuses } = await cloudWith({ when: { seconds: { from: 60, to: 120 } }, effect: BUSY });
    expect(await statuses(1)).toEqual([200]);
    world.advance(60_000);
    expect(await statuses(1)).toEqual([429]);
    world.advance(60_000);
    expect(await statuses(1)).toEqual([200]);
  });

  it('can be added and taken away while the server runs; new faults count anew', async () => {
    const { cloud, statuses } = await cloudWith();
    const second: Fault = { when: { nth: 2 }, effect: BUSY };
    expect(await statuses(2)).toEqual([200, 200]);
    cloud.faults.push(second);
    expect(await statuses(3)).toEqual([200, 429, 200]);
    cloud.setFaults([second]);
    expect(await statuses(3)).toEqual([200, 429, 200]);
    cloud.setFaults([]);
    expect(await statuses(2)).toEqual([200, 200]);
  });

  it('strikes together with others, in their order', async () => {
    const { json } = await cloudWith(
      { effect: { kind: 'drop-row', row: 0 } },
      { effect: { kind: 'patch', row: 0, set: { image_size: 'large' } } },
    );
    expect(await json()).toMatchObject({
      total: 3,
      image_infos: [{ image_id: 'middle', image_size: 'large' }, { image_id: 'old' }],
    });
  });

  it('strikes logins too', async () => {
    const { cloud } = await cloudWith({ when: { endpoint: 'tokens' }, effect: { kind: 'raw', status: 502 } });
    const response = await fetch(`${cloud.authUrl}/auth/tokens`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(502);
  });
});

describe('an effect on the answer', () => {
  it.each([
    ['CPS.0001', 400],
    ['CPS.0003', 400],
    ['APIGW.0802', 403],
    ['APIG.0308', 429],
    ['APIGW.0601', 500],
    ['APIGW.0613', 503],
  ])('gives the error %s its documented status %i', async (code, status) => {
    const { ask } = await cloudWith({ effect: { kind: 'error', code } });
    const answer = await ask();
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      error_code: code,
      error_msg: expect.any(String),
      request_id: answer.headers.get('X-Request-Id'),
    });
  });

  it('hides an error in a success', async () => {
    const { ask } = await cloudWith({ effect: { kind: 'error', code: 'CPS.0003', status: 200 } });
    expect(await ask()).toMatchObject({ status: 200, text: expect.stringContaining('"CPS.0003"') });
  });

  it('says when to come again, in seconds or by date', async () => {
    const retry = (form: 'seconds' | 'date'): Fault => ({
      effect: { kind: 'error', code: 'APIGW.0308', retryAfter: { seconds: 90, form } },
    });
    const { cloud, ask } = await cloudWith(retry('seconds'));
    expect((await ask()).headers.get('Retry-After')).toBe('90');
    cloud.setFaults([retry('date')]);
    expect((await ask()).headers.get('Retry-After')).toBe('Thu, 01 Jan 2026 00:01:30 GMT');
  });

  it('answers with a page of a proxy, with nothing, or with what it is told', async () => {
    const { cloud, ask } = await cloudWith({ effect: { kind: 'raw', status: 504 } });
    const page = await ask();
    expect(page).toMatchObject({ status: 504, text: expect.stringContaining('<html>') });
    expect(page.headers.get('Content-Type')).toBe('text/html');
    cloud.setFaults([{ effect: { kind: 'raw', status: 200, body: '' } }]);
    expect(await ask()).toMatchObject({ status: 200, text: '' });
    cloud.setFaults([
      { effect: { kind: 'raw', status: 200, contentType: 'application/json', body: '{"tot' } },
    ]);
    expect(await ask()).toMatchObject({ status: 200, text: '{"tot' });
  });

  it('sends elsewhere', async () => {
    const { ask } = await cloudWith({ effect: { kind: 'redirect', location: 'http://127.0.0.1:9/' } });
    const { status, headers } = await ask();
    expect([status, headers.get('Location')]).toEqual([302, 'http://127.0.0.1:9/']);
  });

  it('repeats, drops and replaces rows of either endpoint and leaves the total', async () => {
    const { cloud, json, ids } = await cloudWith({ effect: { kind: 'repeat-row', row: 0 } });
    expect(await ids()).toEqual(['new', 'new', 'middle', 'old']);
    expect(await ids('', { endpoint: 'phone-images' })).toEqual(['new', 'new', 'middle', 'old']);
    cloud.setFaults([{ effect: { kind: 'drop-row', row: -1 } }]);
    expect(await ids()).toEqual(['new', 'middle']);
    expect(await json()).toMatchObject({ total: 3 });
    cloud.setFaults([{ effect: { kind: 'replace-row', row: 1, value: null } }]);
    expect(await json()).toMatchObject({ image_infos: [{ image_id: 'new' }, null, { image_id: 'old' }] });
  });

  it('sets and removes fields of a row or of the body', async () => {
    const { cloud, json } = await cloudWith({
      effect: { kind: 'patch', row: 1, set: { image_size: 'large', status: null }, unset: ['image_id'] },
    });
    const { image_infos } = (await json()) as { image_infos: Record<string, unknown>[] };
    expect(image_infos[1]).toMatchObject({
      image_size: 'large',
      status: null,
      image_version: expect.anything(),
    });
    expect(image_infos[1]).not.toHaveProperty('image_id');
    expect(image_infos[0]).toMatchObject({ image_id: 'new', status: 1 });
    cloud.setFaults([{ effect: { kind: 'patch', set: { image_infos: null }, unset: ['total'] } }]);
    expect(await json()).toEqual({ image_infos: null, request_id: expect.any(String) });
  });

  it('gives the list another name, or another place', async () => {
    const { cloud, json } = await cloudWith({
      effect: { kind: 'rename-field', from: 'image_infos', to: 'images' },
    });
    expect(await json()).toMatchObject({ images: [{}, {}, {}], total: 3 });
    cloud.setFaults([{ effect: { kind: 'rename-field', from: 'image_infos', to: 'data.image_infos' } }]);
    expect(await json()).toMatchObject({ data: { image_infos: [{ image_id: 'new' }, {}, {}] } });
    expect(await json()).not.toHaveProperty('image_infos');
    expect(await json('limit=101')).toMatchObject({ error_code: 'CPS.0002' });
  });

  it('sends a header beside any answer', async () => {
    const { ask } = await cloudWith({ effect: { kind: 'header', name: 'Retry-After', value: 'soon' } });
    const answer = await ask();
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([200, 'soon']);
  });

  it('leaves error answers alone where it is about rows', async () => {
    const { ask } = await cloudWith({ effect: { kind: 'drop-row', row: 0 } });
    expect(await ask('limit=101')).toMatchObject({ status: 400, text: expect.stringContaining('CPS.0002') });
  });
});

describe('images that come and go between two pages', () => {
  it('make a listing see an image twice', async () => {
    const { world, ids } = await cloudWith({ when: { nth: 2 }, effect: { kind: 'mutate', create: 1 } });
    expect(await ids('image_type=private&limit=2')).toEqual(['new', 'middle']);
    expect(await ids('image_type=private&limit=2&offset=2')).toEqual(['middle', 'old']);
    expect(world.history.at(-1)).toMatchObject({ kind: 'created', project_id: 'ours', to: 1 });
  });

  it('make a listing miss an image that is there', async () => {
    const { ids } = await cloudWith({ when: { nth: 2 }, effect: { kind: 'mutate', remove: 1 } });
    expect(await ids('image_type=private&limit=2')).toEqual(['new', 'middle']);
    expect(await ids('image_type=private&limit=2&offset=2')).toEqual([]);
    expect(await ids('image_type=private')).toEqual(['middle', 'old']);
  });

  it('are of the type asked for, or named', async () => {
    const { cloud, world, ids } = await cloudWith({ effect: { kind: 'mutate', create: 1, remove: 1 } });
    expect(await ids('image_type=share')).toHaveLength(1);
    expect(world.get('new')).toBeDefined();
    cloud.setFaults([{ effect: { kind: 'mutate', remove: ['middle', 'not there'] } }]);
    expect(await ids('image_type=private')).toEqual(['new', 'old']);
  });
});
