import { beforeEach, describe, expect, test } from 'vitest';
import { renewLeases } from '../src/store/leases.ts';
import { markUnconfigured } from '../src/store/projects.ts';
import { beginRun, showRuns } from '../src/store/runs.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { holdLock } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';
import { claimsOn, LATER, MINUTE, RUN_OUT, TICK } from './support/replica-claims.ts';

const database = useTestDatabase();
const { register, claim, lease, release, project } = claimsOn(database);
beforeEach(() => database.truncate());

describe('a claim', () => {
  test('hands a project that is due to one replica and to no other', async () => {
    const ids = await register('p1', 'p2');
    expect(await claim(ids)).toMatchObject([
      { project_id: 'p1', sweep: true },
      { project_id: 'p2', sweep: true },
    ]);
    expect(await claim(ids, { replica: 'theirs' })).toEqual([]);
    expect(await claim(ids)).toEqual([]);
    expect(await project('p1')).toMatchObject({ leased_by: 'ours' });
  });

  test('shares the projects out among replicas that claim at the same moment', async () => {
    const ids = await register(...Array.from({ length: 24 }, (_, i) => `p${i}`));
    const replicas = ['a', 'b', 'c', 'd', 'e'];
    const claims = await Promise.all(replicas.map((replica) => claim(ids, { replica, limit: 6 })));
    const claimed = claims.flat().map(({ project_id }) => project_id);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(Math.max(...claims.map(({ length }) => length))).toBeLessThanOrEqual(6);
    const rest = await claim(ids, { replica: 'f' });
    expect([...claimed, ...rest.map(({ project_id }) => project_id)].toSorted()).toEqual(ids.toSorted());
  });

  test('skips a project that is being written instead of waiting for it', async () => {
    const ids = await register('p1', 'p2');
    await holdLock(database.directUrl, `select from cph.projects where project_id = 'p1' for no key update`);
    expect(await claim(ids)).toMatchObject([{ project_id: 'p2', sweep: true }]);
  });

  test('takes no more than the limit, those that have waited longest first', async () => {
    const ids = await register('a-recent', 'b-old', 'c-never');
    await claim(ids);
    await release('a-recent', 'ours', { sweep: TICK, watch: null });
    await release('b-old', 'ours', { sweep: new Date(TICK.getTime() - MINUTE), watch: null });
    await release('c-never', 'ours', null);
    const ticks = { sweep: LATER, watch: null };
    expect(await claim(ids, { ticks, limit: 2, now: LATER })).toMatchObject([
      { project_id: 'b-old' },
      { project_id: 'c-never' },
    ]);
    expect(await claim(ids, { ticks, limit: 0, now: LATER })).toEqual([]);
  });

  test('leaves projects of another configuration alone', async () => {
    await register('p1', 'p2');
    expect(await claim(['p1', 'not registered'])).toMatchObject([{ project_id: 'p1' }]);
    expect(await claim([])).toEqual([]);
    expect(await project('p2')).toMatchObject({ leased_by: null, leased_until: null });
  });
});

test('a claim says that the project is configured, whatever a replica with an older file has said', async () => {
  await register('p1', 'p2');
  await markUnconfigured(database.db, [], TICK);
  await claim(['p1']);
  expect(await project('p1')).toMatchObject({ unconfigured_since: null });
  expect(await project('p2')).toMatchObject({ unconfigured_since: TICK });
});

