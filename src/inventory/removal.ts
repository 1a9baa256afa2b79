/** Removal in its steps, and the brake on it. What is asked by id, and what is held, is decided here. */
import { absenceOf } from './absence.ts';
import type { KnownImage } from './diff.ts';
import type { Image, ImageType, Source } from './image.ts';
import { listingsOf, type PresenceOf, presenceIn, type Snapshot } from './snapshot.ts';

/** A handful of images may always go: a share of a small project is less than one image. */
const ALWAYS_ALLOWED = 10;
/** A listing of more images than this does not become empty from one look to the next. */
const MAY_VANISH_WHOLE = 3;

export interface RemovalReview {
  /** Ids of images that are missing and may not lose anything until a person approves. */
  readonly held: ReadonlySet<string>;
  /** The listings that are missing too many, such as `images/private`. */
  readonly held_listings: readonly string[];
  /** Absent for the second time from an endpoint that can be asked for single images. */
  readonly ask: readonly (Pick<Image, 'image_id'> & { readonly listed_under: ImageType | null })[];
}

const NOTHING_MISSING: RemovalReview = { held: new Set(), held_listings: [], ask: [] };

/**
 * Reviews what a snapshot would remove before anything is asked by id. `limit` is a share (0 to 1), measured
 * on the images known of the project and of each of its listings, so that a large listing does not hide the
 * end of a small one. A mass disappearance is held from the first sweep that sees it, so that people hear of
 * it at once and not one interval later. Leaving one of two sources counts as well: an endpoint that suddenly
 * lists nothing would else take every status with it. Only what this sweep proved absent counts.
 */
export function reviewRemovals(
  known: Iterable<KnownImage>,
  snapshot: Snapshot,
  limit: number,
  unchanged: ReadonlySet<string> = NONE,
): RemovalReview {
  if (!snapshot.complete) return NOTHING_MISSING;
  const presence = presenceIn(snapshot);
  const asked = Array.from(known).filter((one) => !one.removed && isAskedFor(one, presence));
  const missing = asked.flatMap((one) => missedBy(one, presence) ?? []);
  const unapproved = missing.filter(({ known: { removal_approved } }) => !removal_approved);
  if (missing.length === 0) return NOTHING_MISSING;
  const seen = listingsOfSeen(unchanged, snapshot);
  const isOver = (missed: number, of: number) => missed > ALWAYS_ALLOWED && missed > limit * of;
  const over = new Set(
    Array.from(countByListing(unapproved), ([listing, missed]) => {
      const among = asked.filter((one) => belongsTo(one).includes(listing)).length;
      const of = among + (seen.get(listing) ?? 0);
      const whole = isEmpty(snapshot, listing) && (of > MAY_VANISH_WHOLE || isUnheard(snapshot, listing));
      return whole || isOver(missed, of) || isOver(unapproved.length, asked.length + unchanged.size)
        ? listing
        : null;
    }),
  );
  const held = new Set(
    unapproved
      .filter(({ listings }) => listings.some((listing) => over.has(listing)))
      .map(({ known: { image } }) => image.image_id),
  );
  return {
    held,
    held_listings: [...over].filter((listing) => listing !== null).sort(),
    ask: missing.filter((one) => isToBeAsked(one, { held, presence, snapshot })).map(asSuspect),
  };
}

const NONE: ReadonlySet<string> = new Set();

/** How many images each listing has, of those that were seen as they are known. */
function listingsOfSeen(image_ids: ReadonlySet<string>, { sightings }: Snapshot): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (listing: string) => counts.set(listing, (counts.get(listing) ?? 0) + 1);
  for (const image_id of image_ids) {
    const { images, 'phone-images': phone } = sightings.get(image_id) ?? {};
    if (images) count(listingName('images', images.listed_under));
    if (phone) count(listingName('phone-images', 'all'));
  }
  return counts;
}

interface Missing {
  readonly known: KnownImage;
  /** The listings that should have shown it and did not. */
  readonly listings: readonly string[];
}

function missedBy(known: KnownImage, presence: PresenceOf): Missing | null {
  const listings = known.image.listed_in.flatMap((source) =>
    presence(known, source).kind === 'absent' ? listingNames(known, source) : [],
  );
  return listings.length === 0 ? null : { known, listings };
}

function isAskedFor(known: KnownImage, presence: PresenceOf): boolean {
  return known.image.listed_in.some((source) => presence(known, source).kind !== 'unasked');
}

function belongsTo(known: KnownImage): string[] {
  return known.image.listed_in.flatMap((source) => listingNames(known, source));
}

function listingNames(known: KnownImage, source: Source): string[] {
  return listingsOf(known, source).map((type) => listingName(source, type));
}

/** How a listing is called on runs, in messages and in `cph.sync_runs.held_listings`. */
export function listingName(source: Source, image_type: ImageType | 'all'): string {
  return source === 'phone-images' ? source : `${source}/${image_type}`;
}

function countByListing(missing: readonly Missing[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const listing of missing.flatMap(({ listings }) => listings)) {
    counts.set(listing, (counts.get(listing) ?? 0) + 1);
  }
  return counts;
}

function isEmpty({ outcomes }: Snapshot, listing: string): boolean {
  return outcomes.some(
    (outcome) => outcome.empty && listingName(outcome.source, outcome.image_type) === listing,
  );
}

/**
 * Whether a listing answered without a list, and no other of its endpoint showed a row: that may be how the API writes
 * an empty list, or a fault of which a `total` of 0 is all that is left.
 */
function isUnheard({ outcomes }: Snapshot, listing: string): boolean {
  const own = outcomes.find((one) => listingName(one.source, one.image_type) === listing);
  return (
    Boolean(own?.listless) &&
    outcomes.every((one) => one.source !== own?.source || one.empty || one.proof !== 'complete')
  );
}

function isToBeAsked(
  { known }: Missing,
  { held, presence, snapshot }: { held: ReadonlySet<string>; presence: PresenceOf; snapshot: Snapshot },
): boolean {
  if (held.has(known.image.image_id) || !known.missing_from.includes('images')) return false;
  const { missing_from, gone } = absenceOf(known, presence, snapshot);
  return presence(known, 'images').askable && (missing_from.includes('images') || gone.has('images'));
}

function asSuspect({ known: { image, listed_under } }: Missing) {
  return { image_id: image.image_id, listed_under };
}
