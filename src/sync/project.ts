import type { Listing, RequestScope } from '../cph/listing.ts';
import type { ImagesRecord, ImageType } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';
import type { BegunRun } from '../store/runs.ts';

/** A project as looks need it: who it is, how to ask about it, and the brake on removals. */
export interface SyncProject {
  readonly project_id: string;
  /** What a sweep reads: every listing of every source. */
  readonly listings: readonly Listing[];
  /** The types the images endpoint is asked for; empty when that source is not read. */
  readonly imageTypes: readonly ImageType[];
  /** The images of one type that are being created, for the watch. */
  readonly creatingListing: (type: ImageType) => Listing;
  /** Asks for one image by id: its record, one that cannot be read, or null when it is not there. */
  readonly findImage: (
    id: string,
    type: ImageType,
    scope: RequestScope,
  ) => Promise<ImagesRecord | RejectedRecord | null>;
  /** Fields of records that are kept out of rows, digests and events. */
  readonly ignoredFields: ReadonlySet<string>;
  /**
   * Share of the known images (0 to 1) of the project, and of each of its listings, that may go in one sweep.
   */
  readonly removalLimit: number;
}

/** The clock, and the way to stop a look. */
export interface LookControl {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** The run of this look, where the claim of the project has begun it. */
  readonly begun?: BegunRun;
}
