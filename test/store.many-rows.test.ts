import { beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../src/store/database.ts';
import { pruneEvents, pruneRuns } from '../src/store/retention.ts';
import { readTrouble } from '../src/store/trouble.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
const NOW = new Date('2026-08-01T00:00:00Z');
const ROWS = 30_000;

/**
 * Ten projects that have failed for long, each with `ROWS` / 10 looks, one in ten of them a sweep; and as many events, of
 * which only every tenth image has more than one.
 */
beforeAll(async () => {
  await rowsOf(
    database.db,
    `insert into cph.projects (project_id, region, consecutive_failures)
     select 'p' || n, 'r', 9 from generate_series(0, 9) n;
     insert into cph.sync_runs (project_id, kind, status, started_at, finished_at, error_message)
     select 'p' || n % 10, case when n / 10 % 10 = 0 then 'sweep' else 'watch' end, 'failed', t, t, 'no'
     from generate_series(1, ${ROWS}) n, lateral (select '2026-06-01'::timestamptz + n * interval '1 second' as t) as at;
     insert into cph.image_events
       (type, project_id, region, image_id, occurred_at, baseline, changes, after, run_id)
     select 'cph.image.created', 'p' || n % 10, 'r', 'i' || case when n % 10 = 0 then n % 100 else n end,
       '2026-06-01'::timestamptz + n * interval '1 second', false, '{}', '{}', 1
     from generate_series(1, ${ROWS}) n;
     analyze cph.sync_runs, cph.image_events, cph.projects`,
  );
});

interface RowsRead {
  /** Whole scans of the table. */
  readonly scans: number;
  /** Rows fetched from it by an index. */
  readonly fetched: number;
}

/** What Postgres counts that `work` reads of a table. */
async function rowsRead(table: string, work: (db: Database) => Promise<unknown>): Promise<RowsRead> {
  // One connection, which can be told to report its counts.
  const { db, close } = openDatabase({ url: database.directUrl, applicationName: 'test', maxConnections: 1 });
  const counts = async () => {
    await rowsOf(db, 'select pg_stat_force_next_flush()');
    const [row] = await rowsOf(
      db,
      `select seq_scan as scans, idx_tup_fetch as fetched from pg_stat_user_tables where relname = '${table}'`,
    );
    return { scans: Number(row?.scans), fetched: Number(row?.fetched) };
  };
  try {
    const before = await counts();
    await work(db);
    const after = await counts();
    return { scans: after.scans - before.scans, fetched: after.fetched - before.fetched };
  } finally {
    await close();
  }
}

describe('however many rows there are', () => {
  const signal = new AbortController().signal;

  test('what is wrong now is read from a few', async () => {
    const read = await rowsRead('sync_runs', (db) => readTrouble(db, { now: NOW, baselineAlerts: false }));
    // Of each project the last failed sweep, and the last look of either kind.
    expect(read).toEqual({ scans: 0, fetched: 30 });
  });

  test('old events are found, and kept ones passed over, without a scan of the whole log', async () => {
    let deleted = 0;
    const read = await rowsRead('image_events', async (db) => {
      deleted = await pruneEvents(db, NOW, signal);
    });
    expect(deleted).toBe(ROWS / 10 - 10);
    expect(read.scans).toBe(0);
    expect(read.fetched).toBeLessThan(4 * ROWS);
  });

  test('old runs are found without a scan of all', async () => {
    let deleted = 0;
    const read = await rowsRead('sync_runs', async (db) => {
      deleted = await pruneRuns(db, NOW, signal);
    });
    expect(deleted).toBe(ROWS - 20);
    expect(read.scans).toBe(0);
    expect(read.fetched).toBeLessThan(4 * ROWS);
  });

  test('a batch is looked at when nothing is old', async () => {
    const log = await rowsRead('image_events', (db) => pruneEvents(db, new Date(0), signal));
    expect(log.scans).toBe(0);
    expect(log.fetched).toBeLessThan(6_000);
  });
});
