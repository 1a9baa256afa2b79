import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { PRUNING_LOCK } from './lock-keys.ts';

/** Rows examined in one statement, and at most deleted: short enough that nobody waits for it. */
const BATCH = 5_000;
/** No number in a sequence is above this one; as SQL, since it is not a number to JavaScript. */
const LAST = sql.raw('9223372036854775807');

/**
 * Deletes events from before `before` in batches, and says how many. Two kinds stay, however old. The last
 * event each image had by then stays, so that the table can be rebuilt and `cph.images_as_of` is right for
 * every time since `before`. Events that a sink has not accepted or has refused stay too, unless that sink
 * has not been configured since `before`. Alertmanagers hold back none, since they are told of what is true
 * and not of events. Does nothing while another replica is at it.
 */
export async function pruneEvents(db: Database, before: Date, signal: AbortSignal): Promise<number> {
  return await inBatches(db, (after) => eventBatch(before, after), signal);
}

/** The same for runs that began and ended before `before`. The last run of each kind and project stays. */
export async function pruneRuns(db: Database, before: Date, signal: AbortSignal): Promise<number> {
  return await inBatches(db, (after) => runBatch(before, after), signal);
}

/** What one statement did, and where the next one goes on. */
interface Batch extends Record<string, unknown> {
  readonly deleted: number;
  /** The last row that was examined; null when there is nothing old behind it. */
  readonly examined: number | null;
}

/**
 * Walks the table by its key to the first batch with nothing old in it. The key is the order of time but for
 * the clocks of replicas. Each statement examines a bounded number of rows, whatever is kept and however
 * large the table is. An index of times would find old rows too, but would cost every look a write.
 */
async function inBatches(
  db: Database,
  batchAfter: (after: number) => SQL,
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0;
  let after: number | null = 0;
  while (after !== null && !signal.aborted) {
    const batch: Batch | null = await inTurn(db, batchAfter(after));
    deleted += batch?.deleted ?? 0;
    after = batch?.examined ?? null;
  }
  return deleted;
}

/** Null while another replica is at it. */
async function inTurn(db: Database, batch: SQL): Promise<Batch | null> {
  return await db.transaction(async (tx) => {
    const lock = await tx.execute<{ ours: boolean }>(
      sql`select pg_try_advisory_xact_lock(${PRUNING_LOCK}) as ours`,
    );
    if (!lock.rows[0]?.ours) return null;
    const { rows } = await tx.execute<Batch>(batch);
    return rows[0] ?? null;
  });
}

// Both name the rows to delete by an array, so that each is found by the key whatever the statistics say.
// Both ask for the row that comes next in an index: it is of the same image or kind, or there is none. With
// `exists` or equality instead, the planner may join with the whole table, or go through the primary key in
// the hope of an early hit.

const eventBatch = (before: Date, after: number) => sql`
  with given_up as materialized (
    select name from cph.sinks where unconfigured_since < ${before.toISOString()}::timestamptz
  ), waited_for as materialized (
    select min(cursor_seq) as seq from cph.sinks where kind = 'webhook' and name not in (select name from given_up)
  ), examined as materialized (
    select seq, project_id, image_id, occurred_at
    from cph.image_events
    where seq > ${after} and seq <= coalesce((select seq from waited_for), ${LAST})
    order by seq
    limit ${BATCH}
  ), deleted as (
    delete from cph.image_events
    where seq = any(array(
      select e.seq
      from examined e
      where e.occurred_at < ${before.toISOString()}::timestamptz
        and e.seq not in (select event_seq from cph.dead_letters where sink not in (select name from given_up))
        and (
          select (next.project_id, next.image_id) = (e.project_id, e.image_id)
            and next.occurred_at < ${before.toISOString()}::timestamptz
          from cph.image_events next
          where (next.image_id, next.project_id, next.seq) > (e.image_id, e.project_id, e.seq)
          order by next.image_id, next.project_id, next.seq
          limit 1
        )
    ))
    returning seq
  )
  select (select count(*)::int from deleted) as deleted,
    (select max(seq) from examined having bool_or(occurred_at < ${before.toISOString()}::timestamptz)) as examined`;

const runBatch = (before: Date, after: number) => sql`
  with examined as materialized (
    select id, project_id, kind, started_at, finished_at
    from cph.sync_runs
    where id > ${after}
    order by id
    limit ${BATCH}
  ), deleted as (
    delete from cph.sync_runs
    where id = any(array(
      select r.id
      from examined r
      where r.finished_at < ${before.toISOString()}::timestamptz
        and (
          select (next.project_id, next.kind) = (r.project_id, r.kind)
          from cph.sync_runs next
          where (next.project_id, next.kind, next.id) > (r.project_id, r.kind, r.id)
          order by next.project_id, next.kind, next.id
          limit 1
        )
    ))
    returning id
  )
  select (select count(*)::int from deleted) as deleted,
    (select max(id) from examined having bool_or(started_at < ${before.toISOString()}::timestamptz)) as examined`;
