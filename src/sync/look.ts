/** Looking: asking the API everything one sweep needs, and putting what came of it into words. */
import { CphError } from '../cph/errors.ts';
import type { Listing, RequestScope } from '../cph/listing.ts';
import type { DriftKind, ListingResult } from '../inventory/listing.ts';
import type { ListingPart } from '../inventory/snapshot.ts';
import { errorCode, errorText } from './trouble.ts';

/** A listing as the run records it. */
export interface ListingNote {
  readonly source: string;
  readonly image_type: string;
  readonly proof: ListingPart['proof'];
  readonly listed: number;
  readonly drift: readonly DriftKind[];
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/** One listing with what came of it, and the error when its requests failed for good. */
export interface SettledListing extends ListingPart {
  readonly error: unknown;
}

/**
 * Reads all listings side by side (the client's rate limit bounds them together) and waits for every one of them: a
 * listing that fails does not keep the others from being used. Rejects only when the look was stopped.
 */
export async function lookAtListings(
  listings: readonly Listing[],
  scope: RequestScope,
): Promise<SettledListing[]> {
  const settled = await Promise.all(listings.map((listing) => settle(listing, scope)));
  scope.signal.throwIfAborted();
  return settled;
}

async function settle(listing: Listing, scope: RequestScope): Promise<SettledListing> {
  const { source, image_type } = listing;
  try {
    const result: ListingResult = await listing.list(scope);
    return { source, image_type, proof: result.proof, result, error: null };
  } catch (error) {
    const denied = error instanceof CphError && error.kind === 'denied';
    return { source, image_type, proof: denied ? 'denied' : 'failed', result: null, error };
  }
}

export function noteOf(listing: SettledListing): ListingNote {
  const { source, image_type, proof, result, error } = listing;
  return {
    source,
    image_type,
    proof,
    listed: result?.records.length ?? 0,
    drift: result?.drift ?? [],
    error_code: errorCode(error),
    error_message: error === null ? null : errorText(error),
  };
}

/** Why a sweep of these listings is not complete: the first error, or the first listing that did not add up. */
export function troubleOf(settled: readonly SettledListing[]): unknown {
  const broken = settled.find((listing) => listing.error !== null);
  if (broken) return broken.error;
  const unproven = settled.filter((listing) => listing.proof !== 'complete');
  // A listing this API does not offer is trouble only where no other stands in for it.
  const culprit = unproven.find((listing) => listing.proof === 'incomplete') ?? unproven[0];
  return culprit ? new IncompleteListing(culprit) : null;
}

/** A listing whose answers contradicted each other every time it was read, or that this API no longer offers. */
export class IncompleteListing extends Error {
  override readonly name = 'IncompleteListing';
  constructor({ source, image_type, proof, result }: SettledListing) {
    const drift = result?.drift.join(', ');
    super(
      proof === 'unsupported'
        ? `${source} of type ${image_type} are refused by this API and no other listing stands in for them`
        : `${source} of type ${image_type} kept changing while they were listed (${drift}); nothing is removed on its word`,
    );
  }
}
