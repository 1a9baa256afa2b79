import { beforeEach, describe, expect, test } from 'vitest';
import type { Effect } from '../src/simulator/faults.ts';
import type { World } from '../src/simulator/world.ts';
import { rowsOf, rowVersions, runsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const ONLY_IMAGES = { CPH_SOURCES: 'images', CPH_IMAGE_TYPES: 'private' };
const PAGE_7 = { endpoint: 'images', query: { image_type: 'private', offset: '600' } } as const;
const BREAKDOWNS: readonly (readonly [name: string, code: string, effect: Effect])[] = [
  ['no permission', 'CPS.0001', { kind: 'error', code: 'CPS.0001' }],
  ['an internal error', 'APIGW.0601', { kind: 'error', code: 'APIGW.0601' }],
  ['an error page', 'http_502', { kind: 'raw', status: 502 }],
  ['half an answer', 'truncated', { kind: 'truncate' }],
];

function fill(world: World, count: number): void {
  for (let i = 0; i < count; i += 1)
    world.create({ image_id: `image-${i}`, status: 1, listed_in: ['images'] });
}

const counts = async () => {
  const [row] = await rowsOf(
    database.db,
    `select (select count(*) from cph.images where removed_at is null) as images,
       (select count(*) from cph.image_events) as events,
       (select count(*) from cph.image_status_transitions) as transitions`,
  );
  return row;
};

test('2,345 images in 24 pages become 2,345 rows', async () => {
  const { world, cloud, sweep } = await simulatedProject(database.db, { env: ONLY_IMAGES });
  fill(world, 2345);
  expect(await sweep()).toMatchObject({ status: 'succeeded', listed: 2345, created: 2345, requests: 24 });
  expect(new Set(cloud.requests.map(({ query }) => query.offset)).size).toBe(24);
  expect(await counts()).toEqual({ images: 2345, events: 2345, transitions: 2345 });
  const [run] = await runsOf(database.db);
  expect(run).toMatchObject({ requests: 24 });
  expect(run?.request_ids).toHaveLength(20);
});

describe('a seventh page that fails for good', () => {
  test.each(BREAKDOWNS)(
    'with %s leaves everything as it was, and a failed run with the code %s',
    async (_, code, effect) => {
      const { world, cloud, sweep } = await simulatedProject(database.db, { env: ONLY_IMAGES });
      fill(world, 750);
      await sweep();
      const before = await rowVersions(database.db);
      const [project] = await rowsOf(database.db, 'select * from cph.projects');

      world.remove('image-3');
      world.update('image-700', { image_name: 'renamed' });
      world.create({ image_id: 'new', listed_in: ['images'] });
      cloud.setFaults([{ when: PAGE_7, effect }]);
      expect(await sweep()).toMatchObject({ status: 'failed', created: 0, updated: 0, removed: 0 });
      expect(await rowVersions(database.db)).toEqual(before);
      expect((await runsOf(database.db)).at(-1)).toMatchObject({
        status: 'failed',
        error_code: code,
        error_message: expect.stringContaining('cloud-phone/images'),
        listings: [{ source: 'images', image_type: 'private', error_code: code, listed: 0 }],
      });
      expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
        {
          last_run_status: 'failed',
          consecutive_failures: 1,
          last_complete_at: project?.last_complete_at,
          snapshot_digest: project?.snapshot_digest,
        },
      ]);

      cloud.setFaults([]);
      expect(await sweep()).toMatchObject({ status: 'succeeded', created: 1, updated: 1, removed: 0 });
      expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
        { last_run_status: 'succeeded', consecutive_failures: 0 },
      ]);
    },
  );

  test('leaves a partial sweep that adds what the other endpoint proved and removes nothing', async () => {
    const { world, cloud, sweep } = await simulatedProject(database.db);
    fill(world, 750);
    world.create({ image_id: 'both', status: 1 });
    world.create({ image_id: 'phone only', image_type: 'public', listed_in: ['phone-images'] });
    await sweep();
    const before = await counts();

    for (const gone of ['image-3', 'both', 'phone only']) world.remove(gone);
    world.create({ image_id: 'new in both', status: 1 });
    cloud.setFaults([{ when: PAGE_7, effect: { kind: 'error', code: 'CPS.0003' } }]);
    for (const created of [1, 0, 0]) {
      expect(await sweep()).toMatchObject({ status: 'partial', created, updated: 0, removed: 0 });
    }
    expect(await counts()).toMatchObject({
      images: Number(before?.images) + 1,
      events: Number(before?.events) + 1,
    });
    expect(
      await rowsOf(database.db, 'select image_id from cph.images where missing_since is not null'),
    ).toEqual([]);
    expect(
      await rowsOf(database.db, `select status, listed_in from cph.images where image_id = 'new in both'`),
    ).toEqual([{ status: null, listed_in: ['phone-images'] }]);
    expect((await runsOf(database.db)).at(-1)).toMatchObject({ status: 'partial', error_code: 'CPS.0003' });
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_run_status: 'partial', consecutive_failures: 0 },
    ]);
  });
});
