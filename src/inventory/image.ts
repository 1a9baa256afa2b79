/**
 * An image: what two endpoints say of it, and what we know of it.
 *
 * A field has one name from the wire to SQL: the API's own. Table `cph.images` and events use it too. Each
 * source owns its fields. The two meet in {@link mergeImage} and nowhere else.
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

/**
 * Makes one image of `sighting` and of what is known already. A source that was read sets its own fields, and
 * no others. A field that its record leaves out stays as it is known: the reference calls every field
 * optional. A source that was not read keeps what it said before, unless it is in `dropped`: the sources that
 * are proven to list the image no longer. Throws TypeError when no source remains.
 */
export function mergeImage(
  known: Image | null,
  sighting: Sighting,
  dropped: ReadonlySet<Source> = new Set(),
): Image {
  const listed_in = SOURCES.filter(
    (source) => sighting[source] || (known?.listed_in.includes(source) && !dropped.has(source)),
  );
  const image_id = (sighting.images ?? sighting['phone-images'] ?? known)?.image_id;
  if (listed_in.length === 0 || image_id === undefined) {
    throw new TypeError('mergeImage: no source lists the image; that is a removal, not a merge');
  }
  const listed = { known, sighting, lists: (source: Source) => listed_in.includes(source) };
  const fields = {
    image_name: nameOf(listed),
    ...(listed.lists('images') ? imagesValues(listed) : NO_IMAGES_FIELDS),
    ...(listed.lists('phone-images') ? phoneValues(listed) : NO_PHONE_IMAGES_FIELDS),
  };
  return { image_id, ...fields, listed_in, extra: extraOf(listed, fields) };
}

interface Listed {
  readonly known: Image | null;
  readonly sighting: Sighting;
  /** Whether a source lists the image now. */
  readonly lists: (source: Source) => boolean;
}

/** The images endpoint names an image that it lists; phone-images names the others. */
function nameOf({ known, sighting, lists }: Listed): string | null {
  const byImages = sighting.images?.image_name;
  if (byImages) return byImages;
  const kept = known?.image_name ?? null;
  if (lists('images') && known?.listed_in.includes('images') && kept !== null) return kept;
  return sighting['phone-images']?.image_name ?? kept;
}

function imagesValues({ known, sighting: { images } }: Listed): Values<typeof OF_IMAGES> {
  const before = known?.listed_in.includes('images') ? known : null;
  if (!images) return before ? pick(before, IMAGES_FIELDS) : NO_IMAGES_FIELDS;
  const image_type = images.image_type ?? keptType(before) ?? images.listed_under;
  // Who shared an image goes with its being shared.
  const source = image_type === before?.image_type ? before.src_project_id : null;
  const status = images.status === null ? before : images;
  return {
    ...filled(images, before, IMAGES_FIELDS),
    image_type,
    src_project_id: images.src_project_id ?? source,
    status: status?.status ?? null,
    status_code: status?.status_code ?? null,
  };
}

/** A record that names no type has that of its listing, unless the image is of one that no listing has. */
function keptType(before: Image | null): string | null {
  return IMAGE_TYPES.some((type) => type === before?.image_type) ? null : (before?.image_type ?? null);
}

function phoneValues({ known, sighting }: Listed): Values<typeof OF_PHONE_IMAGES> {
  const before = known?.listed_in.includes('phone-images') ? known : null;
  const phone = sighting['phone-images'];
  if (!phone) return before ? pick(before, PHONE_IMAGES_FIELDS) : NO_PHONE_IMAGES_FIELDS;
  return filled(phone, before, PHONE_IMAGES_FIELDS);
}

function filled<const K extends string>(
  said: { readonly [F in K]: unknown },
  before: { readonly [F in K]: unknown } | null,
  fields: readonly K[],
) {
  return Object.fromEntries(fields.map((field) => [field, said[field] ?? before?.[field] ?? null])) as {
    [F in K]: never;
  };
}

/**
 * What is kept does not tell which source said it. So it stays while a source that may have said it was not
 * read, or still lists the image. A field may have been given a column since: it leaves `extra` with its
 * first value.
 */
function extraOf({ known, sighting, lists }: Listed, fields: Values<typeof FIELD_KINDS>): Extra {
  const unread = SOURCES.some((source) => lists(source) && !sighting[source]);
  const parted = known?.listed_in.some((source) => !lists(source)) ?? false;
  const kept = known && (unread || !parted) ? known.extra : {};
  const phone = sighting['phone-images']?.extra;
  // The images endpoint wins a field that both have, also while it was not read.
  const extra =
    lists('images') && !sighting.images
      ? { ...phone, ...kept }
      : { ...kept, ...phone, ...sighting.images?.extra };
  const moved = (field: string) =>
    Object.entries(fields).some(([name, value]) => name === field && value !== null);
  const left = Object.entries(extra).filter(([field]) => !moved(field));
  return left.length === Object.keys(extra).length ? extra : Object.fromEntries(left);
}

function pick<T, const K extends keyof T>(from: T, fields: readonly K[]): Pick<T, K> {
  return Object.fromEntries(fields.map((field) => [field, from[field]])) as Pick<T, K>;
}
