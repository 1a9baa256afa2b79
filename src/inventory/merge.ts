/** Where what two sources say of an image becomes one image. */
import {
  type Extra,
  IMAGE_TYPES,
  IMAGES_FIELDS,
  type Image,
  type ImagesRecord,
  type ImageType,
  NO_IMAGES_FIELDS,
  NO_PHONE_IMAGES_FIELDS,
  PHONE_IMAGES_FIELDS,
  type Sighting,
  SOURCES,
  type Source,
} from './image.ts';

type MutableImage = { -readonly [F in keyof Image]: Image[F] };

const NOTHING: Extra = Object.freeze({});
const NONE: ReadonlySet<Source> = new Set();
/** Copied for each image, which is cheaper than to put each together from entries. */
const BLANK: Image = {
  image_id: '',
  image_name: null,
  ...NO_IMAGES_FIELDS,
  ...NO_PHONE_IMAGES_FIELDS,
  listed_in: [],
  extra: NOTHING,
};

/**
 * Makes one image of `sighting` and of what is known already. A source that was read sets its own fields, and
 * no others. A field that its record leaves out stays as it is known: the reference calls every field
 * optional. A source that was not read keeps what it said before, unless it is in `dropped`: the sources that
 * are proven to list the image no longer. `listed_under` is the listing of the images endpoint that `known` was
 * seen in, null where none was. Throws TypeError when no source remains.
 */
export function mergeImage(
  known: Image | null,
  sighting: Sighting,
  { dropped = NONE, listed_under = null }: Before = {},
): Image {
  const listed_in = SOURCES.filter(
    (source) => sighting[source] || (known?.listed_in.includes(source) && !dropped.has(source)),
  );
  const image_id = (sighting.images ?? sighting['phone-images'] ?? known)?.image_id;
  if (listed_in.length === 0 || image_id === undefined) {
    throw new TypeError('mergeImage: no source lists the image; that is a removal, not a merge');
  }
  const listed = { known, listed_under, sighting, lists: (source: Source) => listed_in.includes(source) };
  const image: MutableImage = { ...BLANK, image_id, image_name: nameOf(listed), listed_in };
  if (listed.lists('images')) fillImages(image, listed);
  if (listed.lists('phone-images')) fillPhoneImages(image, listed);
  image.extra = extraOf(listed, image);
  return image;
}

interface Before {
  readonly dropped?: ReadonlySet<Source>;
  readonly listed_under?: ImageType | null;
}

interface Listed {
  readonly known: Image | null;
  readonly listed_under: ImageType | null;
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

function fillImages(image: MutableImage, { known, listed_under, sighting: { images } }: Listed): void {
  const before = known?.listed_in.includes('images') ? known : null;
  fill(image, { said: images, before, fields: IMAGES_FIELDS });
  if (!images) return;
  image.image_type =
    images.image_type ?? keptType(before, listed_under === images.listed_under) ?? images.listed_under;
  // Who shared an image goes with its being shared.
  const source = image.image_type === before?.image_type ? before.src_project_id : null;
  image.src_project_id = images.src_project_id ?? source;
  const status: Pick<ImagesRecord, 'status' | 'status_code'> | null =
    images.status === null ? before : images;
  image.status = status?.status ?? null;
  image.status_code = status?.status_code ?? null;
}

/** What is known stays while its listing is the same one, and where no listing is of that type. */
function keptType(before: Image | null, inSameListing: boolean): string | null {
  const type = before?.image_type ?? null;
  return inSameListing || IMAGE_TYPES.every((one) => one !== type) ? type : null;
}

function fillPhoneImages(image: MutableImage, { known, sighting }: Listed): void {
  const before = known?.listed_in.includes('phone-images') ? known : null;
  fill(image, { said: sighting['phone-images'], before, fields: PHONE_IMAGES_FIELDS });
}

function fill<Field extends keyof Image>(
  image: MutableImage,
  {
    said,
    before,
    fields,
  }: {
    said: { readonly [F in Field]: Image[F] } | undefined;
    before: Image | null;
    fields: readonly Field[];
  },
): void {
  for (const field of fields) image[field] = (said?.[field] ?? before?.[field] ?? null) as Image[Field];
}

/**
 * What is kept does not tell which source said it. So it stays while a source that may have said it was not
 * read, or still lists the image. A field may have been given a column since: it leaves `extra` with its
 * first value.
 */
function extraOf({ known, sighting, lists }: Listed, image: Image): Extra {
  const unread = SOURCES.some((source) => lists(source) && !sighting[source]);
  const parted = known?.listed_in.some((source) => !lists(source)) ?? false;
  const kept = known && (unread || !parted) ? known.extra : NOTHING;
  const phone = sighting['phone-images']?.extra;
  // The images endpoint wins a field that both have, also while it was not read.
  const extra =
    lists('images') && !sighting.images
      ? { ...phone, ...kept }
      : { ...kept, ...phone, ...sighting.images?.extra };
  const fields = Object.keys(extra);
  if (fields.length === 0) return NOTHING;
  const left = fields.filter((field) => !hasColumn(image, field));
  return left.length === fields.length
    ? extra
    : Object.fromEntries(left.map((field) => [field, extra[field]]));
}

function hasColumn(image: Image, field: string): boolean {
  if (!WITH_COLUMN.has(field)) return false;
  return image[field as keyof Image] !== null;
}

const WITH_COLUMN: ReadonlySet<string> = new Set(['image_name', ...IMAGES_FIELDS, ...PHONE_IMAGES_FIELDS]);
