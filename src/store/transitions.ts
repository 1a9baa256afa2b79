import { sql } from 'drizzle-orm';
import type { Transaction } from './database.ts';
import { batches, unnested } from './unnest.ts';

/** A status transition as it is stored. The change itself lies between the two observations. */
export interface TransitionRow {
  readonly event_seq: number;
  readonly image_id: string;
  readonly image_name: string | null;
  readonly from_status: string | null;
  readonly to_status: string;
  readonly observed_at: Date;
  /** Null at first sight. */
  readonly previous_observed_at: Date | null;
  readonly time_in_status_ms: number | null;
}

/**
 * Writes the transitions of one apply, whose events are in the log by now. The event number is the key, so
 * none can be written twice.
 */
export async function insertTransitions(
  tx: Transaction,
  project_id: string,
  transitions: readonly TransitionRow[],
): Promise<void> {
  for (const batch of batches(transitions)) {
    await tx.execute(sql`
      insert into cph.image_status_transitions
        (event_seq, project_id, image_id, image_name, from_status, to_status,
         observed_at, previous_observed_at, time_in_status, baseline)
      select u.event_seq, ${project_id}, u.image_id, u.image_name, u.from_status, u.to_status,
        u.observed_at, u.previous_observed_at, u.time_in_status_ms * interval '1 millisecond',
        (select e.baseline from cph.image_events e where e.seq = u.event_seq)
      from ${unnested(batch, COLUMNS)}`);
  }
}

const COLUMNS = {
  event_seq: ['bigint', (row: TransitionRow) => row.event_seq],
  image_id: ['text', (row: TransitionRow) => row.image_id],
  image_name: ['text', (row: TransitionRow) => row.image_name],
  from_status: ['text', (row: TransitionRow) => row.from_status],
  to_status: ['text', (row: TransitionRow) => row.to_status],
  observed_at: ['timestamptz', (row: TransitionRow) => row.observed_at.toISOString()],
  previous_observed_at: [
    'timestamptz',
    (row: TransitionRow) => row.previous_observed_at?.toISOString() ?? null,
  ],
  time_in_status_ms: ['float8', (row: TransitionRow) => row.time_in_status_ms],
} as const;
