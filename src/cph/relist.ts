import type { ImageRecord } from '../inventory/image.ts';
import type { DriftKind, ListingProof, ListingResult, RejectedRecord } from '../inventory/listing.ts';
import type { Row } from './completeness.ts';

/** One reading of a listing from its start to its end. */
export interface Attempt {
  readonly rows: readonly Row[];
  /** How it contradicted itself; null when it is proven complete. */
  readonly drift: DriftKind | null;
}

/** A project in which something changes during four readings in a row is left to the next sweep. */
const MAX_ATTEMPTS = 4;

/** Lists until an attempt is proven complete; after the last, what that one saw is an incomplete listing. */
export async function listUntilComplete(attempt: () => Promise<Attempt>): Promise<ListingResult> {
  const drift: DriftKind[] = [];
  for (;;) {
    const { rows, drift: kind } = await attempt();
    if (kind === null) return { ...gather(rows), proof: 'complete', drift };
    drift.push(kind);
    if (drift.length >= MAX_ATTEMPTS) return { ...gather(rows), proof: 'incomplete', drift };
  }
}

/** One row an id; of rows that came twice the later one, which was read later. Rows without an id are all kept. */
function gather(rows: readonly Row[]): Pick<ListingResult, 'records' | 'rejected'> {
  const byId = new Map<string | symbol, Row>();
  for (const row of rows) byId.set(row.image_id ?? Symbol(), row);
  const records: ImageRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of byId.values()) {
    if ('reason' in row) rejected.push(row);
    else records.push(row);
  }
  return { records, rejected };
}

/** A listing this edition of the API does not have. */
export const UNSUPPORTED: ListingResult = {
  records: [],
  rejected: [],
  proof: 'unsupported' satisfies ListingProof,
  drift: [],
};
