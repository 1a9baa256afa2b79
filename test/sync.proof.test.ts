import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord, nameless, phoneRecord } from './support/image-records.ts';
import { rowsOf, runsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const currentIds = async () =>
  (await rowsOf(database.db, 'select image_id from cph.images where removed_at is null')).map(
    ({ image_id }) => image_id,
  );
const publicImages = (count: number) =>
  Array.from({ length: count }, (_, i) => imagesRecord(`public-${i}`, { image_type: 'public' }));

describe('public images that the images endpoint begins to refuse', () => {
  test.each(['CPS.0099', 'CPS.0009'])('with %s are not removed: the listing has worked', async (code) => {
    const { world, cloud, sweep } = await simulatedProject(database.db);
    for (let n = 0; n < 6; n += 1) world.create({ image_type: 'public', status: 1, listed_in: ['images'] });
    await sweep();
    const when = { endpoint: 'images' as const, query: { image_type: 'public' } };
    cloud.setFaults([{ when, effect: { kind: 'error', code, status: 400 } }]);
    for (const _ of [1, 2, 3])
      expect(await sweep()).toMatchObject({ status: 'partial', removed: 0, error: { code } });
    expect(await currentIds()).toHaveLength(6);
    expect((await runsOf(database.db)).at(-1)?.listings).toMatchObject([
      { image_type: 'public', proof: 'failed', error_code: code },
      {},
      {},
      {},
    ]);
  });

  test('are not offered where the listing never worked, and its code is on the run', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.circumstances = { proofs: { public: 'unsupported' } };
    api.records = [phoneRecord('public', { is_public: 1 })];
    expect(await sweep()).toMatchObject({ status: 'succeeded', created: 1 });
    api.records = [];
    await sweep();
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 1 });
    expect((await runsOf(database.db)).at(-1)?.listings).toMatchObject([
      { image_type: 'public', proof: 'unsupported', error_code: 'CPS.0009' },
      {},
      {},
      {},
    ]);
  });
});

describe('a listing that turns empty', () => {
  const small = Array.from({ length: 50 }, (_, i) => imagesRecord(`private-${i}`));

  test('is held beside a listing six times as large, and the run names it', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [...publicImages(300), ...small];
    await sweep();
    api.records = publicImages(300);
    for (const _ of [1, 2, 3]) {
      expect(await sweep()).toMatchObject({
        status: 'held',
        removed: 0,
        held_removals: 50,
        held_listings: ['images/private'],
      });
    }
    expect(await currentIds()).toHaveLength(350);
    expect(api.asked).toEqual([]);
    expect((await runsOf(database.db)).at(-1)).toMatchObject({ held_listings: ['images/private'] });
  });

  test('is held where it is phone-images', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    const phone = Array.from({ length: 60 }, (_, i) => phoneRecord(`phone-${i}`));
    api.records = [...publicImages(300), ...phone];
    await sweep();
    api.records = publicImages(300);
    for (const _ of [1, 2, 3])
      expect(await sweep()).toMatchObject({ status: 'held', held_listings: ['phone-images'], removed: 0 });
  });

  test('is held from four images on', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    for (const count of [3, 4]) {
      api.records = small.slice(0, count);
      await sweep();
      api.records = [];
      await sweep();
      expect(await sweep()).toMatchObject(count === 3 ? { removed: 3 } : { status: 'held', removed: 0 });
    }
  });

  test('leaves the removals of other listings as they are', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [...publicImages(300), ...small];
    await sweep();
    api.records = publicImages(299);
    await sweep();
    expect(await sweep()).toMatchObject({ status: 'held', held_removals: 50, removed: 1 });
    expect(api.asked).toEqual(['public-299', 'public-0']);
  });
});

describe('a record with an odd field', () => {
  test.each([
    ['empty text for a time', { update_time: '' }],
    ['a time in epoch milliseconds', { update_time: 1_712_817_501_000 }],
    ['a time of RFC 1123', { update_time: 'Thu, 11 Apr 2024 06:38:21 GMT' }],
    ['a size as text', { image_size: '123' }],
    ['a size that is none', { image_size: 'large' }],
    ['a status as text', { status: '2' }],
  ])('still tells of a failure: %s', async (_, odd) => {
    const { world, sweep } = await simulatedProject(database.db);
    world.create({ image_id: 'built', status: 0 });
    await sweep();
    world.update('built', { status: 2, rows: { images: odd } });
    expect(await sweep()).toMatchObject({ status: 'succeeded', status_changed: 1, rejected: 0 });
    const [row] = await rowsOf(database.db, `select status, update_time, image_size from cph.images`);
    expect(row).toMatchObject({
      status: 'failed',
      update_time: expect.any(Date),
      image_size: expect.anything(),
    });
  });

  test('is counted with its run and its project, and the reason names no value', async () => {
    const { world, sweep } = await simulatedProject(database.db);
    world.create({ status: 1, rows: { images: { image_size: 'secret' } } });
    expect(await sweep()).toMatchObject({ status: 'succeeded', created: 1, unreadable_fields: 1 });
    const [run] = await runsOf(database.db);
    expect(run).toMatchObject({ rejected: 0, unreadable_fields: 1, rejections: [{ source: 'images' }] });
    expect(JSON.stringify(run)).not.toContain('secret');
    expect(await rowsOf(database.db, 'select unreadable_fields from cph.projects')).toEqual([
      { unreadable_fields: 1 },
    ]);
  });
});