describe('a lease', () => {
  test('that has run out goes to the next replica, and the runs left behind are abandoned', async () => {
    const ids = await register('p1', 'p2');
    for (const id of ids) await claim([id], { replica: 'gone', lease_ms: RUN_OUT });
    expect(await claim(['p1'], { now: LATER })).toMatchObject([{ project_id: 'p1', sweep: true }]);
    expect(await project('p1')).toMatchObject({ leased_by: 'ours' });
    expect(await runsOf(database.db)).toMatchObject([
      { id: 1, project_id: 'p1', status: 'abandoned', finished_at: LATER, error_message: expect.any(String) },
      { id: 2, project_id: 'p2', status: 'running', finished_at: null },
      { id: 3, project_id: 'p1', status: 'running', finished_at: null },
    ]);
  });

  test('that has run out leaves runs abandoned, too, that had a row already', async () => {
    const ids = await register('p1');
    await claim(ids, { replica: 'gone', lease_ms: RUN_OUT });
    await showRuns(database.db, 'p1', 1);
    await claim(ids, { now: LATER });
    expect(await runsOf(database.db)).toMatchObject([
      { id: 1, status: 'abandoned', finished_at: LATER },
      { id: 2, status: 'running' },
    ]);
  });

  test('that was given back before the look began leaves no run', async () => {
    const ids = await register('p1');
    await claim(ids);
    await release('p1', 'ours', null);
    expect(await runsOf(database.db)).toEqual([]);
  });

  test('shows the look as running once it takes long, and no look that is not ours', async () => {
    const ids = await register('p1', 'p2', 'p3');
    await claim(['p1']);
    await claim(['p2']);
    await claim(['p3'], { replica: 'theirs' });
    const shown = () => rowsOf(database.db, 'select id, project_id, status, started_at from cph.sync_runs');
    const renewal = { replica: 'ours', project_ids: ids, lease_ms: MINUTE };
    await renewLeases(database.db, { ...renewal, slow_ids: [] });
    expect(await shown()).toEqual([]);
    await renewLeases(database.db, { ...renewal, slow_ids: ['p2', 'p3'] });
    await renewLeases(database.db, { ...renewal, slow_ids: ['p2', 'p3'] });
    expect(await shown()).toEqual([{ id: 2, project_id: 'p2', status: 'running', started_at: TICK }]);
    expect(await project('p2')).toMatchObject({ looking_run_id: null, leased_by: 'ours' });
  });

  test('of one project that has run out leaves its runs abandoned, too, and those of our own alone', async () => {
    const ids = await register('p1');
    await claim(ids, { replica: 'gone', lease_ms: RUN_OUT });
    expect(await lease('p1', 'ours')).toBe(true);
    await beginRun(database.db, 'p1', 'sweep', TICK);
    expect(await lease('p1', 'ours', RUN_OUT)).toBe(true);
    expect(await runsOf(database.db)).toMatchObject([
      { status: 'abandoned', finished_at: LATER, error_message: expect.stringContaining('gone') },
      { status: 'running', finished_at: null },
    ]);
  });

  test('that has run out leaves runs that had ended as they were', async () => {
    const ids = await register('p1');
    await claim(ids, { replica: 'gone', lease_ms: RUN_OUT });
    await showRuns(database.db, 'p1', 1);
    await rowsOf(database.db, `update cph.sync_runs set status = 'succeeded', finished_at = started_at`);
    const before = await runsOf(database.db);
    await claim(ids);
    expect((await runsOf(database.db)).filter(({ status }) => status !== 'running')).toEqual(before);
  });

  test('that was given back in time lets a run of somebody else go on', async () => {
    const ids = await register('p1');
    await claim(ids);
    await release('p1', 'ours', null);
    await beginRun(database.db, 'p1', 'sweep', TICK);
    await claim(ids);
    expect(await runsOf(database.db)).toMatchObject([{ status: 'running' }, { status: 'running' }]);
  });

  test('that was lost is neither renewed nor given back by the one who had it', async () => {
    const ids = await register('p1');
    await claim(ids, { replica: 'paused', lease_ms: RUN_OUT });
    await claim(ids);
    const taken = await project('p1');
    await renewLeases(database.db, {
      replica: 'paused',
      project_ids: ids,
      slow_ids: [],
      lease_ms: 10 * MINUTE,
    });
    await release('p1', 'paused', { sweep: LATER, watch: LATER });
    expect(await project('p1')).toEqual(taken);
  });

  test('lasts for as long as it is renewed', async () => {
    const ids = await register('p1', 'p2');
    await claim(ids, { lease_ms: RUN_OUT });
    await renewLeases(database.db, { replica: 'ours', project_ids: ['p1'], slow_ids: [], lease_ms: MINUTE });
    expect(await claim(ids, { replica: 'theirs' })).toMatchObject([{ project_id: 'p2' }]);
    await renewLeases(database.db, { replica: 'ours', project_ids: [], slow_ids: [], lease_ms: MINUTE });
  });

  test('is neither waited for nor given back while its project is being written; the others are', async () => {
    const ids = await register('p1', 'p2', 'p3');
    await claim(['p1', 'p2'], { lease_ms: RUN_OUT });
    const written = await project('p1');
    const { release: unlock } = await holdLock(
      database.directUrl,
      `select from cph.projects where project_id = 'p1' for no key update`,
    );
    await renewLeases(database.db, { replica: 'ours', project_ids: ids, slow_ids: [], lease_ms: MINUTE });
    expect(await claim(ids, { replica: 'theirs', limit: 1 })).toMatchObject([{ project_id: 'p3' }]);
    const served = { sweep: TICK, watch: null };
    const returned = ['p1', 'p2'].map((project_id) => ({ project_id, run_id: null, served }));
    expect(await claim([], { returned })).toEqual([]);
    expect(await project('p1')).toEqual(written);
    expect(await project('p2')).toMatchObject({ leased_by: null, sweep_tick: TICK });
    await unlock();
  });

  test('of one project is had whether it is due or not, unless somebody else has it', async () => {
    const ids = await register('p1');
    expect(await lease('p1', 'ours')).toBe(true);
    expect(await lease('p1', 'theirs')).toBe(false);
    expect(await claim(ids, { replica: 'theirs' })).toEqual([]);
    expect(await lease('p1', 'ours', RUN_OUT)).toBe(true);
    expect(await lease('p1', 'theirs')).toBe(true);
    expect(await project('p1')).toMatchObject({ leased_by: 'theirs', sweep_tick: null });
    expect(await lease('unknown', 'ours')).toBe(false);
  });
});

