import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Transaction } from '../src/store/database.ts';
import { lockProject, updateProject } from '../src/store/projects.ts';
import { endQuietSweep, endQuietWatch } from '../src/store/quiet-run.ts';
import { abandonOlderRuns, beginRun } from '../src/store/runs.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { untilWaiting } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const BEGAN = new Date('2030-01-01T00:00:00Z');
const ENDED = new Date('2030-01-01T00:00:03Z');
const END = { status: 'succeeded', finished_at: ENDED, requests: 4, listed: 9 } as const;

/** A project that was swept, and a sweep of it under way that has found the same digest. */
async function quietRun() {
  await scriptedProject(database.db);
  await rowsOf(database.db, `update cph.projects set snapshot_digest = 'same'`);
  const run_id = await beginRun(database.db, 'p1', 'sweep', BEGAN);
  const end = () => endQuietSweep(database.db, quietly(run_id), 'same');
  return { run_id, end };
}

const quietly = (run_id: number) =>
  ({ run_id, project_id: 'p1', kind: 'sweep', started_at: BEGAN, end: END }) as const;

const project = async () => (await rowsOf(database.db, 'select * from cph.projects'))[0];

describe('the end of a quiet run that had to wait for somebody else', () => {
  /** Ends the run while a transaction has its project's row, which then does `work` and commits. */
  async function endDuring(
    { end }: Awaited<ReturnType<typeof quietRun>>,
    work: (tx: Transaction) => Promise<unknown>,
  ): Promise<boolean> {
    const { ending } = await database.db.transaction(async (tx) => {
      await lockProject(tx, 'p1');
      const ending = end();
      await untilWaiting(database.db, 1);
      await work(tx);
      return { ending };
    });
    return await ending;
  }

  test('is written over what it does not touch', async () => {
    const run = await quietRun();
    expect(await endDuring(run, (tx) => updateProject(tx, 'p1', { leased_by: 'us', held_removals: 3 }))).toBe(
      true,
    );
    expect(await project()).toMatchObject({
      leased_by: 'us',
      held_removals: 0,
      last_applied_run_id: run.run_id,
      last_complete_at: ENDED,
      last_complete_look_at: BEGAN,
    });
    expect(await runsOf(database.db)).toMatchObject([
      { status: 'succeeded', finished_at: ENDED, requests: 4 },
    ]);
  });

  test.each<[string, (tx: Transaction, run_id: number) => Promise<unknown>]>([
    ['found another digest', (tx) => updateProject(tx, 'p1', { snapshot_digest: 'another' })],
    ['made the digest void', (tx) => updateProject(tx, 'p1', { snapshot_digest: null })],
    ['was of a later look', (tx, run_id) => updateProject(tx, 'p1', { last_applied_run_id: run_id + 1 })],
    ['took its replica for dead', (tx, run_id) => abandonOlderRuns(tx, 'p1', run_id + 1, ENDED)],
  ])('is not written when that %s', async (_, work) => {
    const run = await quietRun();
    let before: unknown;
    const ended = await endDuring(run, async (tx) => {
      await work(tx, run.run_id);
      const { rows } = await tx.execute(sql`select to_jsonb(p) as project from cph.projects p`);
      before = rows;
    });
    expect(ended).toBe(false);
    expect(await rowsOf(database.db, 'select to_jsonb(p) as project from cph.projects p')).toEqual(before);
    expect(await runsOf(database.db)).not.toContainEqual(expect.objectContaining({ status: 'succeeded' }));
  });
});

test('a look that began while the project was being written cannot be known to be the last: it is compared', async () => {
  await quietRun();
  await database.db.transaction(async (tx) => {
    await lockProject(tx, 'p1');
    const run_id = await beginRun(database.db, 'p1', 'sweep', BEGAN);
    expect(run_id).toBe(2);
    // It waits for nobody, and is a row at once.
    expect(await rowsOf(database.db, 'select id, status from cph.sync_runs')).toEqual([
      { id: 2, status: 'running' },
    ]);
  });
  expect(await endQuietSweep(database.db, quietly(2), 'same')).toBe(false);
});

test('the end of a quiet watch is not written where an image is known as being created', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  api.records = [imagesRecord('a', { status_code: 0 })];
  await sweep();
  const run_id = await beginRun(database.db, 'p1', 'watch', BEGAN);
  const watch = { ...quietly(run_id), kind: 'watch' } as const;
  expect(await endQuietWatch(database.db, watch)).toBe(false);
  await rowsOf(database.db, 'update cph.images set status = null, status_code = null');
  expect(await endQuietWatch(database.db, watch)).toBe(true);
  expect(await project()).toMatchObject({ last_watch_look_at: BEGAN, looking_run_id: null });
});

test('the end of a quiet run abandons the runs that began before it, and no others', async () => {
  await scriptedProject(database.db, 'p2');
  const other = await beginRun(database.db, 'p2', 'sweep', BEGAN);
  const older = await quietRun();
  const run_id = await beginRun(database.db, 'p1', 'sweep', BEGAN);
  expect(await endQuietSweep(database.db, quietly(run_id), 'same')).toBe(true);
  const statuses = Object.fromEntries(
    (await runsOf(database.db)).map(({ id, status }) => [Number(id), status]),
  );
  expect(statuses).toEqual({
    [other]: 'running',
    [older.run_id]: 'abandoned',
    [run_id]: 'succeeded',
  });
  expect(await endQuietSweep(database.db, quietly(run_id), 'same')).toBe(false);
  expect(await older.end()).toBe(false);
});
