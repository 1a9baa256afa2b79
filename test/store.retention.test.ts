import { beforeEach, describe, expect, test } from 'vitest';
import { registerProjects } from '../src/store/projects.ts';
import { pruneEvents, pruneRuns } from '../src/store/retention.ts';
import { append, built, created, imageIds } from './support/event-log.ts';
import { foldedLog, rowsOf, runsOf, wholeLog } from './support/inventory-rows.ts';
import { holdLock } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

/** The events of `append` occurred the day before. */
const NOW_OLD = new Date('2026-08-02T00:00:00Z');
const STILL_YOUNG = new Date('2026-07-01T00:00:00Z');

async function prune(before: { events?: Date } = {}, signal = new AbortController().signal) {
  return {
    events: await pruneEvents(database.db, before.events ?? NOW_OLD, signal),
    runs: await pruneRuns(database.db, NOW_OLD, signal),
  };
}

const seqsLeft = async () => (await wholeLog(database.db)).map(({ seq }) => seq);

describe('old events', () => {
  test('are deleted, but for the last one of each image, so that the table can still be rebuilt', async () => {
    await append(database.db, [created('a', { status_code: 0 }), created('b')]);
    const [last = 0] = await append(database.db, [built('a', 1)]);
    const folded = await foldedLog(database.db, 'p1');
    expect(await prune()).toEqual({ events: 1, runs: 0 });
    expect((await wholeLog(database.db)).map(({ image_id, seq }) => [image_id, seq])).toEqual([
      ['b', 2],
      ['a', last],
    ]);
    expect(await foldedLog(database.db, 'p1')).toEqual(folded);
    expect(await prune()).toEqual({ events: 0, runs: 0 });
  });

  test('are kept until they are old', async () => {
    await append(database.db, [created('a', { status_code: 0 }), built('a', 1)]);
    expect(await prune({ events: STILL_YOUNG })).toEqual({ events: 0, runs: 0 });
    expect(await seqsLeft()).toEqual([1, 2]);
  });

  test('are deleted behind thousands that are kept', async () => {
    await append(
      database.db,
      imageIds(5_001).map((id) => created(id)),
    );
    const [first] = await append(database.db, [created('a'), created('a')]);
    expect(await prune()).toEqual({ events: 1, runs: 0 });
    expect(await seqsLeft()).not.toContain(first);
    expect(await rowsOf(database.db, 'select count(*) as left from cph.image_events')).toEqual([
      { left: 5_002 },
    ]);
  });

  test('leave what was known at every time since they are old', async () => {
    await append(database.db, [created('a', { status_code: 0 }), built('a', 2), built('a', 1)]);
    await append(database.db, [created('b'), created('b'), created('b')]);
    const days = ['01-01', '02-01', '08-03', '01-01', '08-02', '09-01'];
    for (const [n, day] of days.entries())
      await rowsOf(
        database.db,
        `update cph.image_events set occurred_at = '2026-${day}' where seq = ${n + 1}`,
      );
    const knownAt = (at: Date) =>
      rowsOf(
        database.db,
        `select image_id, status, as_of_seq from cph.images_as_of('${at.toISOString()}') order by image_id`,
      );
    const times = ['2026-08-02T00:00:00Z', '2026-08-02T12:00:00Z', '2026-08-03T00:00:00Z', '2027-01-01'];
    const known = () => Promise.all(times.map((at) => knownAt(new Date(at))));
    const before = await known();
    expect(before[0]).toMatchObject([
      { image_id: 'a', status: 'failed' },
      { image_id: 'b', status: 'usable' },
    ]);
    expect(await prune()).toEqual({ events: 1, runs: 0 });
    expect(await seqsLeft()).toEqual([2, 3, 4, 5, 6]);
    expect(await known()).toEqual(before);
  });

  test('are kept while the slowest sink has not accepted them', async () => {
    await append(database.db, [created('a'), created('b'), created('a'), created('b'), created('a')]);
    await rowsOf(
      database.db,
      `insert into cph.sinks (name, kind, cursor_seq) values ('slow', 'webhook', 1), ('fast', 'webhook', 5)`,
    );
    expect(await prune()).toMatchObject({ events: 1 });
    expect(await seqsLeft()).toEqual([2, 3, 4, 5]);
    await rowsOf(database.db, `update cph.sinks set cursor_seq = 5`);
    expect(await prune()).toMatchObject({ events: 2 });
    expect(await seqsLeft()).toEqual([4, 5]);
  });

  test('are kept while they are dead letters', async () => {
    await append(database.db, [created('a'), created('a'), created('a')]);
    await rowsOf(
      database.db,
      `insert into cph.dead_letters (sink, event_seq, attempts, last_error, failed_at)
       values ('webhook', 2, 5, 'no', now())`,
    );
    expect(await prune()).toMatchObject({ events: 1 });
    expect(await seqsLeft()).toEqual([2, 3]);
  });

  test('are not kept for a sink that was not configured all the time, be it behind or have it refused them', async () => {
    await append(database.db, [created('a'), created('a'), created('a')]);
    await rowsOf(
      database.db,
      `insert into cph.sinks (name, kind, cursor_seq, unconfigured_since) values ('gone', 'webhook', 0, '2026-08-02');
       insert into cph.dead_letters (sink, event_seq, attempts, last_error, failed_at)
       values ('gone', 2, 5, 'no', now())`,
    );
    expect(await prune()).toMatchObject({ events: 0 });
    await rowsOf(database.db, `update cph.sinks set unconfigured_since = '2026-08-01T23:59:59Z'`);
    expect(await prune()).toMatchObject({ events: 2 });
    expect(await seqsLeft()).toEqual([3]);
  });

  test('are not kept for an Alertmanager, which does not read them', async () => {
    await append(database.db, [created('a'), created('a')]);
    await rowsOf(
      database.db,
      `insert into cph.sinks (name, kind, cursor_seq) values ('on-call', 'alertmanager', 0)`,
    );
    expect(await prune()).toMatchObject({ events: 1 });
  });

  test('leave their transitions behind', async () => {
    await append(database.db, [created('a'), created('a')]);
    await rowsOf(
      database.db,
      `insert into cph.image_status_transitions (event_seq, project_id, image_id, to_status, observed_at)
       values (1, 'p1', 'a', 'usable', now())`,
    );
    expect(await prune()).toMatchObject({ events: 1 });
    expect(await rowsOf(database.db, 'select event_seq from cph.image_status_transitions')).toEqual([
      { event_seq: 1 },
    ]);
  });

  test('are deleted all in one call, however many', async () => {
    const ids = imageIds(5_001);
    const all = ids.map((id) => created(id));
    await append(database.db, all);
    await append(database.db, all);
    expect(await prune()).toEqual({ events: 5_001, runs: 0 });
    expect(await rowsOf(database.db, 'select count(*) as left from cph.image_events')).toEqual([
      { left: 5_001 },
    ]);
  });

  test('are deleted a few thousand in a transaction, and no more once the program is asked to stop', async () => {
    const all = imageIds(5_001).map((id) => created(id));
    await append(database.db, all);
    await append(database.db, all);
    // The second batch cannot get past this row, and by then the first one is committed.
    const lock = await holdLock(
      database.directUrl,
      'select from cph.image_events where seq = 5001 for update',
    );
    const stopping = new AbortController();
    const pruning = prune({}, stopping.signal);
    const left = async () =>
      Number((await rowsOf(database.db, 'select count(*) as left from cph.image_events'))[0]?.left);
    await expect.poll(left, { timeout: 20_000 }).toBe(5_002);
    stopping.abort();
    await lock.release();
    expect(await pruning).toEqual({ events: 5_001, runs: 0 });
    expect(await prune({}, stopping.signal)).toEqual({ events: 0, runs: 0 });
  });
});

