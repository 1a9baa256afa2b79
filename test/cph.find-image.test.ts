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
  test('are asked for by status, in one request once the end of a listing is known to be told', async () => {
    const { client, cloud, world } = await startCloud(150);
    world.create({ image_id: 'new', status: 0 });
    const question = { image_type: 'private', status: '0', limit: '100' };
    for (const offsets of [['0', '1'], ['0']]) {
      const before = cloud.requests.length;
      const result = await listCreating(client, 'private', newLook());
      expect(result).toMatchObject({ proof: 'complete', rejected: [] });
      expect(result.records).toMatchObject([{ image_id: 'new', status: 'creating', status_code: 0 }]);
      expect(asked(cloud).slice(before)).toEqual(offsets.map((offset) => ({ ...question, offset })));
    }
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

  test.each(['{}', '{"error_msg":"busy","request_id":"r"}', '{"images":[]}', '{"image_infos":null}'])(
    'is not known to be gone when an answer has no list: %s',
    async (body) => {
      const { client, cloud } = await startCloud(3);
      cloud.setFaults([{ effect: { kind: 'raw', status: 200, contentType: 'application/json', body } }]);
      await expect(find(client, 'image-9')).rejects.toMatchObject({ code: 'invalid_answer' });
    },
  );

  test('is gone when an empty answer says that its total is 0', async () => {
    const { client } = await startCloud(3, { edition: { emptyList: 'absent-with-total' } });
    expect(await find(client, 'image-9')).toBeNull();
  });

  test('is not known to be gone when an empty answer counts rows', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', set: { total: 1, image_infos: [] } } }]);
    await expect(find(client, 'image-9')).rejects.toMatchObject({ code: 'invalid_answer' });
  });

  test.each([3, 100, 230])('of an API that ignores the id is looked for among all %i', async (images) => {
    const { client, cloud } = await startCloud(images, { edition: { byId: 'ignored', total: 'absent' } });
    const look = newLook();
    const ask = (image_id: string) => findImage(client, { image_id, image_type: 'private' }, look);
    expect(await ask('image-0')).toMatchObject({ image_id: 'image-0' });
    expect(await ask('gone-1')).toBeNull();
    const before = cloud.requests.length;
    expect(await ask('gone-2')).toBeNull();
    expect(cloud.requests.length - before).toBe(1);
  });

  test('is not known to be gone when the API ignores the id and its listing cannot be proven', async () => {
    const edition = { byId: 'ignored', offset: 'ignored', limit: { clamped: 50 } } as const;
    const { client } = await startCloud(60, { edition });
    await expect(find(client, 'image-99')).rejects.toMatchObject({ code: 'invalid_answer' });
  });

  test.each(['IMAGE-1', 'image_1', 'image1'])(
    'is not known to be gone when the answer spells its id %s',
    async (image_id) => {
      const { client, cloud } = await startCloud(2);
      cloud.setFaults([{ effect: { kind: 'patch', row: 0, set: { image_id } } }]);
      await expect(find(client, 'image-1')).rejects.toMatchObject({ code: 'invalid_answer' });
    },
  );

  test('with a field that cannot be read is there', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', row: 0, set: { status: 'ready' } } }]);
    expect(await find(client, 'image-1')).toMatchObject({
      image_id: 'image-1',
      status: null,
      unreadable: [expect.stringContaining('status')],
    });
  });

  test('may be the row whose id cannot be read', async () => {
    const { client, cloud } = await startCloud(3);
    cloud.setFaults([{ effect: { kind: 'patch', row: 0, set: { image_id: '' } } }]);
    expect(await find(client, 'image-1')).toEqual({ source: 'images', reason: expect.any(String) });
  });

  test('whose id the API does not accept is a failure, not an absence', async () => {
    const { client } = await startCloud(3);
    await expect(find(client, 'no such id')).rejects.toMatchObject({ code: 'CPS.0030' });
  });
});
