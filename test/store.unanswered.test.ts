import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { claimProjects } from '../src/store/claims.ts';
import { type Database, openDatabase, promptly } from '../src/store/database.ts';
import { releaseProjects, renewLeases } from '../src/store/leases.ts';
import { registerProjects } from '../src/store/projects.ts';
import { endQuietSweep, endQuietWatch } from '../src/store/quiet-run.ts';
import { beginRun } from '../src/store/runs.ts';
import { claimSink, releaseSink, settleSink } from '../src/store/sinks.ts';
import { startLossyProxy } from './support/lossy-proxy.ts';
import { useTestDatabase } from './support/postgres.ts';
import { TICK } from './support/replica-claims.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const replica = 'ours';
const lease_ms = 15_000;
const returned = [{ project_id: 'p1', run_id: null, served: null }];
const claiming = {
  project_ids: ['p1'],
  ticks: { sweep: TICK, watch: null },
  limit: 1,
  failing_limit: 1,
  spread_ms: 0,
  started_at: TICK,
  schedule: null,
};
const failed = { attempts: 1, failing_since: TICK, next_attempt_at: TICK, last_error: 'away' };
const progress = { cursor_seq: 0, delivered_at: null, ...failed };
const end = { status: 'succeeded', finished_at: TICK, requests: 1, listed: 0 } as const;
const quiet = { run_id: 1, project_id: 'p1', kind: 'sweep', started_at: TICK, end } as const;

/** What a replica asks all the time, with the seconds after which it gives up. */
const STATEMENTS: [string, number, (db: Database) => Promise<unknown>][] = [
  ['a claim', 15, (db) => claimProjects(db, { replica, lease_ms, returned: [], now: TICK, ...claiming })],
  [
    'a renewal, a third of the lease long',
    5,
    (db) => renewLeases(db, { replica, lease_ms, project_ids: ['p1'], slow_ids: [] }),
  ],
  ['giving back', 15, (db) => releaseProjects(db, { replica, returned })],
  ['the beginning of a run', 15, (db) => beginRun(db, 'p1', 'sweep', TICK)],
  ['the end of a quiet sweep, which may wait for a lock', 40, (db) => endQuietSweep(db, quiet, '')],
  ['the end of a quiet watch, too', 40, (db) => endQuietWatch(db, quiet)],
  ['the claim of a sink', 15, (db) => claimSink(db, 'webhook', { replica, lease_ms, now: TICK })],
  [
    'the end of a turn',
    15,
    (db) => settleSink(db, { name: 'webhook', replica, cursor_seq: 0 }, { progress, dead: [] }),
  ],
  ['giving a sink back', 15, (db) => releaseSink(db, { name: 'webhook', replica })],
];

/** A database with one connection, which dies as those to a machine that lost its power. */
async function deadConnection() {
  const proxy = await startLossyProxy(database.url);
  onTestFinished(proxy.close);
  const { db, close } = openDatabase({ url: proxy.url, applicationName: 'lossy', maxConnections: 1 });
  onTestFinished(close);
  await registerProjects(db, [{ project_id: 'p1', region: 'ap-southeast-3', name: null }]);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  proxy.silence();
  return { db, proxy };
}

test.each(STATEMENTS)('%s that nobody answers is given up after %d s', async (_, seconds, ask) => {
  const { db, proxy } = await deadConnection();
  const unanswered = expect(ask(db)).rejects.toThrow();
  await until(() => proxy.unheard() !== '');
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await unanswered;
  await ask(db);
});

test('a transaction has its own limits, and its statements stay in it', async () => {
  expect(await database.db.transaction(async (tx) => promptly(tx) === tx)).toBe(true);
});
