import { afterEach, describe, expect, test } from 'vitest';
import type { CphClient } from '../src/cph/client.ts';
import { imagesListing } from '../src/cph/list-images.ts';
import type { Simulator } from '../src/simulator/server.ts';
import { clientFor, newLook, sendJson, startApi } from './support/cph-api.ts';
import { type Cloud, type CloudOptions, startCloud as startOpenCloud } from './support/cph-cloud.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startCloud(images: number, options: Omit<CloudOptions, 'images'> = {}): Promise<Cloud> {
  const cloud = await startOpenCloud({ images, ...options });
  closers.push(cloud.close);
  return cloud;
}

const list = (client: CphClient, look = newLook()) =>
  imagesListing(client, 'private', { pageConcurrency: 4 }).list(look);

const asked = (cloud: Simulator) => cloud.requests.map(({ query }) => query);

describe('a listing', () => {
  test('asks for its type, a hundred at a time', async () => {
    const { client, cloud } = await startCloud(150);
    const look = newLook();
    const result = await list(client, look);
    expect(result).toMatchObject({ proof: 'complete', drift: [], rejected: [] });
    expect(result.records).toHaveLength(150);
    expect(asked(cloud)).toEqual([
      { image_type: 'private', limit: '100', offset: '0' },
      { image_type: 'private', limit: '100', offset: '100' },
    ]);
    expect(look.trace.requests).toBe(2);
    expect([...look.trace.requestIds]).toEqual(cloud.requests.map(({ request_id }) => request_id));
  });

  test('says which it is', async () => {
    const { client } = await startCloud(0);
    const listing = imagesListing(client, 'share', { pageConcurrency: 4 });
    expect(listing).toMatchObject({ source: 'images', image_type: 'share' });
  });

  test('keeps no more requests in flight than it may', async () => {
    let inFlight = 0;
    let most = 0;
    const api = await startApi(({ url }, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setImmediate(() => {
        inFlight -= 1;
        const start = Number(url.searchParams.get('offset'));
        const rows = Array.from({ length: Math.min(100, 950 - start) }, (_, i) => ({
          image_id: `i-${start + i}`,
        }));
        sendJson(response, { image_infos: rows, total: 950 });
      });
    });
    const client = clientFor(api.url);
    closers.push(api.close, client.close);
    const result = await imagesListing(client, 'private', { pageConcurrency: 3 }).list(newLook());
    expect(result.proof).toBe('complete');
    expect(result.records).toHaveLength(950);
    expect(api.requests).toHaveLength(10);
    expect(most).toBeLessThanOrEqual(3);
  });

  test.each(['array', 'absent-with-total'] as const)(
    'is empty where the API says so: %s',
    async (emptyList) => {
      const { client } = await startCloud(0, { edition: { emptyList } });
      expect(await list(client)).toMatchObject({ proof: 'complete', drift: [], records: [], rejected: [] });
    },
  );

  test.each(['text', 7, { '0': {} }])('whose image_infos is %j is no listing', async (image_infos) => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', set: { image_infos } } }]);
    await expect(list(client)).rejects.toMatchObject({ kind: 'malformed', code: 'invalid_answer' });
    expect(cloud.requests).toHaveLength(1);
  });

  test.each([
    '{}',
    '{"status":"ok"}',
    '{"error":{"message":"none of this API"}}',
    '{"error_msg":"busy","request_id":"r"}',
    '{"images":[],"request_id":"r"}',
    '{"data":{"image_infos":[]}}',
    '{"image_infos":null,"total":3}',
  ])('is not what answers %s, which would make it an empty one', async (body) => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'raw', status: 200, body } }]);
    await expect(list(client)).rejects.toMatchObject({ kind: 'malformed', code: 'invalid_answer' });
  });

  test.each([
    { error_msg: 'busy' },
    { error_code: '', error_msg: 'internal error' },
    { error: 'busy' },
    { error: { title: 'busy' } },
    { errors: [{ message: 'busy' }] },
    { fault: { message: 'busy' } },
    { errorMessage: 'busy' },
    { success: false },
    { code: 500 },
    { code: 'ServiceBusy' },
    { ret_code: '1001' },
    { status: 'error' },
    { result: 'failed' },
    { message: 'upstream request timeout' },
    { msg: 'Service temporarily unavailable' },
  ])('is not an empty list beside which an answer says that it failed: %j', async (said) => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', set: { image_infos: [], total: 0, ...said } } }]);
    await expect(list(client)).rejects.toMatchObject({ kind: 'malformed', code: 'invalid_answer' });
  });

  test.each([
    { error_code: '0', error_msg: 'success' },
    { error_code: 'CPS.0000' },
    { error_msg: '' },
    { error: null, errors: [], fault: {} },
    { code: 200, success: true, status: 'OK' },
    { code: '0', result: 'success', error: false },
    { status: 'active' },
    { message: 'success', msg: 'Operation succeeded' },
  ])('is an empty list beside which an answer says that it did not: %j', async (said) => {
    const { client, cloud } = await startCloud(0);
    cloud.setFaults([{ effect: { kind: 'patch', set: said } }]);
    expect(await list(client)).toMatchObject({ proof: 'complete', records: [] });
  });

  test('goes on without a total that is no number', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', set: { total: 'three' } } }]);
    expect(await list(client)).toMatchObject({ proof: 'complete', drift: [] });
  });

  test.each(['0', 0, 'CPS.0000', '200'])('is read although it says error_code %j', async (error_code) => {
    const { client } = await startCloud(3, { edition: { successFields: { error_code } } });
    expect((await list(client)).records).toHaveLength(3);
  });

  test('keeps a row with a field that cannot be read, and counts one without an id', async () => {
    const { client, world } = await startCloud(0);
    world.create({ image_id: 'odd', rows: { images: { image_size: 'big', status: 2 } } });
    world.create({ image_id: 'lost', rows: { images: { image_id: null } } });
    world.create({ image_id: 'good' });
    const result = await list(client);
    expect(result).toMatchObject({ proof: 'complete', drift: [] });
    expect(result.records).toMatchObject([
      { image_id: 'good', unreadable: [] },
      {
        image_id: 'odd',
        status: 'failed',
        image_size: null,
        unreadable: [expect.stringContaining('image_size')],
      },
    ]);
    expect(result.rejected).toEqual([
      { source: 'images', reason: expect.stringContaining('image_id: null') },
    ]);
  });

  test('with an image twice is not believed, and read again', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ when: { nth: 1 }, effect: { kind: 'repeat-row', row: 0 } }]);
    const result = await list(client);
    expect(result.proof).toBe('complete');
    expect(result.drift).toHaveLength(1);
    expect(result.records).toHaveLength(3);
  });

  test('that counts more than it holds is complete where it has always been so', async () => {
    const { client, world } = await startCloud(3, { edition: { total: 'all-types' } });
    world.create({ image_id: 'lent', image_type: 'share' });
    const first = await list(client);
    expect(first.proof).toBe('complete');
    expect(first.records).toHaveLength(3);
    expect(await list(client)).toMatchObject({ proof: 'complete', drift: [] });
  });

  test('that leaves an image out is not believed where its total has been the number of its rows', async () => {
    const { client, cloud } = await startCloud(3);
    await list(client);
    cloud.setFaults([{ effect: { kind: 'drop-row', row: 0 } }]);
    const result = await list(client);
    expect(result).toMatchObject({ proof: 'incomplete', drift: ['count', 'count'] });
    expect(result.records.map((record) => record.image_id)).toEqual(['image-1', 'image-0']);
  });

  test.each([{ create: 1 }, { remove: 1 }, { remove: ['image-3'] }])(
    'whose pages shift (%j) is read again',
    async (change) => {
      const { client, cloud, world } = await startCloud(150);
      cloud.setFaults([
        { when: { query: { offset: '100' }, nth: 1 }, effect: { kind: 'mutate', ...change } },
      ]);
      const result = await list(client);
      const now = world.listing('p1', 'images').map(({ image }) => image.image_id);
      expect(result.proof).toBe('complete');
      expect(result.records.map((record) => record.image_id)).toEqual(now);
      expect(result.drift).toHaveLength(1);
    },
  );
});
