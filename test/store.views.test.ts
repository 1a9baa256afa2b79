import { beforeAll, describe, expect, test } from 'vitest';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const minutes = (column: string) => `round(extract(epoch from ${column}) / 60)::int as ${column}`;

/** Two failed images, one of them gone, and a public one; the last complete sweep was ten minutes ago. */
beforeAll(async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const { api: other, sweep: sweepOther } = await scriptedProject(database.db, 'p2');
  await rowsOf(database.db, `update cph.projects set name = 'games' where project_id = 'p1'`);
  const failing = (status_code: number) =>
    imagesRecord('failing', { status_code, create_time: ago(90).toISOString() });
  const gone = imagesRecord('gone', { status_code: 2 });
  const base = phoneRecord('base', { is_public: 1 });
  api.records = [failing(0), gone, base];
  await sweep({ now: () => ago(60) });
  api.records = [failing(2), base];
  for (const minute of [40, 20, 10]) await sweep({ now: () => ago(minute) });
  other.records = [imagesRecord('usable')];
  await sweepOther({ now: () => ago(5) });
});

describe('image_inventory', () => {
  test('shows each image that is there with its project, its age and how fresh this is', async () => {
    const rows = await rowsOf(
      database.db,
      `select *, ${minutes('age')}, ${minutes('time_in_status')}, ${minutes('project_freshness')}
       from cph.image_inventory order by image_id`,
    );
    expect(rows).toMatchObject([
      {
        project_id: 'p1',
        project_name: 'games',
        region: 'ap-southeast-3',
        image_id: 'base',
        status: null,
        age: 60,
        time_in_status: null,
      },
      {
        project_id: 'p1',
        image_id: 'failing',
        status: 'failed',
        age: 90,
        time_in_status: 40,
        project_freshness: 10,
        project_last_run_status: 'succeeded',
      },
      { project_id: 'p2', project_name: null, image_id: 'usable', time_in_status: 5, project_freshness: 5 },
    ]);
  });

  test('has every reported field of the table', async () => {
    const [table] = await rowsOf(database.db, `select * from cph.images where image_id = 'failing'`);
    const [view] = await rowsOf(database.db, `select * from cph.image_inventory where image_id = 'failing'`);
    const ours = [
      'removed_at',
      'missing_from',
      'removal_approved',
      'seen_at',
      'out_of_sight',
      'status_baseline',
    ];
    const reported = Object.entries(table ?? {}).filter(([column]) => !ours.includes(column));
    expect(reported.length).toBeGreaterThan(20);
    expect(view).toMatchObject(Object.fromEntries(reported));
  });
});

describe('failed_images', () => {
  test('shows the failed images that are there, and since when', async () => {
    const rows = await rowsOf(database.db, `select *, ${minutes('failed_for')} from cph.failed_images`);
    expect(rows).toMatchObject([
      { project_id: 'p1', project_name: 'games', image_id: 'failing', failed_for: 40 },
    ]);
  });
});
