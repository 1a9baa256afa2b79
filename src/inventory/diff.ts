/**
 * The heart of the product: what is known and what was observed in, what changed out. Pure, so that it can be
 * read and tested without a database, and repeatable: applying its result and diffing the same snapshot again
 * finds nothing.
 */
import { type Absence, absenceOf, readsStatus, withheld } from './absence.ts';
import { fieldChanges, transitionBetween, without } from './field-changes.ts';
import { type Image, type ImageType, type Sighting, SOURCES, type Source } from './image.ts';
import { mergeImage } from './merge.ts';
import { sightingOf } from './sighting.ts';
import { type PresenceOf, presenceIn, type Snapshot } from './snapshot.ts';

/** An image as the last applied look left it. */
export interface KnownImage {
  readonly image: Image;
  /**
   * The type of the images listing that showed it last, whatever the image says of itself. Null where only
   * phone-images lists it, or where that was not noted yet: then any of them may show it.
   */
  readonly listed_under: ImageType | null;
  /** Sources in whose complete listings it was last absent. All of `listed_in`: the image is missing. */
  readonly missing_from: readonly Source[];
  /** The last look that should have shown its status did not, so its status is as of an earlier look. */
  readonly out_of_sight: boolean;
  readonly removed: boolean;
  /** A person let its removal go through although the sweep was held. */
  readonly removal_approved: boolean;
}

