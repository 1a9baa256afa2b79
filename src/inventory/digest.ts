/**
 * Digests of what a look has read. Where one is the same as before, nothing is to be done: not for a whole
 * project, and not for one of its images.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { KnownImage } from './diff.ts';
import { IMAGES_FIELDS, type Image, PHONE_IMAGES_FIELDS, type Sighting } from './image.ts';
import type { Snapshot } from './snapshot.ts';

/** The digest of each sighting, by image id. */
export type Digests = ReadonlyMap<string, string>;

/** How long the part of a digest is that says how records are read. */
const READING_LENGTH = 4;

/**
 * The part that digests begin with: which fields are read, without those that are ignored. What is read
 * otherwise has other digests, though nothing has changed.
 */
export function readingOf(ignored: ReadonlySet<string>): string {
  return sha256(JSON.stringify([IMAGES_FIELDS, PHONE_IMAGES_FIELDS, [...ignored].sort()])).slice(
    0,
    READING_LENGTH,
  );
}

/** Whether two digests are of one way to read records. */
export function sameReading(a: string, b: string): boolean {
  return a.slice(0, READING_LENGTH) === b.slice(0, READING_LENGTH);
}

/** The digests of all sightings; those of sightings that `before` has too are taken from there. */
export function digestsOf(
  { sightings }: Pick<Snapshot, 'sightings'>,
  reading: string,
  before?: { readonly snapshot: Pick<Snapshot, 'sightings'>; readonly digests: Digests },
): Digests {
  if (before?.snapshot.sightings === sightings) return before.digests;
  const digests = new Map<string, string>();
  for (const [image_id, sighting] of sightings) {
    const isSame = before?.snapshot.sightings.get(image_id) === sighting;
    const digest = isSame ? before?.digests.get(image_id) : undefined;
    digests.set(image_id, digest ?? reading + sha256(sightingLine(sighting)));
  }
  return digests;
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}

function sightingLine({ images, 'phone-images': phone }: Sighting): string {
  return JSON.stringify([
    images && [
      images.image_id,
      images.listed_under,
      images.image_name,
      ...IMAGES_FIELDS.map((field) => images[field]),
    ],
    images && extraText(images.extra),
    phone && [phone.image_id, phone.image_name, ...PHONE_IMAGES_FIELDS.map((field) => phone[field])],
    phone && extraText(phone.extra),
  ]);
}

function extraText(extra: Image['extra']): string {
  for (const _ in extra) return canonicalJson(extra);
  return '{}';
}

/**
 * A digest of everything the snapshot says, whatever order the records came in: SHA-256, in hex. Two complete
 * snapshots with one digest lead to the same inventory, so a sweep that brings a known digest need not look
 * at images.
 */
export function snapshotDigest(snapshot: Snapshot, digests = digestsOf(snapshot, '')): string {
  const lines = [
    ...digests.values(),
    ...snapshot.rejected.map((record) => canonicalJson(['rejected', record.source])),
    ...snapshot.outcomes.map((outcome) => canonicalJson([outcome.source, outcome.image_type, outcome.proof])),
  ];
  return hash('sha256', lines.sort().join('\n'), 'hex');
}

/** An image as a look has left it. */
type LeftImage = Pick<KnownImage, 'missing_from' | 'out_of_sight'> & {
  readonly image: Pick<Image, 'listed_in'>;
};

/**
 * Whether the same sighting means that nothing is to be done, whatever else a later look brings. Each source
 * that lists the image was read, and its status, so that no other listing has a say. `shown` is what the look
 * saw of the image, `used` what it went by.
 */
export function isSettled(
  { image, missing_from, out_of_sight }: LeftImage,
  { shown, used }: { shown: Sighting; used: Sighting },
): boolean {
  if (shown !== used || out_of_sight || missing_from.length > 0) return false;
  return image.listed_in.every((source) => used[source]) && used.images?.status !== null;
}
