import { expect, test } from 'vitest';
import type { Listing } from '../src/cph/listing.ts';
import { sweepProject } from '../src/sync/sweep.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();

test('an image found by id stays found when an older look is applied before the sweep is', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  api.records = [imagesRecord('a'), imagesRecord('left out')];
  await sweep();
  api.records = [imagesRecord('a')];
  expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });

  // The older look lists both images, and waits with that until the newer one asks for the one it misses.
  const older = moment();
  api.records = [imagesRecord('a'), imagesRecord('left out')];
  let lists = 0;
  api.hold = async (answer) => {
    if (answer === 'all') lists += 1;
    if (answer === 'all' && lists === 1) await older.come;
  };
  const first = sweep();
  await until(() => lists === 1);
  api.records = [imagesRecord('a')];
  api.unlisted = [imagesRecord('left out', { image_name: 'renamed' })];
  api.hold = async (answer) => {
    if (answer !== 'by id') return;
    older.now();
    await first;
  };

  expect(await sweep()).toMatchObject({ run_id: 4, status: 'succeeded', updated: 1, removed: 0 });
  expect(await first).toMatchObject({ run_id: 3, status: 'succeeded' });
  expect(api.asked).toEqual(['left out']);
  expect(
    await rowsOf(database.db, 'select image_id, image_name, missing_since from cph.images order by image_id'),
  ).toEqual([
    { image_id: 'a', image_name: 'name of a', missing_since: null },
    { image_id: 'left out', image_name: 'renamed', missing_since: null },
  ]);
});

test('what reading on behind an end shows of an image that seemed unchanged is written at once', async () => {
  const { api, project } = await scriptedProject(database.db, 'p2');
  const control = { now: () => new Date(), signal: new AbortController().signal };
  const hidden = imagesRecord('hidden', { status_code: 2 });
  const listings = project.listings.map((listing): Listing => {
    if (listing.image_type !== 'private') return listing;
    return {
      ...listing,
      list: async (look) => ({ ...(await listing.list(look)), endAssumed: true }),
      confirmEnd: async () => ({ records: [hidden], rejected: [], proof: 'complete', drift: [] }),
    };
  });
  api.records = [imagesRecord('goes'), phoneRecord('hidden')];
  await sweepProject(database.db, { ...project, listings }, control);
  api.records = [phoneRecord('hidden')];
  expect(await sweepProject(database.db, { ...project, listings }, control)).toMatchObject({ removed: 0 });
  const row = `select status from cph.images where project_id = 'p2' and image_id = 'hidden'`;
  expect(await rowsOf(database.db, row)).toEqual([{ status: 'failed' }]);
});