describe('old runs', () => {
  /** A run of each status and kind, oldest first. */
  async function runs(...rows: readonly [project_id: string, kind: string, status: string, at: string][]) {
    const projects = ['p1', 'p2'].map((project_id) => ({ project_id, region: 'ap-southeast-3', name: null }));
    await registerProjects(database.db, projects);
    for (const [project_id, kind, status, at] of rows) {
      const finished = status === 'running' ? 'null' : `'${at}'`;
      await rowsOf(
        database.db,
        `insert into cph.sync_runs (project_id, kind, status, started_at, finished_at)
         values ('${project_id}', '${kind}', '${status}', '${at}', ${finished})`,
      );
    }
  }

  test('are deleted, but for the last of each kind of each project', async () => {
    const [old, young] = ['2026-01-01T00:00:00Z', '2026-08-03T00:00:00Z'];
    await runs(
      ['p1', 'sweep', 'succeeded', old],
      ['p1', 'watch', 'succeeded', old],
      ['p2', 'sweep', 'partial', old],
      ['p1', 'sweep', 'abandoned', old],
      ['p2', 'watch', 'succeeded', old],
      ['p2', 'watch', 'succeeded', young],
    );
    expect(await prune()).toEqual({ events: 0, runs: 2 });
    expect((await runsOf(database.db)).map(({ id }) => id)).toEqual([2, 3, 4, 6]);
  });

  test('are kept while they are under way', async () => {
    const old = '2026-01-01T00:00:00Z';
    await runs(['p1', 'sweep', 'running', old], ['p1', 'sweep', 'succeeded', old]);
    expect(await prune()).toEqual({ events: 0, runs: 0 });
  });
});

test('pruning is left to the replica that is at it', async () => {
  await append(database.db, [created('a'), created('a')]);
  const lock = await holdLock(database.directUrl, 'select pg_advisory_xact_lock(7266003)');
  expect(await prune()).toEqual({ events: 0, runs: 0 });
  await lock.release();
  expect(await prune()).toEqual({ events: 1, runs: 0 });
});
