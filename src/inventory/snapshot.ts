/**
 * A snapshot is what one look saw: every record by image id, and how far its silence about an image may be
 * believed.
 */
import {
  IMAGE_TYPES,
  type ImageRecord,
  type ImageType,
  type Sighting,
  SOURCES,
  type Source,
} from './image.ts';
import type { ListingProof, ListingResult, RejectedRecord } from './listing.ts';
import { preferred } from './preferred.ts';
import { bareId } from './spelling.ts';

/**
 * A listing that was asked for and what came of it. `denied` or `failed` when its requests were;
 * `unsupported` when this API refuses the type and has never listed it.
 */
export interface ListingOutcome {
  readonly source: Source;
  readonly image_type: ImageType | 'all';
  readonly proof: ListingProof | 'unsupported' | 'denied' | 'failed';
}

/** One listing's part in a snapshot. */
export interface ListingPart extends ListingOutcome {
  readonly result: ListingResult | null;
}

interface SeenOutcome extends ListingOutcome {
  /** It showed nothing, not even a row that cannot be read. */
  readonly empty: boolean;
  /** And did so without a list. */
  readonly listless: boolean;
}

export interface Snapshot {
  readonly sightings: ReadonlyMap<string, Sighting>;
  readonly rejected: readonly RejectedRecord[];
  readonly outcomes: readonly SeenOutcome[];
  /**
   * True only when every listing is proven complete: the one condition under which absence means anything.
   */
  readonly complete: boolean;
  /** Images that were asked for by id and are not there. */
  readonly absent: ReadonlySet<string>;
}

/** Puts the parts of a full sweep together. The order of the parts does not matter. */
export function assembleSnapshot(parts: readonly ListingPart[]): Snapshot {
  const sightings = new Map<string, Sighting>();
  for (const { result } of parts) {
    for (const record of result?.records ?? []) addRecord(sightings, record);
  }
  const rejected = parts.flatMap((part) => part.result?.rejected ?? []);
  return {
    sightings,
    rejected,
    outcomes: parts.map(({ source, image_type, proof, result }) => {
      const empty = result !== null && result.records.length + result.rejected.length === 0;
      return { source, image_type, proof, empty, listless: result?.listless ?? false };
    }),
    complete: parts.length > 0 && parts.every((part) => provesAbsence(part, parts)) && !losesMany(parts),
    absent: new Set(),
  };
}

/** A snapshot of single images (a watch): it can tell what changed and never what is gone. */
export function partialSnapshot(
  records: readonly ImageRecord[],
  rejected: readonly RejectedRecord[],
): Snapshot {
  const sightings = new Map<string, Sighting>();
  for (const record of records) addRecord(sightings, record);
  return { sightings, rejected, outcomes: [], complete: false, absent: new Set() };
}

/** The snapshot with what asking for single images by id has brought to light. */
export function withAnswers(
  snapshot: Snapshot,
  answers: { found: readonly ImageRecord[]; rejected: readonly RejectedRecord[]; absent: readonly string[] },
): Snapshot {
  const sightings = new Map(snapshot.sightings);
  for (const record of answers.found) addRecord(sightings, record);
  return {
    ...snapshot,
    sightings,
    rejected: [...snapshot.rejected, ...answers.rejected],
    absent: new Set([...snapshot.absent, ...answers.absent]),
  };
}

function addRecord(sightings: Map<string, Sighting>, record: ImageRecord): void {
  const { image_id } = record;
  const earlier = sightings.get(image_id);
  if (record.source === 'images') {
    sightings.set(image_id, { ...earlier, images: preferred(earlier?.images, record) });
  } else {
    sightings.set(image_id, { ...earlier, 'phone-images': preferred(earlier?.['phone-images'], record) });
  }
}

/**
 * Newer editions of the API list public images through phone-images alone: then that listing has to be
 * complete.
 */
function provesAbsence(part: ListingOutcome, all: readonly ListingOutcome[]): boolean {
  if (part.proof === 'complete') return true;
  return (
    part.proof === 'unsupported' && all.some((p) => p.source === 'phone-images' && p.proof === 'complete')
  );
}

/** A handful of rows may be broken; beyond it, what is read of them is not the inventory. */
const BEARABLE_REJECTS = 3;
const BEARABLE_SHARE = 0.01;

/** Whether so many records have no usable id that the rest is no picture of what is there. */
export function losesMany(parts: readonly Pick<ListingPart, 'result'>[]): boolean {
  const sum = (of: 'records' | 'rejected') =>
    parts.reduce((count, { result }) => count + (result?.[of].length ?? 0), 0);
  const rejected = sum('rejected');
  return rejected > BEARABLE_REJECTS && rejected > BEARABLE_SHARE * (rejected + sum('records'));
}

/** A field of a record that was read without it. */
interface UnreadableField {
  readonly source: Source;
  readonly image_id: string;
  /** Names the field, the kind of value it held and what would be right; never the value itself. */
  readonly reason: string;
}

export function unreadableFields({ sightings }: Snapshot): UnreadableField[] {
  const found: UnreadableField[] = [];
  for (const sighting of sightings.values()) {
    for (const source of SOURCES) {
      const record = sighting[source];
      if (!record) continue;
      const { image_id, unreadable } = record;
      for (const reason of unreadable) found.push({ source, image_id, reason });
    }
  }
  return found;
}

/** A known image, as far as it matters to which listing it belongs. */
interface Belonging {
  readonly image: { readonly image_id: string; readonly listed_in: readonly Source[] };
  readonly listed_under: ImageType | null;
}

/**
 * - `seen`: a record of it was read.
 * - `absent`: proven not to be listed; `askable` when the endpoint can also be asked for it by id.
 * - `unasked`: no listing was asked that would show it.
 * - `unproven`: not seen, and that means nothing.
 */
interface Presence {
  readonly kind: 'seen' | 'absent' | 'unasked' | 'unproven';
  readonly askable: boolean;
}

/** Whether a source still lists a known image. */
export type PresenceOf = (known: Belonging, source: Source) => Presence;

const UNPROVEN: Presence = { kind: 'unproven', askable: false };

/** Answers {@link PresenceOf} for one snapshot. */
export function presenceIn(snapshot: Snapshot): PresenceOf {
  const { sightings, complete, outcomes } = snapshot;
  let bare: ReadonlySet<string> | undefined;
  const isRespelled = (image_id: string) => {
    bare ??= new Set(Array.from(sightings.keys(), bareId));
    return !sightings.has(image_id) && bare.has(bareId(image_id));
  };
  return (known, source) => {
    if (sightings.get(known.image.image_id)?.[source]) return { kind: 'seen', askable: false };
    // An id in another spelling is more likely the same image than another one beside it.
    if (!complete || isRespelled(known.image.image_id)) return UNPROVEN;
    const asked = listingsOf(known, source).map((type) =>
      outcomes.find((one) => one.source === source && one.image_type === type),
    );
    if (asked.every((outcome) => outcome === undefined)) return { kind: 'unasked', askable: false };
    if (asked.some((outcome) => outcome?.proof !== 'complete')) return UNPROVEN;
    return { kind: 'absent', askable: source === 'images' };
  };
}

/** The listings of a source of which one should show the image: its own, or any where that is not known. */
export function listingsOf({ listed_under }: Belonging, source: Source): readonly (ImageType | 'all')[] {
  if (source === 'phone-images') return ['all'];
  return IMAGE_TYPES.filter((type) => listed_under === null || type === listed_under);
}
