import type { ImageRecord, Source } from './image.ts';

/** A record without a usable id: kept out of the inventory and counted on the run. It may be any image. */
export interface RejectedRecord {
  readonly source: Source;
  /** Names the field, the kind of value it held and what would be right; never the value itself. */
  readonly reason: string;
}

/**
 * How an answer contradicted itself: an id came twice, fewer distinct ids came than `total` says, the total
 * moved between pages, a marker led nowhere new, or nothing shows where the listing ends.
 */
export type DriftKind = 'duplicate' | 'count' | 'total' | 'marker' | 'end';

/**
 * - `complete`: proven to be everything the listing holds. Only this may ever count as absence of an image.
 * - `incomplete`: kept contradicting itself. Its records were seen, what is not in it may still exist.
 */
export type ListingProof = 'complete' | 'incomplete';

export interface ListingResult {
  readonly records: readonly ImageRecord[];
  readonly rejected: readonly RejectedRecord[];
  readonly proof: ListingProof;
  /** One entry for each attempt that drifted, in order; empty when the first attempt added up. */
  readonly drift: readonly DriftKind[];
  /** No answer told that it ends here. */
  readonly endAssumed?: boolean;
  /** It is empty by a `total` of 0 alone: its answer has no list. */
  readonly listless?: boolean;
}
