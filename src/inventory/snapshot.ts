/**
 * A snapshot is what one look saw: every record by image id, and how far its silence about an image may be believed.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import {
  IMAGE_TYPES,
  IMAGES_FIELDS,
  type Image,
  type ImageRecord,
  type ImageType,
  PHONE_IMAGES_FIELDS,
  type Sighting,
  SOURCES,
  type Source,
} from './image.ts';
import type { ListingProof, ListingResult, RejectedRecord } from './listing.ts';

/** A listing that was asked for and what came of it; `denied` or `failed` when its requests were. */
export interface ListingOutcome {
  readonly source: Source;
  readonly image_type: ImageType | 'all';
  readonly proof: ListingProof | 'denied' | 'failed';
}

export interface Snapshot {
  readonly sightings: ReadonlyMap<string, Sighting>;
  readonly rejected: readonly RejectedRecord[];
  readonly outcomes: readonly ListingOutcome[];
  /** True only when every listing is proven complete: the one condition under which absence means anything. */
  readonly complete: boolean;
  /** Images that were asked for by id and are not there. */
  readonly absent: ReadonlySet<string>;
}

/** One listing's part in a snapshot. */
export interface ListingPart extends ListingOutcome {
  readonly result: ListingResult | null;
}

/**
 * Puts the parts of a full sweep together. When two listings of one source show the same image, the one that was
 * asked for the image's own type wins. The order of the parts does not matter.
 */
export function assembleSnapshot(parts: readonly ListingPart[]): Snapshot {
  const sightings = new Map<string, Sighting>();
  // An API that leaves out the type has every listing call the image its own: then the order of the names decides.
  for (const part of parts.toSorted((a, b) => a.image_type.localeCompare(b.image_type))) {
    for (const record of part.result?.records ?? []) addRecord(sightings, record, part.image_type);
  }
  return {
    sightings,
    rejected: parts.flatMap((part) => part.result?.rejected ?? []),
    outcomes: parts.map(({ source, image_type, proof }) => ({ source, image_type, proof })),
    complete: parts.length > 0 && parts.every((part) => provesAbsence(part, parts)),
    absent: new Set(),
  };
}

/** A snapshot of single images (a watch): it can tell what changed and never what is gone. */
export function partialSnapshot(
  records: readonly ImageRecord[],
  rejected: readonly RejectedRecord[],
): Snapshot {
  const sightings = new Map<string, Sighting>();
  for (const record of records) addRecord(sightings, record, 'all');
  return { sightings, rejected, outcomes: [], complete: false, absent: new Set() };
}

/** The ids of every image the snapshot shows, readable or not. */
export function shownIds({ sightings, rejected }: Snapshot): string[] {
  return [...sightings.keys(), ...rejected.flatMap(({ image_id }) => image_id ?? [])];
}

/** The snapshot with what asking for single images by id has brought to light. */
export function withAnswers(
  snapshot: Snapshot,
  answers: { found: readonly ImageRecord[]; rejected: readonly RejectedRecord[]; absent: readonly string[] },
): Snapshot {
  const sightings = new Map(snapshot.sightings);
  for (const record of answers.found) addRecord(sightings, record, 'all');
  return {
    ...snapshot,
    sightings,
    rejected: [...snapshot.rejected, ...answers.rejected],
    absent: new Set([...snapshot.absent, ...answers.absent]),
  };
}

function addRecord(sightings: Map<string, Sighting>, record: ImageRecord, asked: ImageType | 'all'): void {
  const earlier = sightings.get(record.image_id);
  const namesake = record.source === 'images' ? earlier?.images : earlier?.['phone-images'];
  if (namesake && !(record.source === 'images' && record.image_type === asked)) return;
  sightings.set(record.image_id, { ...earlier, [record.source]: record });
}

function provesAbsence(part: ListingOutcome, all: readonly ListingOutcome[]): boolean {
  if (part.proof === 'complete') return true;
  // Newer editions of the API list public images through phone-images alone, so that listing stands in for this one.
  return (
    part.proof === 'unsupported' && all.some((p) => p.source === 'phone-images' && p.proof === 'complete')
  );
}