describe('rows without a usable id', () => {
  test('leave a sweep partial while an image of their source is missing, and never otherwise', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [imagesRecord('a'), imagesRecord('b')];
    api.circumstances = { rejected: [nameless('images')] };
    expect(await sweep()).toMatchObject({ status: 'succeeded', rejected: 1 });
    api.records = [imagesRecord('a')];
    for (const _ of [1, 2, 3])
      expect(await sweep()).toMatchObject({ status: 'partial', error: { code: 'unreadable_records' } });
    expect(await currentIds()).toHaveLength(2);
  });

  test('leave a sweep partial where they are more than 3 and more than 1 % of all', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = publicImages(300);
    for (const [rejected, status] of [
      [3, 'succeeded'],
      [4, 'partial'],
    ] as const) {
      api.circumstances = { rejected: Array.from({ length: rejected }, () => nameless('phone-images')) };
      expect(await sweep()).toMatchObject({ status, rejected });
    }
  });
});

test.each([
  ['among others', ['h', 'i']],
  ['alone', ['h']],
])(
  'a row without a usable id, %s behind an end that nobody told, may be the missing image',
  async (_, more) => {
    const edition = {
      phoneImagesPaging: 'bare',
      phoneImagesMore: 'nothing',
      phoneImagesPageRows: 7,
    } as const;
    const { world, sweep } = await simulatedProject(database.db);
    const make = (image_id: string) => world.create({ image_id, status: 1, listed_in: ['phone-images'] });
    for (const id of ['garbled', 'b', 'c', 'd', 'e', 'f', 'g']) make(id);
    expect(await sweep()).toMatchObject({ status: 'succeeded', created: 7 });
    for (const id of more) make(id);
    world.update('garbled', { rows: { 'phone-images': { image_id: null } } });
    // Each in a process of its own, which has not learned that there are pages.
    for (const __ of [1, 2, 3]) {
      const anew = await simulatedProject(database.db, { world, edition });
      expect.soft(await anew.sweep()).toMatchObject({
        status: 'partial',
        rejected: 1,
        error: { code: 'unreadable_records' },
      });
    }
    expect(await currentIds()).toContain('garbled');
  },
);

test('an image whose failure was watched alerts also in a project that was never read completely', async () => {
  const { api, sweep, watch } = await scriptedProject(database.db);
  api.circumstances = { proofs: { all: 'denied' } };
  api.records = [imagesRecord('fails', { status_code: 0 }), imagesRecord('old', { status_code: 2 })];
  await sweep();
  const failed = imagesRecord('fails', { status_code: 2 });
  api.records = [failed, imagesRecord('old', { status_code: 2 })];
  expect(await watch()).toMatchObject({ status_changed: 1 });
  const log = await wholeLog(database.db);
  expect(log.map(({ image_id, type, baseline }) => [image_id, type, baseline])).toEqual([
    ['fails', 'cph.image.created', true],
    ['old', 'cph.image.created', true],
    ['fails', 'cph.image.status_changed', false],
  ]);
  expect(await rowsOf(database.db, 'select image_id, status_baseline from cph.images order by 1')).toEqual([
    { image_id: 'fails', status_baseline: false },
    { image_id: 'old', status_baseline: true },
  ]);
});

test.each([
  ['PRIVATE', 'private'],
  ['shared', 'share'],
  ['market', 'private'],
] as const)(
  'an image that spells its type %s is removed from the listing it was in',
  async (spelt, image_type) => {
    const { world, cloud, sweepAll } = await spellingProject(spelt, image_type);
    await sweepAll();
    world.remove('goes');
    await sweepAll();
    const asked = cloud.requests.length;
    expect(await sweepAll()).toMatchObject({ status: 'succeeded', removed: 1 });
    const byId = cloud.requests.slice(asked).filter(({ query }) => query.image_id === 'goes');
    expect(byId.map(({ query }) => query.image_type)).toEqual([image_type]);
  },
);

/** A project that is not asked for public images, with one image that names its type in another way. */
async function spellingProject(spelt: string, image_type: 'private' | 'share') {
  const { world, cloud, sweep } = await simulatedProject(database.db, {
    env: { CPH_IMAGE_TYPES: 'private,share', CPH_SOURCES: 'images' },
  });
  world.create({ image_id: 'stays', image_type, status: 1 });
  world.create({ image_id: 'goes', image_type, status: 1, rows: { images: { image_type: spelt } } });
  return { world, cloud, sweepAll: sweep };
}
