import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { canonicalJson } from '../inventory/canonical.ts';
import type { EventType, ImageChange } from '../inventory/diff.ts';
import { type Database, promptly, type Transaction } from './database.ts';
import { LOG_LOCK } from './lock-keys.ts';
import { imageEvents } from './log-schema.ts';
import { LOG_CHANNEL } from './notifications.ts';
import { batches, unnested } from './unnest.ts';

export type EventRow = typeof imageEvents.$inferSelect;

/** What all events of one apply have in common. */
interface EventOrigin {
  readonly project_id: string;
  readonly region: string;
  readonly run_id: number;
  readonly isBaseline: (change: ImageChange) => boolean;
  readonly occurred_at: Date;
  /** Where in a trace we are; null where nobody traces. */
  readonly traceparent: string | null;
}

/**
 * Appends one event for each change and returns their `seq`, in the order of `changes`.
 *
 * The order of `seq` is the order of commits. Numbers are drawn under a lock that is held until the
 * transaction commits. So a reader that saw one number has seen every lower one there will ever be. Call this
 * last, so that the lock is held for a short time. A rollback leaves a gap; no row turns up behind a reader's
 * back.
 *
 * NOTIFY announces each event when the transaction commits. The payload stays far below the 8000 bytes that
 * Postgres allows: ids have at most 128 characters.
 */
export async function appendEvents(
  tx: Transaction,
  origin: EventOrigin,
  changes: readonly ImageChange[],
): Promise<number[]> {
  if (changes.length === 0) return [];
  const columns = {
    ...EVENT_COLUMNS,
    baseline: ['boolean', (change: ImageChange) => origin.isBaseline(change)],
  } as const;
  // Before the lock: the texts of 100,000 events take seconds to make, and all other projects would wait.
  const prepared = Array.from(batches(changes), (batch) => unnested(batch, columns));
  await tx.execute(sql`select pg_advisory_xact_lock(${LOG_LOCK})`);
  const seqs: number[] = [];
  for (const rows of prepared) {
    const appended = await tx.execute<{ seq: number }>(sql`
      with appended as (
        insert into cph.image_events
          (type, project_id, region, image_id, occurred_at, baseline, transition, changes, before, after, run_id, traceparent)
        select u.type, ${origin.project_id}, ${origin.region}, u.image_id,
          ${origin.occurred_at.toISOString()}::timestamptz, u.baseline, u.transition, u.changes,
          u.before, u.after, ${origin.run_id}::bigint, ${origin.traceparent}::text
        from ${rows}
        order by u.n
        returning seq, type, project_id, image_id
      )
      select seq, pg_notify(${LOG_CHANNEL}, json_build_object(
        'seq', seq, 'type', type, 'project_id', project_id, 'image_id', image_id)::text)
      from appended`);
    for (const { seq } of appended.rows) seqs.push(Number(seq));
  }
  return seqs.sort((a, b) => a - b);
}

const json = (value: unknown) => (value === null ? null : canonicalJson(value));

const EVENT_COLUMNS = {
  type: ['text', (change: ImageChange) => change.type],
  image_id: ['text', (change: ImageChange) => change.image_id],
  transition: ['jsonb', (change: ImageChange) => json(change.transition)],
  changes: ['jsonb', (change: ImageChange) => json(change.changes)],
  before: ['jsonb', (change: ImageChange) => json(change.before)],
  after: ['jsonb', (change: ImageChange) => json(change.after)],
} as const;

/** Which events are read. Without `types` or `image_ids`, all of them. */
interface EventFilter {
  readonly after: number;
  readonly limit: number;
  readonly types?: readonly EventType[] | undefined;
  readonly image_ids?: readonly string[] | undefined;
}

/** The events after `after`, oldest first, at most `limit`. */
export async function readEvents(
  db: Database,
  { after, limit, types, image_ids }: EventFilter,
): Promise<EventRow[]> {
  return await promptly(db)
    .select()
    .from(imageEvents)
    .where(
      and(
        gt(imageEvents.seq, after),
        types && inArray(imageEvents.type, [...types]),
        image_ids && inArray(imageEvents.image_id, [...image_ids]),
      ),
    )
    .orderBy(asc(imageEvents.seq))
    .limit(limit);
}

const OF_A_RUN = 100;

/**
 * The first events that a run wrote, which ended at `at`: events have the time at which their run ended, and
 * there is an index of times and none of runs.
 */
export async function readEventsOfRun(
  db: Database,
  { run_id, at }: { run_id: number; at: Date },
): Promise<EventRow[]> {
  const { occurred_at, run_id: of, seq } = imageEvents;
  return await db
    .select()
    .from(imageEvents)
    .where(and(eq(occurred_at, at), eq(of, run_id)))
    .orderBy(asc(seq))
    .limit(OF_A_RUN);
}

/** The number of the last event there is; 0 for an empty log. Every event that comes has a higher one. */
export async function readLogEnd(db: Database): Promise<number> {
  const { rows } = await promptly(db).execute<{ seq: number }>(sql`
    select coalesce(max(seq), 0)::bigint as seq from ${imageEvents}`);
  return rows[0]?.seq ?? 0;
}
