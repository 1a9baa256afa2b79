import type { ImageRecord, Source } from './image.ts';

/** A record that could not be read: kept out of the inventory, counted on the run, and present when its id is known. */
export interface RejectedRecord {
  readonly source: Source;
  /** Null when not even the id could be read. */
  readonly image_id: string | null;
  /** Names the field, the kind of value it held and what would be right; never the value itself. */
  readonly reason: string;
}

/**
 * How an answer contradicted itself: an id came twice, the distinct ids differ from the grand total, the total moved
 * between the first and the last page, or a marker led nowhere new.
 */
export type DriftKind = 'duplicate' | 'count' | 'total' | 'marker';

/**
 * - `complete`: proven to be everything the listing holds. Only this may ever count as absence of an image.
 * - `incomplete`: kept contradicting itself. Its records were seen, what is not in it may still exist.
 * - `unsupported`: this edition of the API refuses the listing; it has no records.
 */
export type ListingProof = 'complete' | 'incomplete' | 'unsupported';

export interface ListingResult {
  readonly records: readonly ImageRecord[];
  readonly rejected: readonly RejectedRecord[];
  readonly proof: ListingProof;
  /** One entry for each attempt that drifted, in order; empty when the first attempt added up. */
  readonly drift: readonly DriftKind[];
}