export const EVENT_TYPES = [
  'cph.image.created',
  'cph.image.updated',
  'cph.image.status_changed',
  'cph.image.removed',
  'cph.image.restored',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface Transition {
  readonly from: Image['status'];
  readonly to: NonNullable<Image['status']>;
}

/** Field by field, from what it was to what it is. */
export type FieldChanges = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

/** One change of one image: becomes one event, and one transition row when there is a transition. */
export interface ImageChange {
  readonly type: EventType;
  readonly image_id: string;
  readonly before: Image | null;
  readonly after: Image | null;
  readonly changes: FieldChanges;
  readonly transition: Transition | null;
  readonly listed_under: ImageType | null;
  readonly missing_from: readonly Source[];
  readonly out_of_sight: boolean;
  /** The look read a status from the images endpoint, rather than keeping what was known. */
  readonly status_read: boolean;
}

/**
 * An image whose fields stay as they are while it drops out of sight, comes back into it or changes listings.
 * No event.
 */
export interface SightingMark {
  readonly image_id: string;
  readonly listed_under: ImageType | null;
  readonly missing_from: readonly Source[];
  readonly missing: boolean;
  readonly out_of_sight: boolean;
}

export interface Diff {
  readonly changes: readonly ImageChange[];
  readonly marks: readonly SightingMark[];
  /** Images that are still here although a source is missing them: the next sweep must look again. */
  readonly pending: number;
}

interface DiffOptions {
  /** Ids of images that lose nothing: neither removed, nor parted from what one of their sources said. */
  readonly held: ReadonlySet<string>;
  /** Ids of images that were seen as they are known, and are not among them. None when left out. */
  readonly unchanged?: ReadonlySet<string>;
  /** Fields that are not reported any more. They change nothing, and leave an image with its next change. */
  readonly ignored: ReadonlySet<string>;
}

/**
 * Compares `known` (images not removed, and removed ones the snapshot shows) with `snapshot`. Images that are
 * `unchanged` need not be among them.
 */
export function diffSnapshot(known: Iterable<KnownImage>, snapshot: Snapshot, options: DiffOptions): Diff {
  const unknown = new Set(snapshot.sightings.keys());
  const presence = presenceIn(snapshot);
  const changes: ImageChange[] = [];
  const marks: SightingMark[] = [];
  let pending = 0;
  for (const one of known) {
    unknown.delete(one.image.image_id);
    const found = diffImage(one, snapshot, { ...options, presence });
    if (isMissingSomewhere(one, found)) pending += 1;
    if (found && 'type' in found) changes.push(found);
    else if (found) marks.push(found);
  }
  // In the order of their ids, or indexes are written all over: 20,000 images took a quarter more of Postgres.
  for (const image_id of options.unchanged ?? []) unknown.delete(image_id);
  for (const image_id of [...unknown].sort()) changes.push(created(snapshot.sightings.get(image_id) ?? {}));
  return { changes, marks, pending };
}

function diffImage(
  known: KnownImage,
  snapshot: Snapshot,
  { presence, held, ignored }: DiffOptions & { presence: PresenceOf },
): ImageChange | SightingMark | null {
  const { image_id } = known.image;
  const sighting = sightingOf(known, snapshot);
  if (known.removed) return restored(known, sighting, ignored);
  const absence = absenceOf(known, presence, snapshot);
  return compared(known, sighting, {
    absence: held.has(image_id) ? withheld(known, absence) : absence,
    ignored,
  });
}

function isMissingSomewhere(known: KnownImage, found: ImageChange | SightingMark | null): boolean {
  if (found && 'type' in found && found.after === null) return false;
  return (found ?? (known.removed ? { missing_from: [] } : known)).missing_from.length > 0;
}

function created(sighting: Sighting): ImageChange {
  const after = mergeImage(null, sighting);
  const transition = after.status ? { from: null, to: after.status } : null;
  return {
    ...inSight(after, sighting),
    type: 'cph.image.created',
    before: null,
    changes: NO_CHANGES,
    transition,
  };
}

function restored(
  { image: before, listed_under }: KnownImage,
  sighting: Sighting,
  ignored: ReadonlySet<string>,
): ImageChange | null {
  if (!isSeen(sighting)) return null;
  // What a record leaves out is as it was when the image was last there.
  const dropped = new Set(SOURCES.filter((source) => !sighting[source]));
  const after = without(mergeImage(before, sighting, { dropped, listed_under }), ignored);
  return {
    ...inSight(after, sighting),
    type: 'cph.image.restored',
    before: null,
    changes: fieldChanges(before, after),
    transition: transitionBetween(before, after),
  };
}

function inSight(after: Image, sighting: Sighting) {
  const { image_id } = after;
  const listed_under = sighting.images?.listed_under ?? null;
  return {
    image_id,
    after,
    listed_under,
    missing_from: NOWHERE,
    out_of_sight: false,
    status_read: readsStatus(sighting),
  };
}

/** One for all images: a first sweep makes a hundred thousand changes at once. */
const NO_CHANGES: FieldChanges = Object.freeze({});
const NOWHERE: readonly Source[] = Object.freeze([]);

function isSeen(sighting: Sighting): boolean {
  return Boolean(sighting.images ?? sighting['phone-images']);
}

function compared(
  known: KnownImage,
  sighting: Sighting,
  { absence, ignored }: { absence: Absence; ignored: ReadonlySet<string> },
): ImageChange | SightingMark | null {
  const { image } = known;
  if (absence.unlisted && !isSeen(sighting)) return removed(known);
  const before = { dropped: absence.gone, listed_under: known.listed_under };
  const after = without(mergeImage(image, sighting, before), ignored);
  const differs = fieldChanges(without(image, ignored), after);
  const listed_under =
    sighting.images?.listed_under ?? (absence.gone.has('images') ? null : known.listed_under);
  if (Object.keys(differs).length === 0) return marked(known, absence, listed_under);
  const transition = transitionBetween(image, after);
  return {
    type: transition ? 'cph.image.status_changed' : 'cph.image.updated',
    image_id: after.image_id,
    before: image,
    after,
    changes: fieldChanges(image, after),
    transition,
    listed_under,
    missing_from: absence.missing_from,
    out_of_sight: absence.out_of_sight && after.listed_in.includes('images'),
    status_read: readsStatus(sighting),
  };
}

function removed({ image: before, listed_under }: KnownImage): ImageChange {
  const { image_id, listed_in } = before;
  return {
    type: 'cph.image.removed',
    image_id,
    before,
    after: null,
    changes: {},
    transition: null,
    listed_under,
    missing_from: listed_in,
    out_of_sight: true,
    status_read: false,
  };
}

function marked(
  known: KnownImage,
  { missing_from, out_of_sight }: Absence,
  listed_under: ImageType | null,
): SightingMark | null {
  const same =
    missing_from.join() === known.missing_from.join() &&
    out_of_sight === known.out_of_sight &&
    listed_under === known.listed_under;
  if (same) return null;
  const { image_id, listed_in } = known.image;
  return {
    image_id,
    listed_under,
    missing_from,
    missing: missing_from.length === listed_in.length,
    out_of_sight,
  };
}
