import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** Rows deleted in one statement: short enough that nobody waits for it. */
const BATCH = 5_000;
/** Held by the replica that prunes; the others leave it to that one. */
const PRUNING = 7_266_003;

export interface Pruned {
  readonly events: number;
  readonly runs: number;
}

/**
 * Deletes events and runs that ended before the given times, in batches, and says how many. What is still needed stays,
 * however old: the last event each image had by then (so the table can be rebuilt, and `cph.images_as_of` is right for
 * every time since), events some sink has not accepted or has refused, and each project's last run. Does nothing while another replica is at it.
 */
export async function pruneOldRows(
  db: Database,
  before: { readonly events: Date; readonly runs: Date },
  signal: AbortSignal,
): Promise<Pruned> {
  return {
    events: await inBatches(db, eventBatch(before.events), signal),
    runs: await inBatches(db, runBatch(before.runs), signal),
  };
}

async function inBatches(db: Database, batch: ReturnType<typeof sql>, signal: AbortSignal): Promise<number> {
  let deleted = 0;
  while (!signal.aborted) {
    const rows = await db.transaction(async (tx) => {
      const lock = await tx.execute<{ ours: boolean }>(
        sql`select pg_try_advisory_xact_lock(${PRUNING}) as ours`,
      );
      return lock.rows[0]?.ours ? ((await tx.execute(batch)).rowCount ?? 0) : 0;
    });
    deleted += rows;
    if (rows < BATCH) break;
  }
  return deleted;
}

const eventBatch = (before: Date) => sql`
  delete from cph.image_events
  where seq in (
    select e.seq
    from cph.image_events e
    where e.occurred_at < ${before.toISOString()}::timestamptz
      and e.seq <= coalesce((select min(cursor_seq) from cph.sinks), e.seq)
      and not exists (select from cph.dead_letters d where d.event_seq = e.seq)
      and exists (
        select from cph.image_events later
        where later.project_id = e.project_id and later.image_id = e.image_id and later.seq > e.seq
          and later.occurred_at < ${before.toISOString()}::timestamptz
      )
    order by e.seq
    limit ${BATCH}
  )`;

const runBatch = (before: Date) => sql`
  delete from cph.sync_runs
  where id in (
    select r.id
    from cph.sync_runs r
    where r.finished_at < ${before.toISOString()}::timestamptz
      and exists (
        select from cph.sync_runs later
        where later.project_id = r.project_id and later.kind = r.kind and later.id > r.id
      )
    order by r.id
    limit ${BATCH}
  )`;
