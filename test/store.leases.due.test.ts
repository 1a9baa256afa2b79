import { beforeEach, describe, expect, test } from 'vitest';
import { useTestDatabase } from './support/postgres.ts';
import { claimsOn, LATER, MINUTE, TICK } from './support/replica-claims.ts';

const database = useTestDatabase();
const { register, claim, release, project } = claimsOn(database);
beforeEach(() => database.truncate());

describe('a watch', () => {
  const ticks = { sweep: TICK, watch: LATER };

  test('is due between sweeps, and not while a sweep is', async () => {
    const ids = await register('p1', 'p2');
    await claim(['p1']);
    await release('p1', 'ours', { sweep: TICK, watch: null });
    expect(await claim(ids, { ticks, now: LATER })).toMatchObject([
      { project_id: 'p1', sweep: false },
      { project_id: 'p2', sweep: true },
    ]);
    await release('p1', 'ours', { sweep: null, watch: LATER });
    expect(await claim(['p1'], { ticks, now: LATER })).toEqual([]);
    expect(await project('p1')).toMatchObject({ sweep_tick: TICK, watch_tick: LATER });
  });

  test('comes round to every project, also when there are too many to watch at every tick', async () => {
    const ids = await register('p1', 'p2', 'p3', 'p4');
    await claim(ids);
    for (const id of ids) await release(id, 'ours', { sweep: TICK, watch: null });
    const watched: string[] = [];
    for (const turn of [1, 2]) {
      const watch = new Date(LATER.getTime() + turn * 1_000);
      const claimed = await claim(ids, { ticks: { sweep: TICK, watch }, limit: 2, now: watch });
      watched.push(...claimed.map(({ project_id }) => project_id));
      for (const { project_id } of claimed) await release(project_id, 'ours', { sweep: null, watch });
    }
    expect(watched.toSorted()).toEqual(ids);
  });
});

describe('a tick that is still to come by the clock of Postgres', () => {
  const AHEAD = new Date(Date.now() + 60 * MINUTE);

  test('is not believed: the project is due, and what is served next counts', async () => {
    const ids = await register('p1');
    await claim(ids);
    await release('p1', 'ours', { sweep: AHEAD, watch: AHEAD });
    const ticks = { sweep: TICK, watch: TICK };
    expect(await claim(ids, { ticks })).toMatchObject([{ project_id: 'p1', sweep: true }]);
    await release('p1', 'ours', { sweep: TICK, watch: TICK });
    expect(await project('p1')).toMatchObject({ sweep_tick: TICK, watch_tick: TICK });
    expect(await claim(ids, { ticks })).toEqual([]);
  });

  test('is forgotten, too, when the look that followed was stopped', async () => {
    const ids = await register('p1');
    await claim(ids);
    await release('p1', 'ours', { sweep: AHEAD, watch: AHEAD });
    await claim(ids);
    await release('p1', 'ours', null);
    expect(await project('p1')).toMatchObject({ sweep_tick: null, watch_tick: null });
  });
});

describe('the looks of one tick', () => {
  test('are spread: each project has its own moment, the same every time, and all are due by the end', async () => {
    const ids = await register(...Array.from({ length: 40 }, (_, i) => `project-${i}`));
    const dueAt = async (tick: Date, since: number) => {
      const now = new Date(tick.getTime() + since);
      const claimed = await claim(ids, { ticks: { sweep: tick, watch: null }, spread_ms: 10_000, now });
      for (const { project_id } of claimed) await release(project_id, 'ours', null);
      return claimed.map(({ project_id }) => project_id);
    };
    const early = await dueAt(TICK, 2_500);
    const half = await dueAt(TICK, 5_000);
    expect(early.length).toBeGreaterThan(2);
    expect(half.length).toBeGreaterThan(early.length);
    expect(half.length).toBeLessThan(35);
    expect(half).toEqual(expect.arrayContaining(early));
    expect(await dueAt(TICK, 10_000)).toEqual(ids.toSorted());
    expect(await dueAt(LATER, 5_000)).toEqual(half);
  });

  test('are due at once where the clock says that the tick is still to come', async () => {
    const ids = await register('p1');
    expect(await claim(ids, { now: new Date(TICK.getTime() - MINUTE) })).toHaveLength(1);
  });
});