/**
 * - `seen`: a record of it was read.
 * - `unreadable`: it is listed, but its record could not be read.
 * - `absent`: proven not to be listed; `askable` when the endpoint can also be asked for it by id.
 * - `unproven`: not seen, and that means nothing.
 */
interface Presence {
  readonly kind: 'seen' | 'unreadable' | 'absent' | 'unproven';
  readonly askable: boolean;
}

/** Whether a source still lists a known image. */
export type PresenceOf = (known: Image, source: Source) => Presence;

/** Answers {@link PresenceOf} for one snapshot. */
export function presenceIn(snapshot: Snapshot): PresenceOf {
  const unreadable = new Set(snapshot.rejected.map((record) => `${record.source} ${record.image_id}`));
  // A row without an id may be any image: nothing of its source can be called absent.
  const anonymous = new Set(snapshot.rejected.filter((r) => r.image_id === null).map((r) => r.source));
  const unproven: Presence = { kind: 'unproven', askable: false };
  const presence: PresenceOf = (known, source) => {
    const sighting = snapshot.sightings.get(known.image_id);
    if (sighting?.[source]) return { kind: 'seen', askable: false };
    const isUnreadable = (by: Source) => !sighting?.[by] && unreadable.has(`${by} ${known.image_id}`);
    // A source may begin to list an image with a row we cannot read: until we can, the other must not let it go.
    const unreadableAnew = SOURCES.some((other) => isUnreadable(other) && !known.listed_in.includes(other));
    if (isUnreadable(source) || unreadableAnew) return { kind: 'unreadable', askable: false };
    if (!snapshot.complete || anonymous.has(source)) return unproven;
    const proof = proofFor(snapshot.outcomes, known, source);
    if (proof === 'complete') return { kind: 'absent', askable: source === 'images' };
    if (proof !== 'unsupported' || source === 'phone-images') return unproven;
    // phone-images stands in for this listing, so what holds of its rows holds here.
    const standIn = presence(known, 'phone-images');
    return standIn.kind === 'absent' ? { kind: 'absent', askable: false } : unproven;
  };
  return presence;
}

/** What the listing that ought to show `known` proved; null when none was asked that would. */
function proofFor(
  outcomes: readonly ListingOutcome[],
  known: Image,
  source: Source,
): ListingOutcome['proof'] | null {
  const asked = outcomes.filter((outcome) => outcome.source === source);
  const own = asked.find(
    (outcome) => outcome.image_type === 'all' || outcome.image_type === known.image_type,
  );
  if (own) return own.proof;
  // An image of a type that cannot be asked for may be in any of the listings.
  const missedByAll = IMAGE_TYPES.every((type) =>
    asked.some((outcome) => outcome.image_type === type && outcome.proof === 'complete'),
  );
  return missedByAll ? 'complete' : null;
}

/**
 * A digest of everything the snapshot says, whatever order the records came in: SHA-256, in hex. Two complete
 * snapshots with one digest lead to the same inventory, so a sweep that brings a known digest need not look at images.
 */
export function snapshotDigest(snapshot: Snapshot): string {
  const hash = createHash('sha256');
  const lines = [
    ...Array.from(snapshot.sightings.values(), sightingLine),
    ...snapshot.rejected.map((record) => canonicalJson(['rejected', record.source, record.image_id])),
    ...snapshot.outcomes.map((outcome) => canonicalJson([outcome.source, outcome.image_type, outcome.proof])),
  ];
  for (const line of lines.sort()) hash.update(line).update('\n');
  return hash.digest('hex');
}

function sightingLine({ images, 'phone-images': phone }: Sighting): string {
  return JSON.stringify([
    images && [images.image_id, images.image_name, ...IMAGES_FIELDS.map((field) => images[field])],
    images && canonicalJson(images.extra),
    phone && [phone.image_id, phone.image_name, ...PHONE_IMAGES_FIELDS.map((field) => phone[field])],
    phone && canonicalJson(phone.extra),
  ]);
}
