import { beforeEach, describe, expect, test } from 'vitest';
import { setProjectListings } from '../src/store/projects.ts';
import { type Asked, imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const PRIVATE_ONLY: readonly Asked[] = ['private', 'all'];
const shared = (count: number) =>
  Array.from({ length: count }, (_, i) => imagesRecord(`share-${i}`, { image_type: 'share' }));
const mine = (count: number) => Array.from({ length: count }, (_, i) => imagesRecord(`mine-${i}`));

const project = async () => (await rowsOf(database.db, 'select * from cph.projects'))[0];
const missing = () =>
  rowsOf(
    database.db,
    'select image_id from cph.images where cardinality(missing_from) > 0 and removed_at is null',
  );

describe('a type that is no longer asked for while its images are missing', () => {
  /** 61 shared images are held when only private ones are asked for any more. */
  async function narrowedProject() {
    const scripted = await scriptedProject(database.db);
    scripted.api.records = [...shared(61), ...mine(30)];
    await scripted.sweep();
    scripted.api.records = mine(30);
    expect(await scripted.sweep()).toMatchObject({ status: 'held', held_removals: 61 });
    return scripted;
  }

  test('does not keep the project held, and its marks are cleared', async () => {
    const { sweepAs } = await narrowedProject();
    expect(await sweepAs(PRIVATE_ONLY)).toMatchObject({ status: 'succeeded', held_removals: 0, removed: 0 });
    expect(await project()).toMatchObject({ held_removals: 0, last_run_status: 'succeeded' });
    expect(await missing()).toEqual([]);
    expect(
      await rowsOf(database.db, 'select image_id from cph.images where removed_at is null'),
    ).toHaveLength(91);
  });

  test('does not count for the brake, nor for an approval', async () => {
    const { api, sweepAs } = await narrowedProject();
    await sweepAs(PRIVATE_ONLY);
    api.records = mine(29);
    await sweepAs(PRIVATE_ONLY);
    expect(await missing()).toEqual([{ image_id: 'mine-29' }]);
    expect(await sweepAs(PRIVATE_ONLY)).toMatchObject({ status: 'succeeded', removed: 1, held_removals: 0 });
  });

  test('lets a digest be stored again, so that the next sweep is a quiet one', async () => {
    const { sweepAs } = await narrowedProject();
    await sweepAs(PRIVATE_ONLY);
    const { snapshot_digest } = (await project()) ?? {};
    expect(snapshot_digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await sweepAs(PRIVATE_ONLY)).toMatchObject({ status: 'succeeded', marked: 0 });
    expect(await project()).toMatchObject({ snapshot_digest });
  });

  test('begins anew when it is asked for again', async () => {
    const { sweep, sweepAs } = await narrowedProject();
    await sweepAs(PRIVATE_ONLY);
    expect(await sweep()).toMatchObject({ status: 'held', held_removals: 61, removed: 0 });
  });
});

test('a source that is no longer read keeps no image that the other has let go of', async () => {
  const { api, sweep, sweepAs } = await scriptedProject(database.db);
  api.records = [imagesRecord('a'), phoneRecord('a'), imagesRecord('b'), phoneRecord('b')];
  await sweep();
  api.records = [imagesRecord('b')];
  const imagesOnly: readonly Asked[] = ['public', 'private', 'share'];
  expect(await sweepAs(imagesOnly)).toMatchObject({ status: 'succeeded', removed: 0 });
  expect(await sweepAs(imagesOnly)).toMatchObject({ status: 'succeeded', removed: 1 });
  expect(await missing()).toEqual([]);
});

test('images that nobody asks for any more are neither failed nor stuck', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const troubled = (image_type: 'private' | 'share') => [
    imagesRecord(`failed ${image_type}`, { image_type, status_code: 2 }),
    imagesRecord(`stuck ${image_type}`, { image_type, status_code: 0 }),
  ];
  api.records = [...troubled('private'), ...troubled('share')];
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await sweep({ now: () => anHourAgo });
  await rowsOf(database.db, `update cph.projects set stuck_after = '1 minute'`);
  const shown = async () =>
    (
      await rowsOf(
        database.db,
        'select image_id from cph.failed_images union all select image_id from cph.stuck_images order by 1',
      )
    ).map(({ image_id }) => image_id);
  const ask = (image_types: string[], sources: string[]) =>
    setProjectListings(database.db, [{ project_id: 'p1', image_types, sources }]);

  expect(await shown()).toHaveLength(4);
  await ask(['private'], ['images', 'phone-images']);
  expect(await shown()).toEqual(['failed private', 'stuck private']);
  await ask(['private', 'share'], ['phone-images']);
  expect(await shown()).toEqual([]);
  await ask(['private', 'share'], ['images']);
  expect(await shown()).toHaveLength(4);
});
