import { afterEach, describe, expect, test } from 'vitest';
import type { CphClient } from '../src/cph/client.ts';
import { findImage, listCreating } from '../src/cph/list-images.ts';
import type { Simulator } from '../src/simulator/server.ts';
import { newLook } from './support/cph-api.ts';
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

const asked = (cloud: Simulator) => cloud.requests.map(({ query }) => query);

describe('the images being created', () => {
  test('are asked for by status, in one request', async () => {
    const { client, cloud, world } = await startCloud(150);
    world.create({ image_id: 'new', status: 0 });
    const result = await listCreating(client, 'private', newLook());
    expect(result).toMatchObject({ proof: 'complete', rejected: [] });
    expect(result.records).toMatchObject([{ image_id: 'new', status: 'creating', status_code: 0 }]);
    expect(asked(cloud)).toEqual([{ image_type: 'private', status: '0', limit: '100', offset: '0' }]);
  });
});

describe('one image', () => {
  const find = (client: CphClient, image_id: string) =>
    findImage(client, { image_id, image_type: 'private' }, newLook());

  test('is asked for by its id and type', async () => {
    const { client, cloud } = await startCloud(3);
    expect(await find(client, 'image-1')).toMatchObject({ image_id: 'image-1', status: 'usable' });
    expect(asked(cloud)).toEqual([{ image_id: 'image-1', image_type: 'private' }]);
  });

  test('that is gone is null', async () => {
    const { client } = await startCloud(3);
    expect(await find(client, 'image-9')).toBeNull();
  });

  test('is not another one, should the API ignore the question', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([
      { effect: { kind: 'patch', set: { total: 2, image_infos: [{ image_id: 'x' }, { image_id: 'y' }] } } },
    ]);
    expect(await find(client, 'image-1')).toBeNull();
  });

  test('is not known to be gone when the answer holds back rows', async () => {
    const { client, cloud } = await startCloud(3);
    const others = Array.from({ length: 100 }, (_, i) => ({ image_id: `other-${i}` }));
    for (const set of [{ total: 1 }, { total: null, image_infos: others }]) {
      cloud.setFaults([{ effect: { kind: 'patch', set } }]);
      await expect(find(client, 'image-9')).rejects.toMatchObject({ code: 'invalid_answer' });
    }
  });

  test('that cannot be read is there', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', row: 0, set: { status: 'ready' } } }]);
    expect(await find(client, 'image-1')).toMatchObject({ image_id: 'image-1', reason: expect.any(String) });
  });

  test('may be the row whose id cannot be read', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', row: 0, set: { image_id: 7 } } }]);
    expect(await find(client, 'image-1')).toMatchObject({ image_id: null, reason: expect.any(String) });
  });

  test('whose id the API does not accept is a failure, not an absence', async () => {
    const { client } = await startCloud(3);
    await expect(find(client, 'no such id')).rejects.toMatchObject({ code: 'CPS.0030' });
  });
});
