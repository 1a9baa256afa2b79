/** What keeps a listing that adds up from being believed, once it is known which images it lacks. */
import { CphError } from '../cph/errors.ts';
import type { Listing, RequestScope } from '../cph/listing.ts';
import type { KnownImage } from '../inventory/diff.ts';
import type { Source } from '../inventory/image.ts';
import {
  type ListingOutcome,
  losesMany,
  presenceIn,
  type Snapshot,
  withAnswers,
} from '../inventory/snapshot.ts';
import type { SettledListing } from './look.ts';
import { SweepDoubt } from './trouble.ts';

/**
 * A refusal means that the API does not offer a listing only where that listing has never worked. Where it
 * has shown images that are still known, it failed.
 */
export function withoutUnsupported(
  settled: readonly SettledListing[],
  images: readonly KnownImage[],
): readonly SettledListing[] {
  const hasWorked = ({ source, image_type }: SettledListing) =>
    images.some(
      (one) => !one.removed && one.image.listed_in.includes(source) && one.listed_under === image_type,
    );
  const failed = (one: SettledListing) => one.proof === 'unsupported' && hasWorked(one);
  if (!settled.some(failed)) return settled;
  return settled.map((one) => (failed(one) ? { ...one, proof: 'failed' } : one));
}

interface Confirming {
  readonly images: readonly KnownImage[];
  readonly settled: readonly SettledListing[];
  readonly listings: readonly Listing[];
  readonly scope: RequestScope;
}

/**
 * Reads on behind each listing that lacks a known image and whose end no answer has told. Where that fails,
 * the listing is not proven, and what it showed still counts.
 */
export async function confirmEnds(
  snapshot: Snapshot,
  { images, settled, listings, scope }: Confirming,
): Promise<Snapshot> {
  let confirmed = snapshot;
  for (const { source, image_type, result } of settled) {
    const listing = listings.find((one) => one.source === source && one.image_type === image_type);
    const lacking = missingFrom(source, confirmed, images).some((one) =>
      isShownBy(one, { source, image_type }),
    );
    if (!result?.endAssumed || !listing?.confirmEnd || !lacking) continue;
    const further = await listing
      .confirmEnd(result, scope)
      .catch((error: unknown) => unlessApi(error, scope));
    // Those the listing had are counted already. Any other may be the image that it lacks.
    const rejected = further?.rejected.slice(result.rejected.length) ?? [];
    confirmed = withAnswers(confirmed, { found: further?.records ?? [], rejected, absent: [] });
    if (further?.proof !== 'complete') confirmed = withoutProof(confirmed, source);
  }
  return confirmed;
}

function unlessApi(error: unknown, { signal }: RequestScope): null {
  signal.throwIfAborted();
  if (error instanceof CphError) return null;
  throw error;
}

function isShownBy(
  { listed_under }: KnownImage,
  { source, image_type }: Pick<ListingOutcome, 'source' | 'image_type'>,
): boolean {
  return source === 'phone-images' || listed_under === null || listed_under === image_type;
}

function withoutProof(snapshot: Snapshot, source: Source): Snapshot {
  const outcomes = snapshot.outcomes.map((outcome) =>
    outcome.source === source ? { ...outcome, proof: 'incomplete' as const } : outcome,
  );
  return { ...snapshot, outcomes, complete: false };
}

function missingFrom(source: Source, snapshot: Snapshot, images: readonly KnownImage[]): KnownImage[] {
  const presence = presenceIn(snapshot);
  return images.filter(
    (one) => !one.removed && one.image.listed_in.includes(source) && presence(one, source).kind === 'absent',
  );
}

/** Records without a usable id that leave a sweep of complete listings partial; null where they do not. */
export function doubtOf(
  snapshot: Snapshot,
  images: readonly KnownImage[],
  settled: readonly SettledListing[],
): UnreadableRecords | IncompleteEnd | null {
  if (losesMany(settled)) return new UnreadableRecords(snapshot.rejected.length, null);
  if (!snapshot.complete) {
    const open = snapshot.outcomes.find(({ proof }) => proof === 'incomplete');
    return open ? new IncompleteEnd(open.source) : null;
  }
  for (const source of new Set(snapshot.rejected.map((record) => record.source))) {
    const missing = missingFrom(source, snapshot, images).length;
    if (missing > 0) return new UnreadableRecords(snapshot.rejected.length, missing);
  }
  return null;
}

/**
 * Records without a usable id: too many for a picture of what is there, or any of them may be one that is
 * missing.
 */
class UnreadableRecords extends SweepDoubt {
  override readonly name = 'UnreadableRecords';
  readonly code = 'unreadable_records';
  constructor(rejected: number, missing: number | null) {
    super(
      missing === null
        ? `${rejected} records have no usable id, too many to know what is there; nothing is removed`
        : `${rejected} records have no usable id and may be any of the ${missing} missing images; nothing is removed`,
    );
  }
}

/** A listing that has more behind its end than can be read. */
class IncompleteEnd extends SweepDoubt {
  override readonly name = 'IncompleteEnd';
  readonly code = 'incomplete_listing';
  constructor(source: Source) {
    super(`${source}: nothing shows where the listing ends; images that it lacks are not taken for gone`);
  }
}
