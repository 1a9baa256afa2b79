/** Looking: asking the API everything one sweep needs, and putting what came of it into words. */
import { CphError } from '../cph/errors.ts';
import type { Listing, RequestScope } from '../cph/listing.ts';
import type { DriftKind, ListingResult } from '../inventory/listing.ts';
import { listingName } from '../inventory/removal.ts';
import type { ListingPart } from '../inventory/snapshot.ts';
import { failSpan, inSpan } from '../tracing/span.ts';
import { errorCode, errorText, SweepDoubt } from './trouble.ts';

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

/**
 * One listing with what came of it, and the error when its requests failed for good or the API does not offer
 * it.
 */
export interface SettledListing extends ListingPart {
  readonly error: unknown;
}

/**
 * Reads all listings side by side (the client's rate limit bounds them together) and waits for every one of
 * them: a listing that fails does not keep the others from being used. Rejects only when the look was
 * stopped.
 */
export async function lookAtListings(
  listings: readonly Listing[],
  scope: RequestScope,
): Promise<SettledListing[]> {
  const settled = await Promise.all(listings.map((listing) => settle(listing, scope)));
  scope.signal.throwIfAborted();
  return settled.map((listing) =>
    isUnsupported(listing, settled) ? { ...listing, proof: 'unsupported' } : listing,
  );
}

async function settle(listing: Listing, scope: RequestScope): Promise<SettledListing> {
  const { source, image_type } = listing;
  const attributes = { 'cph.source': source, 'cph.image_type': image_type };
  return await inSpan('cph.listing', { attributes }, async (span) => {
    try {
      const result: ListingResult = await listing.list(scope);
      span.setAttributes({ 'cph.proof': result.proof, 'cph.listed': result.records.length });
      return { source, image_type, proof: result.proof, result, error: null };
    } catch (error) {
      const proof = error instanceof CphError && error.kind === 'denied' ? 'denied' : 'failed';
      span.setAttribute('cph.proof', proof);
      failSpan(span, error instanceof CphError ? error.kind : 'failed');
      return { source, image_type, proof, result: null, error };
    }
  });
}

/** Codes of CPH that say what else was wrong with a question than the type of image. */
const ABOUT_OTHER_PARAMETERS = ['CPS.0002', 'CPS.0010', 'CPS.0029', 'CPS.0030'];

/**
 * Newer editions of the API list public images through phone-images alone and refuse the type here. The
 * reference names no code for that, so it is told by comparison: CPH itself refuses this question, and
 * answers the one that differs in nothing but the type. Whether the listing has ever worked is for the
 * comparison with what is known.
 */
function isUnsupported(
  { source, image_type, error }: SettledListing,
  all: readonly SettledListing[],
): boolean {
  if (source !== 'images' || image_type !== 'public' || !(error instanceof CphError)) return false;
  const isAboutType =
    error.kind === 'refused' &&
    error.status === 400 &&
    error.code.startsWith('CPS.') &&
    !ABOUT_OTHER_PARAMETERS.includes(error.code);
  return isAboutType && all.some((other) => other.source === 'images' && other.result !== null);
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

/**
 * Why a sweep of these listings is not complete: the first error, or the first listing that did not add up.
 */
export function troubleOf(settled: readonly SettledListing[]): unknown {
  const broken = settled.find((listing) => listing.error !== null && listing.proof !== 'unsupported');
  if (broken) return broken.error;
  const unproven = settled.filter((listing) => listing.proof !== 'complete');
  // A listing this API does not offer is trouble only where no other shows its images.
  const culprit = unproven.find((listing) => listing.proof === 'incomplete') ?? unproven[0];
  return culprit ? new IncompleteListing(culprit) : null;
}

/** What the last reading of a listing lacked. */
const LACKS: Readonly<Record<DriftKind, string>> = {
  duplicate: 'images came twice, and differed or may hide others',
  count: 'fewer images came than the total says',
  total: 'the total kept changing',
  marker: 'a marker led to nothing new',
  end: 'nothing shows where it ends',
};

/**
 * A listing that could not be proven whole, or that this API does not offer. Nothing is removed on its word.
 */
class IncompleteListing extends SweepDoubt {
  override readonly name = 'IncompleteListing';
  readonly code = 'incomplete_listing';
  constructor({ source, image_type, proof, result, error }: SettledListing) {
    const listing = listingName(source, image_type);
    const lacks = result?.drift.map((kind) => LACKS[kind]).at(-1);
    super(
      proof === 'unsupported'
        ? `${listing}: this API refuses the listing (${errorCode(error)}), and phone-images, which would show its images, is not complete`
        : `${listing}: the listing is not proven whole, ${lacks}; nothing is removed on its word`,
    );
  }
}
