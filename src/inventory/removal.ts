/** Removal in three steps, and the brake on it. What is asked by id, and when a sweep is held, is decided here. */
import { absenceOf, type KnownImage } from './diff.ts';
import type { Image } from './image.ts';
import { presenceIn, type Snapshot } from './snapshot.ts';

/** A handful of images may always go: a share of a small project is less than one image. */
const ALWAYS_ALLOWED = 10;

export interface RemovalReview {
  /** Images that a complete sweep misses in a source that listed them and nobody approved: what the limit is measured on. */
  readonly missing: number;
  /** More images are missing than the limit allows. */
  readonly held: boolean;
  /** Absent for the second time from an endpoint that can be asked for single images. */
  readonly ask: readonly Image[];
}

/**
 * Reviews what a snapshot would remove before anything is asked by id. `limit` is a share (0 to 1) of the images known
 * before. A mass disappearance is held from the first sweep that sees it, so that people hear of it at once and not
 * one interval later. Leaving one of two sources counts as well: an endpoint that suddenly lists nothing would else take
 * every status with it, and be asked by id for every image there is.
 */
export function reviewRemovals(
  known: Iterable<KnownImage>,
  snapshot: Snapshot,
  limit: number,
): RemovalReview {
  if (!snapshot.complete) return { missing: 0, held: false, ask: [] };
  const presence = presenceIn(snapshot);
  const current = Array.from(known).filter((one) => !one.removed);
  const absences = current.flatMap((one) => {
    const { missing_from, gone } = absenceOf(one, presence, snapshot);
    const counted = missing_from.length + gone.size > 0 && !one.removal_approved;
    const again = one.missing_from.includes('images') && missing_from.includes('images');
    const askable = again && presence(one.image, 'images').askable;
    return counted || askable ? [{ image: one.image, counted, askable }] : [];
  });
  const missing = absences.filter(({ counted }) => counted).length;
  const held = missing > ALWAYS_ALLOWED && missing > limit * current.length;
  const ask = absences.filter(({ counted, askable }) => askable && !(held && counted));
  return { missing, held, ask: ask.map(({ image }) => image) };
}