describe('a project given back', () => {
  test('is not due again for the tick it was looked at for, and is for the next', async () => {
    const ids = await register('p1');
    await claim(ids);
    await release('p1', 'ours', { sweep: TICK, watch: null });
    expect(await project('p1')).toMatchObject({ leased_by: null, leased_until: null, sweep_tick: TICK });
    expect(await claim(ids)).toEqual([]);
    expect(await claim(ids, { ticks: { sweep: LATER, watch: null }, now: LATER })).toHaveLength(1);
  });

  test('is due again at once when its look was stopped', async () => {
    const ids = await register('p1');
    await claim(ids);
    await release('p1', 'ours', null);
    expect(await claim(ids, { replica: 'theirs' })).toMatchObject([{ project_id: 'p1', sweep: true }]);
  });

  test('is due once more for the ticks that came while it was being looked at, however many', async () => {
    const ids = await register('p1');
    await claim(ids);
    const ticks = { sweep: LATER, watch: null };
    expect(await claim(ids, { ticks, now: LATER })).toEqual([]);
    await release('p1', 'ours', { sweep: TICK, watch: null });
    expect(await claim(ids, { ticks, now: LATER })).toHaveLength(1);
    await release('p1', 'ours', { sweep: LATER, watch: null });
    expect(await claim(ids, { ticks, now: LATER })).toEqual([]);
  });

  test('does not become due again by a replica whose clock is behind', async () => {
    const ids = await register('p1');
    await claim(ids, { ticks: { sweep: LATER, watch: LATER }, now: LATER });
    await release('p1', 'ours', { sweep: LATER, watch: LATER });
    await lease('p1', 'behind');
    await release('p1', 'behind', { sweep: TICK, watch: TICK });
    expect(await project('p1')).toMatchObject({ sweep_tick: LATER, watch_tick: LATER });
    await lease('p1', 'sync');
    await release('p1', 'sync', { sweep: null, watch: null });
    expect(await project('p1')).toMatchObject({ sweep_tick: LATER, watch_tick: LATER });
  });
});
