import { type CopyColumns, copyInto, copyText } from './copy.ts';
import type { Transaction } from './database.ts';
import { batches } from './unnest.ts';

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
  /** As of the event. */
  readonly baseline: boolean;
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
  const columns: CopyColumns<TransitionRow> = { project_id: () => project_id, ...COLUMNS };
  for (const batch of batches(transitions)) {
    await copyInto(tx, { table: 'cph.image_status_transitions', columns }, copyText(batch, columns));
  }
}

const COLUMNS: CopyColumns<TransitionRow> = {
  event_seq: (row) => row.event_seq,
  image_id: (row) => row.image_id,
  image_name: (row) => row.image_name,
  from_status: (row) => row.from_status,
  to_status: (row) => row.to_status,
  observed_at: (row) => row.observed_at.toISOString(),
  previous_observed_at: (row) => row.previous_observed_at?.toISOString() ?? null,
  time_in_status: (row) => (row.time_in_status_ms === null ? null : `${row.time_in_status_ms} milliseconds`),
  baseline: (row) => row.baseline,
};
