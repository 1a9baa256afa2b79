import { sql } from 'drizzle-orm';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { until } from './until.ts';

/** Runs a statement in a transaction of its own that stays open until it is released, so that its locks hold. */
export async function holdLock(url: string, statement: string): Promise<{ release: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: url, application_name: 'lock holder' });
  await client.connect();
  let ending: Promise<void> | undefined;
  const release = () => {
    ending ??= client.end();
    return ending;
  };
  onTestFinished(release);
  await client.query('begin');
  await client.query(statement);
  return { release };
}

/** The queries of this database that wait for a lock, in no order. */
export async function waitingQueries(db: Database): Promise<string[]> {
  const { rows } = await db.execute<{ query: string }>(sql`
    select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  return rows.map(({ query }) => query);
}

/** Waits until as many queries wait for a lock, and returns them. */
export async function untilWaiting(db: Database, count: number): Promise<string[]> {
  await until(async () => (await waitingQueries(db)).length === count);
  return await waitingQueries(db);
}
