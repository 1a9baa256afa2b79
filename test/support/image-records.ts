/** Records, known images and sweeps with everything plausible filled in, so that a test names only what it is about. */
import type { KnownImage } from '../../src/inventory/diff.ts';
import {
  IMAGE_TYPES,
  type ImageRecord,
  type ImagesRecord,
  type ImageType,
  PHONE_IMAGES_FIELDS,
  type PhoneImagesRecord,
  type Sighting,
  statusOfCode,
} from '../../src/inventory/image.ts';
import type { RejectedRecord } from '../../src/inventory/listing.ts';
import { mergeImage } from '../../src/inventory/merge.ts';
import {
  assembleSnapshot,
  type ListingOutcome,
  type ListingPart,
  type Snapshot,
} from '../../src/inventory/snapshot.ts';

/** A usable private image as the images endpoint lists it; `status` follows from `status_code`. */
export function imagesRecord(
  image_id: string,
  said: Partial<Omit<ImagesRecord, 'source' | 'image_id' | 'status'>> = {},
): ImagesRecord {
  const record = {
    image_name: `name of ${image_id}`,
    image_type: 'private',
    status_code: 1,
    image_version: 'AOSP 9.0',
    image_size: 1_306_150_912,
    domain_id: 'domain-1',
    src_project_id: null,
    create_time: '2024-04-11T06:38:21Z',
    update_time: '2024-04-11T06:38:21Z',
    extra: {},
    unreadable: [],
    ...said,
  };
  const listed_under =
    said.listed_under ?? IMAGE_TYPES.find((type) => type === record.image_type) ?? 'private';
  const status = record.status_code === null ? null : statusOfCode(record.status_code);
  return { source: 'images', image_id, ...record, listed_under, status };
}

const NOTHING_MORE = Object.fromEntries(PHONE_IMAGES_FIELDS.map((field) => [field, null])) as {
  readonly [F in (typeof PHONE_IMAGES_FIELDS)[number]]: null;
};

/** The same image as the phone-images endpoint lists it. */
export function phoneRecord(
  image_id: string,
  said: Partial<Omit<PhoneImagesRecord, 'source' | 'image_id'>> = {},
): PhoneImagesRecord {
  return {
    ...NOTHING_MORE,
    source: 'phone-images',
    image_id,
    image_name: `name of ${image_id}`,
    os_type: 'aosp',
    os_name: 'AOSP7.1.1',
    is_public: 2,
    image_label: 'cloud_phone',
    is_support_encrypt: false,
    extra: {},
    unreadable: [],
    ...said,
  };
}

/** A record without a usable id. */
export function nameless(source: RejectedRecord['source']): RejectedRecord {
  return { source, reason: 'image_id: nothing instead of text' };
}

export function sightingOf(...records: readonly ImageRecord[]): Sighting {
  return Object.fromEntries(records.map((record) => [record.source, record]));
}

/** An image known from these records of it, in sight unless `kept` says otherwise. */
export function known(records: readonly ImageRecord[], kept: Partial<KnownImage> = {}): KnownImage {
  return {
    image: mergeImage(null, sightingOf(...records)),
    listed_under: records.find((record) => record.source === 'images')?.listed_under ?? null,
    missing_from: [],
    out_of_sight: false,
    removed: false,
    removal_approved: false,
    ...kept,
  };
}

/** The images endpoint asked for one type, or phone-images asked for `all`. */
export type Asked = ImageType | 'all';

export interface Circumstances {
  /** What was asked; everything unless said. */
  readonly asked?: readonly Asked[];
  /** Proofs of the listings that are not complete; one that failed or was denied shows nothing. */
  readonly proofs?: Readonly<Partial<Record<Asked, ListingOutcome['proof']>>>;
  /** Rows without a usable id; those of the images endpoint turn up in its private listing. */
  readonly rejected?: readonly RejectedRecord[];
}

export const EVERYTHING: readonly Asked[] = ['public', 'private', 'share', 'all'];

/** The listings of one sweep, each with its records. Images turn up in the listing they are listed under. */
export function sweepParts(
  records: readonly ImageRecord[],
  { asked = EVERYTHING, proofs = {}, rejected = [] }: Circumstances = {},
): ListingPart[] {
  return asked.map((image_type) => {
    const proof = proofs[image_type] ?? 'complete';
    const source = image_type === 'all' ? 'phone-images' : 'images';
    const outcome = { source, image_type, proof } as const;
    if (proof !== 'complete' && proof !== 'incomplete') return { ...outcome, result: null };
    const shows = (listing: Asked) => listing === image_type;
    const result = {
      records: records.filter((record) => shows(listingOf(record))),
      rejected: rejected.filter((row) => shows(row.source === 'images' ? 'private' : 'all')),
    };
    return { ...outcome, result: { ...result, proof, drift: [] } };
  });
}

function listingOf(record: ImageRecord): Asked {
  if (record.source === 'phone-images') return 'all';
  return record.listed_under;
}

/** A full sweep that found these records; complete unless the circumstances say otherwise. */
export function sweep(records: readonly ImageRecord[], circumstances: Circumstances = {}): Snapshot {
  return assembleSnapshot(sweepParts(records, circumstances));
}
