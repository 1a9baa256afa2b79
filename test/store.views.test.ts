import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { markUnconfigured, registerProjects, setProjectTimes } from '../src/store/projects.ts';
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
      'listed_under',
      'removal_approved',
      'seen_at',
      'out_of_sight',
      'status_baseline',
      'digest',
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

describe('a project that is no longer configured', () => {
  const P2 = { project_id: 'p2', region: 'ap-southeast-3', name: null };
  /** Failing and stuck in both projects; none was swept for longer than three intervals. */
  async function troubles(): Promise<void> {
    const times = { sync_interval_ms: 60_000, stuck_after_ms: 60_000 };
    await setProjectTimes(database.db, [
      { project_id: 'p1', ...times },
      { project_id: 'p2', ...times },
    ]);
    await rowsOf(
      database.db,
      `insert into cph.images (project_id, image_id, status, status_code, status_since, listed_in, first_seen_at, changed_at, seen_at)
       select p, s || ' in ' || p, s, c, t, '{images}', t, t, t
       from unnest(array['p1', 'p2']) p, (values ('failed', 2), ('creating', 0)) as v(s, c), (values (now() - interval '1 hour')) as w(t)`,
    );
    onTestFinished(async () => {
      await rowsOf(database.db, `delete from cph.images where image_id like '% in p_'`);
      await registerProjects(database.db, [P2]);
    });
  }

  test('is not stale, and its images are no live trouble, but stay in the inventory', async () => {
    await troubles();
    const ids = async (view: string) =>
      (await rowsOf(database.db, `select image_id from cph.${view} order by image_id`)).map(
        (row) => row.image_id,
      );
    const stale = () =>
      rowsOf(
        database.db,
        `select project_id, stale, unconfigured_since is not null as out from cph.project_freshness order by 1`,
      );
    const inventory = await ids('image_inventory');
    expect(await ids('failed_images')).toEqual(['failed in p1', 'failed in p2', 'failing']);
    expect(await ids('stuck_images')).toEqual(['creating in p1', 'creating in p2']);
    await markUnconfigured(database.db, ['p1'], new Date());
    expect(await ids('failed_images')).toEqual(['failed in p1', 'failing']);
    expect(await ids('stuck_images')).toEqual(['creating in p1']);
    expect(await stale()).toEqual([
      { project_id: 'p1', stale: true, out: false },
      { project_id: 'p2', stale: false, out: true },
    ]);
    expect(await ids('image_inventory')).toEqual(inventory);
  });
});
