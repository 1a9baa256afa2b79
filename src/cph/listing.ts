import type { ImageType, Source } from '../inventory/image.ts';
import type { ListingResult } from '../inventory/listing.ts';

/** What the requests of one look leave behind, also when it fails half-way. Filled in by the client. */
export interface RequestTrace {
  requests: number;
  readonly requestIds: Set<string>;
}

/** Goes with every request of a look: how to stop it, and where it is counted. */
export interface RequestScope {
  readonly signal: AbortSignal;
  readonly trace: RequestTrace;
}

/**
 * One listing of a source: an endpoint, asked for one type of image, read to its end. The seam between the
 * sweep and the network; tests put their own behind it.
 */
export interface Listing {
  readonly source: Source;
  readonly image_type: ImageType | 'all';
  /**
   * Rejects when a request fails for good; a listing that merely does not add up resolves as `incomplete`.
   */
  list(scope: RequestScope): Promise<ListingResult>;
  /** Reads on behind a result whose end no answer told: asked before an image is missed on its word. */
  readonly confirmEnd?: (result: ListingResult, scope: RequestScope) => Promise<ListingResult>;
}
