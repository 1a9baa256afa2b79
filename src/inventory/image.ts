/**
 * An image: what two endpoints say of it, and what we know of it.
 *
 * A field has one name from the wire to SQL: the API's own. Table `cph.images` and events use it too. Each
 * source owns its fields. The two meet in `merge.ts` and nowhere else.
 */

export const SOURCES = ['images', 'phone-images'] as const;
/** An endpoint that lists images. */
export type Source = (typeof SOURCES)[number];

export const IMAGE_TYPES = ['public', 'private', 'share'] as const;
/** What the images endpoint can be asked for. An answer may name another type, so images carry a string. */
export type ImageType = (typeof IMAGE_TYPES)[number];

export const IMAGE_STATUSES = ['creating', 'usable', 'failed', 'unknown'] as const;
export type ImageStatus = (typeof IMAGE_STATUSES)[number];

/** Fields that the API sent and its reference does not name, as the source spells them. */
export type Extra = Readonly<Record<string, unknown>>;

/** What a field holds. How it is kept in SQL follows from this (`store/columns.ts`). */
interface Kinds {
  text: string;
  /** 32 bits. */
  integer: number;
  bytes: number;
  flag: boolean;
  /** Canonical, see {@link canonicalTime}. */
  time: string;
  status: ImageStatus;
}
export type FieldKind = keyof Kinds;

/** The fields that only the images endpoint reports; null while it does not list the image. */
const OF_IMAGES = {
  image_type: 'text',
  status: 'status',
  status_code: 'integer',
  image_version: 'text',
  image_size: 'bytes',
  domain_id: 'text',
  src_project_id: 'text',
  create_time: 'time',
  update_time: 'time',
} as const satisfies Record<string, FieldKind>;

/** The fields that only the phone-images endpoint reports; null while it does not list the image. */
const OF_PHONE_IMAGES = {
  os_type: 'text',
  os_name: 'text',
  /** 1 public, 2 private, as reported. */
  is_public: 'integer',
  image_label: 'text',
  is_support_encrypt: 'flag',
  /** Of shared images: 0 waiting to be accepted, 1 accepted, 2 rejected, as reported. */
  receive_status: 'integer',
} as const satisfies Record<string, FieldKind>;

/**
 * The fields of an image that have a column of their own, in the order of the table. A field begins here.
 * Records, images, digests, changes, columns, and what is written and read follow from this.
 */
export const FIELD_KINDS = { image_name: 'text', ...OF_IMAGES, ...OF_PHONE_IMAGES } as const;

type Values<Fields extends Record<string, FieldKind>> = {
  readonly [F in keyof Fields]: Kinds[Fields[F]] | null;
};

/** One row of the images endpoint (`ListImagesView`). A field is null where the row says nothing. */
export interface ImagesRecord extends Values<typeof OF_IMAGES> {
  readonly source: 'images';
  readonly image_id: string;
  readonly image_name: string | null;
  /** The type that was asked for: the row belongs to that listing, however it spells its own type. */
  readonly listed_under: ImageType;
  readonly extra: Extra;
  /** Why fields could not be read; they are null. */
  readonly unreadable: readonly string[];
}

/** One row of the phone-images endpoint (`PhoneImage`). A field is null where the row says nothing. */
export interface PhoneImagesRecord extends Values<typeof OF_PHONE_IMAGES> {
  readonly source: 'phone-images';
  readonly image_id: string;
  readonly image_name: string | null;
  readonly extra: Extra;
  readonly unreadable: readonly string[];
}

export type ImageRecord = ImagesRecord | PhoneImagesRecord;

/** What both sources say of one image together: the reported fields of a row of `cph.images`. */
export interface Image extends Values<typeof FIELD_KINDS> {
  readonly image_id: string;
  readonly listed_in: readonly Source[];
  readonly extra: Extra;
}

/** The records of one image that one look has read: one of each source at most. */
export interface Sighting {
  readonly images?: ImagesRecord;
  readonly 'phone-images'?: PhoneImagesRecord;
}

const STATUS_BY_CODE: Readonly<Record<number, ImageStatus>> = { 0: 'creating', 1: 'usable', 2: 'failed' };

/** The status that a code stands for: `unknown` for codes that the reference does not list. */
export function statusOfCode(code: number): ImageStatus {
  return STATUS_BY_CODE[code] ?? 'unknown';
}

/**
 * The one spelling of an instant, from the wire to events: UTC, `2024-04-11T06:38:21Z`, with milliseconds
 * only where there are any. Text without an offset is taken as UTC, as in every documented example. Null for
 * text that is not an ISO 8601 date and time, and for times outside the years 1 to 9999 in UTC.
 */
export function canonicalTime(text: string): string | null {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?$/i.exec(
    text.trim(),
  );
  if (!match) return null;
  const [, date = '', clock = '', zone = 'Z'] = match;
  if (!isDate(date)) return null;
  const instant = new Date(`${date}T${clock}${zone.toUpperCase()}`);
  if (Number.isNaN(instant.getTime())) return null;
  const canonical = timeText(instant);
  // An offset moves placeholders like 0001-01-01 into year 0, and Postgres would refuse the whole apply.
  return /^(?!0000)\d{4}-/.test(canonical) ? canonical : null;
}

/** JavaScript takes the 31st of February for the 2nd of March. */
function isDate(date: string): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** {@link canonicalTime} of an instant. */
export function timeText(instant: Date): string {
  return instant.toISOString().replace('.000Z', 'Z');
}

/** The fields of {@link OF_IMAGES}. */
export const IMAGES_FIELDS = namesOf(OF_IMAGES);
/** The fields of {@link OF_PHONE_IMAGES}. */
export const PHONE_IMAGES_FIELDS = namesOf(OF_PHONE_IMAGES);

/** Everything that can change about an image, in the order of the table. */
export const REPORTED_FIELDS = [...namesOf(FIELD_KINDS), 'listed_in', 'extra'] as const;

/** The fields of each source where it says nothing. */
export const NO_IMAGES_FIELDS = nothingIn(OF_IMAGES);
export const NO_PHONE_IMAGES_FIELDS = nothingIn(OF_PHONE_IMAGES);

function namesOf<T extends object>(fields: T): readonly (keyof T)[] {
  return Object.keys(fields) as (keyof T)[];
}

function nothingIn<T extends object>(fields: T): { readonly [F in keyof T]: null } {
  return Object.fromEntries(namesOf(fields).map((field) => [field, null])) as { [F in keyof T]: null };
}
