import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { EventType, ImageChange } from '../inventory/diff.ts';
import { type CopyColumns, copyInto, copyText } from './copy.ts';
import { type Database, promptly, type Transaction } from './database.ts';
import { LOG_LOCK } from './lock-keys.ts';
import { imageEvents } from './log-schema.ts';
import { LOG_CHANNEL } from './notifications.ts';
import { batches } from './unnest.ts';

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
 * Appends one event for each change, in their order, and returns the `seq` of the first; the others follow it without a gap.
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
): Promise<number> {
  const columns = columnsOf(origin);
  // Before the lock: the texts of 100,000 events take a second to make, and all other projects would wait. What else this
  // process does has its turn in between.
  const texts: Buffer[] = [];
  for (const batch of batches(changes)) {
    texts.push(copyText(batch, columns));
    await nextTurn();
  }
  await tx.execute(sql`select pg_advisory_xact_lock(${LOG_LOCK})`);
  for (const text of texts) await copyInto(tx, { table: 'cph.image_events', columns }, text);
  return await announce(tx, origin, changes.length);
}

/**
 * Announces the events that were just written, and returns the number of the first. COPY says none, but they
 * are the last ones there are, one after the other: whoever draws numbers has the lock. They are sorted, since
 * those who listen hear them in the order in which they are announced.
 */
async function announce(tx: Transaction, { run_id }: EventOrigin, count: number): Promise<number> {
  const { rows } = await tx.execute<{ announced: number; first: number; last: number }>(sql`
    select min(seq) as first, max(seq) as last, count(pg_notify(${LOG_CHANNEL}, json_build_object(
      'seq', seq, 'type', type, 'project_id', project_id, 'image_id', image_id)::text)) as announced
    from (
      select * from (
        select seq, type, project_id, image_id, run_id from cph.image_events order by seq desc limit ${count}
      ) newest order by seq
    ) written
    where run_id = ${run_id}`);
  const { first = 0, last = 0, announced = 0 } = rows[0] ?? {};
  if (announced !== count || last - first !== count - 1) {
    throw new Error('the numbers of the events do not follow each other: somebody else writes to the log');
  }
  return first;
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value));

function columnsOf({
  project_id,
  region,
  run_id,
  isBaseline,
  occurred_at,
  traceparent,
}: EventOrigin): CopyColumns<ImageChange> {
  const at = occurred_at.toISOString();
  return {
    type: (change) => change.type,
    project_id: () => project_id,
    region: () => region,
    image_id: (change) => change.image_id,
    occurred_at: () => at,
    baseline: isBaseline,
    transition: (change) => json(change.transition),
    changes: (change) => json(change.changes),
    before: (change) => json(change.before),
    after: (change) => json(change.after),
    run_id: () => run_id,
    traceparent: () => traceparent,
  };
}

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
