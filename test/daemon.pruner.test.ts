import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Pruned, prune, startPruner } from '../src/daemon/pruner.ts';
import { beginRun } from '../src/store/runs.ts';
import { append, created } from './support/event-log.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { holdLock, untilWaiting, waitingQueries } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';
import { claimsOn, LATER, MINUTE, TICK } from './support/replica-claims.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const { register, claim } = claimsOn(database);
beforeEach(() => database.truncate());

/** Prunes at `now`, nothing being kept for longer than a minute, and says what was told and what was deleted. */
async function pruned(now: Date): Promise<(Pruned | 'failure')[]> {
  const failures: 'failure'[] = [];
  const keep = { eventsMs: MINUTE, runsMs: MINUTE };
  const counts = await prune(
    { db: database.db, now: () => now, retention: keep, onFailure: () => void failures.push('failure') },
    new AbortController().signal,
  );
  return [...failures, counts];
}

const NOTHING = { events: 0, runs: 0 };

test('old runs are deleted although events cannot be, and both are told', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const finished = new Date('2026-01-01T00:00:00Z');
  for (const image_id of ['x', 'y']) {
    api.records.push(imagesRecord(image_id));
    await sweep({ now: () => finished });
  }
  await append(database.db, [created('a'), created('a')]);
  await rowsOf(
    database.db,
    `create function cph.refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
     create trigger refuse before delete on cph.image_events execute function cph.refuse()`,
  );
  expect(await pruned(new Date('2026-09-01T00:00:00Z'))).toEqual(['failure', { events: 0, runs: 1 }]);
  expect(await runsOf(database.db)).toMatchObject([{ id: 2 }]);
  await rowsOf(database.db, 'drop function cph.refuse() cascade');
});

test('nothing young is deleted by a replica whose clock is years ahead', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  for (const image_id of ['x', 'y']) {
    api.records.push(imagesRecord(image_id));
    await sweep();
  }
  expect(await pruned(new Date('2099-01-01T00:00:00Z'))).toEqual([NOTHING]);
  expect(await runsOf(database.db)).toHaveLength(2);
});

test('runs are abandoned whose replica is long gone and that nobody took over', async () => {
  const ids = await register('taken out', 'just lost', 'looked at', 'by hand');
  await claim(['taken out'], { lease_ms: -2 * MINUTE });
  await claim(['just lost'], { lease_ms: -MINUTE / 2 });
  await claim(['looked at']);
  for (const id of ids.slice(3)) await beginRun(database.db, id, 'sweep', TICK);
  expect(await pruned(LATER)).toEqual([NOTHING]);
  expect(await runsOf(database.db)).toMatchObject([
    { status: 'abandoned', finished_at: LATER, error_message: expect.stringContaining('gone') },
    { status: 'running' },
    { status: 'running' },
    { status: 'running' },
  ]);
});

test('a pruner that is stopped waits for the statement under way, and begins no further one', async () => {
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  // It works at the seventeenth minute of every hour.
  vi.setSystemTime(new Date('2026-08-01T12:16:59.500Z'));
  const lock = await holdLock(database.directUrl, 'lock table cph.sync_runs');
  const told: unknown[] = [];
  const pruner = startPruner({
    db: database.db,
    now: () => new Date(),
    retention: { eventsMs: MINUTE, runsMs: MINUTE },
    onPruned: (counts) => told.push(counts),
    onFailure: (error) => told.push(error),
  });
  await untilWaiting(database.db, 1);
  let stopped = false;
  const stopping = pruner.stop().then(() => {
    stopped = true;
  });
  expect(await waitingQueries(database.db)).toHaveLength(1);
  expect(stopped).toBe(false);
  await lock.release();
  await stopping;
  expect(await waitingQueries(database.db)).toEqual([]);
  expect(told).toEqual([]);
});
