/** What a look proves of a known image that it did not show. */
import type { KnownImage } from './diff.ts';
import type { Sighting, Source } from './image.ts';
import { sightingOf } from './sighting.ts';
import type { PresenceOf, Snapshot } from './snapshot.ts';

/** What this look proves of the sources that list a known image and did not show it. */
export interface Absence {
  /**
   * Absent in this complete sweep, or in the last one while this look cannot tell. All sources: the image is
   * missing.
   */
  readonly missing_from: readonly Source[];
  /**
   * Absent for the second time, and where the source can be asked by id, denied by it. None of
   * `missing_from`.
   */
  readonly gone: ReadonlySet<Source>;
  /** Gone from every source that is still asked. */
  readonly unlisted: boolean;
  readonly out_of_sight: boolean;
}

/**
 * Reads the absence of one known image out of a snapshot; nothing is absent in a look that is not complete. A
 * source that is no longer asked says nothing: it neither keeps an image nor counts as missing it.
 */
export function absenceOf(known: KnownImage, presence: PresenceOf, snapshot: Snapshot): Absence {
  const { image_id, listed_in } = known.image;
  const missing: Source[] = [];
  const gone = new Set<Source>();
  let asked = 0;
  for (const source of listed_in) {
    const { kind, askable } = presence(known, source);
    if (kind === 'unasked') continue;
    asked += 1;
    const again = known.missing_from.includes(source);
    if (kind === 'absent' && again && (!askable || snapshot.absent.has(image_id))) gone.add(source);
    else if (kind !== 'seen' && (kind === 'absent' || again)) missing.push(source);
  }
  const out_of_sight = isOutOfSight(known, snapshot);
  const nowhere = asked > 0 && missing.length + gone.size === asked;
  // An image nowhere to be found goes as a whole, or one whose removal is held would lose half of its fields.
  if (nowhere && missing.length > 0) {
    return { missing_from: listed_in, gone: new Set(), unlisted: false, out_of_sight };
  }
  return { missing_from: missing, gone, unlisted: nowhere, out_of_sight };
}

/** The absence of an image that is not to lose anything on the word of this sweep: missed, and not gone. */
export function withheld({ image }: KnownImage, absence: Absence): Absence {
  const { missing_from, gone, unlisted, out_of_sight } = absence;
  const missed = image.listed_in.filter(
    (source) => unlisted || missing_from.includes(source) || gone.has(source),
  );
  return { missing_from: missed, gone: new Set(), unlisted: false, out_of_sight };
}

function isOutOfSight(known: KnownImage, snapshot: Snapshot): boolean {
  const { image, out_of_sight } = known;
  if (image.status === null || readsStatus(sightingOf(known, snapshot))) return false;
  return snapshot.complete ? image.listed_in.includes('images') : out_of_sight;
}

/** Whether the look read a status from the images endpoint. */
export function readsStatus({ images }: Sighting): boolean {
  return images !== undefined && images.status !== null;
}
