/**
 * The heart of the product: what is known and what was observed in, what changed out. Pure, so that it can be read and
 * tested without a database, and repeatable: applying its result and diffing the same snapshot again finds nothing.
 */
import { canonicalJson } from './canonical.ts';
import { type Image, mergeImage, REPORTED_FIELDS, type Sighting, type Source } from './image.ts';
import { type PresenceOf, presenceIn, type Snapshot } from './snapshot.ts';

/** An image as the last applied look left it. */
export interface KnownImage {
  readonly image: Image;
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
  readonly missing_from: readonly Source[];
  readonly out_of_sight: boolean;
  /** The look read a status (or its lack) from the images endpoint, rather than keeping what was known. */
  readonly status_read: boolean;
}

/** An image whose fields stay as they are while it drops out of sight or comes back into it. No event. */
export interface SightingMark {
  readonly image_id: string;
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

/**
 * Compares `known` (images not removed, and removed ones the snapshot shows) with `snapshot`. With `held`, no image is
 * removed and none loses what one of its sources said, unless that was approved; everything else is found as usual.
 */
export function diffSnapshot(
  known: Iterable<KnownImage>,
  snapshot: Snapshot,
  { held }: { held: boolean },
): Diff {
  const unknown = new Set(snapshot.sightings.keys());
  const presence = presenceIn(snapshot);
  const changes: ImageChange[] = [];
  const marks: SightingMark[] = [];
  let pending = 0;
  for (const one of known) {
    unknown.delete(one.image.image_id);
    const found = diffImage(one, snapshot, { presence, held });
    if (isMissingSomewhere(one, found)) pending += 1;
    if (found && 'type' in found) changes.push(found);
    else if (found) marks.push(found);
  }
  for (const image_id of unknown) changes.push(created(snapshot.sightings.get(image_id) ?? {}));
  return { changes, marks, pending };
}

function diffImage(
  known: KnownImage,
  snapshot: Snapshot,
  { presence, held }: { presence: PresenceOf; held: boolean },
): ImageChange | SightingMark | null {
  const sighting = snapshot.sightings.get(known.image.image_id) ?? {};
  if (known.removed) return restored(known.image, sighting);
  const absence = absenceOf(known, presence, snapshot);
  return compared(known, sighting, held && !known.removal_approved ? withheld(known, absence) : absence);
}

function isMissingSomewhere(known: KnownImage, found: ImageChange | SightingMark | null): boolean {
  if (found && 'type' in found && found.after === null) return false;
  return (found ?? (known.removed ? { missing_from: [] } : known)).missing_from.length > 0;
}

function created(sighting: Sighting): ImageChange {
  const after = mergeImage(null, sighting);
  const transition = after.status ? { from: null, to: after.status } : null;
  return { ...inSight(after, sighting), type: 'cph.image.created', before: null, changes: {}, transition };
}

function restored(before: Image, sighting: Sighting): ImageChange | null {
  if (!isSeen(sighting)) return null;
  const after = mergeImage(null, sighting);
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
  return { image_id, after, missing_from: [], out_of_sight: false, status_read: Boolean(sighting.images) };
}

function isSeen(sighting: Sighting): boolean {
  return Boolean(sighting.images ?? sighting['phone-images']);
}

/** What this look proves of the sources that list a known image and did not show it. */
interface Absence {
  /** Absent in this complete sweep, or in the last one while this look cannot tell. */
  readonly missing_from: readonly Source[];
  /** Absent for the second time, and where the source can be asked by id, denied by it. None of `missing_from`. */
  readonly gone: ReadonlySet<Source>;
  readonly out_of_sight: boolean;
}

/** Reads the absence of one known image out of a snapshot; nothing is absent in a look that is not complete. */
export function absenceOf(known: KnownImage, presence: PresenceOf, snapshot: Snapshot): Absence {
  const { image_id, listed_in } = known.image;
  const missing_from: Source[] = [];
  const gone = new Set<Source>();
  for (const source of listed_in) {
    const { kind, askable } = presence(known.image, source);
    if (kind === 'seen' || kind === 'unreadable') continue;
    const again = known.missing_from.includes(source);
    if (kind === 'absent' && again && (!askable || snapshot.absent.has(image_id))) gone.add(source);
    else if (kind === 'absent' || again) missing_from.push(source);
  }
  // An image nowhere to be found goes as a whole, or one whose removal is held would lose half of its fields.
  if (missing_from.length > 0 && missing_from.length + gone.size === listed_in.length) {
    missing_from.splice(0, missing_from.length, ...listed_in);
    gone.clear();
  }
  return { missing_from, gone, out_of_sight: isOutOfSight(known, snapshot) };
}

/** The absence of an image that is not to lose anything on the word of this sweep: missed, and not gone. */
function withheld({ image }: KnownImage, { missing_from, gone, out_of_sight }: Absence): Absence {
  const missed = image.listed_in.filter((source) => missing_from.includes(source) || gone.has(source));
  return { missing_from: missed, gone: new Set(), out_of_sight };
}

function isOutOfSight({ image, out_of_sight }: KnownImage, snapshot: Snapshot): boolean {
  if (snapshot.sightings.get(image.image_id)?.images) return false;
  return snapshot.complete ? image.listed_in.includes('images') : out_of_sight;
}

function compared(
  known: KnownImage,
  sighting: Sighting,
  absence: Absence,
): ImageChange | SightingMark | null {
  const { image } = known;
  const unlisted = image.listed_in.every((source) => absence.gone.has(source)) && !isSeen(sighting);
  if (unlisted) return removed(image);
  const after = mergeImage(image, sighting, absence.gone);
  const changes = fieldChanges(image, after);
  if (Object.keys(changes).length === 0) return marked(known, absence);
  const transition = transitionBetween(image, after);
  return {
    type: transition ? 'cph.image.status_changed' : 'cph.image.updated',
    image_id: after.image_id,
    before: image,
    after,
    changes,
    transition,
    missing_from: absence.missing_from,
    out_of_sight: absence.out_of_sight && after.listed_in.includes('images'),
    status_read: Boolean(sighting.images),
  };
}

function removed(before: Image): ImageChange {
  const { image_id, listed_in } = before;
  const nothing = { after: null, changes: {}, transition: null };
  return {
    ...nothing,
    type: 'cph.image.removed',
    image_id,
    before,
    missing_from: listed_in,
    out_of_sight: true,
    status_read: false,
  };
}

function marked(known: KnownImage, { missing_from, out_of_sight }: Absence): SightingMark | null {
  const same = missing_from.join() === known.missing_from.join() && out_of_sight === known.out_of_sight;
  if (same) return null;
  const { image_id, listed_in } = known.image;
  return { image_id, missing_from, missing: missing_from.length === listed_in.length, out_of_sight };
}

function transitionBetween(before: Image, after: Image): Transition | null {
  return after.status && after.status !== before.status ? { from: before.status, to: after.status } : null;
}

function fieldChanges(before: Image, after: Image): FieldChanges {
  const changes: Record<string, { from: unknown; to: unknown }> = {};
  for (const field of REPORTED_FIELDS) {
    const [from, to] = [before[field], after[field]];
    if (from === to) continue;
    if (typeof from === 'object' && typeof to === 'object' && canonicalJson(from) === canonicalJson(to))
      continue;
    changes[field] = { from, to };
  }
  return changes;
}
