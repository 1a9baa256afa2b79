import { type SQL, sql } from 'drizzle-orm';
import { canonicalJson } from '../inventory/canonical.ts';
import type { SightingMark } from '../inventory/diff.ts';
import type { Image, ImageType, Source } from '../inventory/image.ts';
import { FIELDS_SENT } from './columns.ts';
import { type CopyColumns, copyInto, copyText } from './copy.ts';
import type { Transaction } from './database.ts';
import type { images } from './schema.ts';
import { batches, type UnnestColumn, unnested } from './unnest.ts';

/** A new or changed image, as its row will say it. */
export interface ImageUpsert {
  readonly image: Image;
  readonly first_seen_at: Date;
  readonly changed_at: Date;
  readonly missing_since: Date | null;
  readonly missing_from: readonly Source[];
  readonly status_since: Date | null;
  readonly status_baseline: boolean;
  readonly seen_at: Date;
  readonly out_of_sight: boolean;
  readonly listed_under: ImageType | null;
  /** Null where a later sweep has to compare it. */
  readonly digest: string | null;
}

const time = (instant: Date | null) => instant && textOf(instant);
/** The rows of a look share its times: a text anew for each of the four of a row was a twentieth of a first sweep. */
const texts = new WeakMap<Date, string>();
function textOf(instant: Date): string {
  const known = texts.get(instant);
  if (known !== undefined) return known;
  const text = instant.toISOString();
  texts.set(instant, text);
  return text;
}
/** An array as Postgres reads it. Names of sources need no quotes. */
const listText = (sources: readonly Source[]) => `{${sources.join()}}`;

type WrittenValue = readonly [type: string, value: (row: ImageUpsert) => string | number | boolean | null];

/** Every column but the project, and the two that the upsert decides by what is there. */
type WrittenColumn = Exclude<
  keyof typeof images.$inferInsert,
  'project_id' | 'removed_at' | 'removal_approved'
>;

const WRITTEN_COLUMNS: Readonly<Record<WrittenColumn, WrittenValue>> = {
  image_id: ['text', ({ image }) => image.image_id],
  ...FIELDS_SENT,
  extra: ['jsonb', ({ image }) => canonicalJson(image.extra)],
  first_seen_at: ['timestamptz', (row) => time(row.first_seen_at)],
  changed_at: ['timestamptz', (row) => time(row.changed_at)],
  missing_since: ['timestamptz', (row) => time(row.missing_since)],
  status_since: ['timestamptz', (row) => time(row.status_since)],
  status_baseline: ['boolean', (row) => row.status_baseline],
  seen_at: ['timestamptz', (row) => time(row.seen_at)],
  out_of_sight: ['boolean', (row) => row.out_of_sight],
  listed_under: ['text', (row) => row.listed_under],
  digest: ['text', (row) => row.digest],
  // unnest flattens nested arrays. So lists travel as text.
  listed_in: ['text', ({ image }) => listText(image.listed_in)],
  missing_from: ['text', (row) => listText(row.missing_from)],
};
const LISTS = ['listed_in', 'missing_from'];
const names = Object.keys(WRITTEN_COLUMNS);
const COLUMN_LIST = sql.raw(names.join(', '));
const SELECT_LIST = sql.raw(
  names.map((name) => (LISTS.includes(name) ? `u.${name}::text[]` : `u.${name}`)).join(', '),
);
const ASSIGNMENTS = sql.raw(names.map((name) => `${name} = excluded.${name}`).join(', '));

/**
 * Writes images that have no row yet. The project is locked and was read as it is now, so nobody else can
 * have written one. At most as many as one of {@link batches}.
 */
export async function insertImages(
  tx: Transaction,
  project_id: string,
  rows: readonly ImageUpsert[],
): Promise<void> {
  const columns: CopyColumns<ImageUpsert> = {
    project_id: () => project_id,
    ...Object.fromEntries(Object.entries(WRITTEN_COLUMNS).map(([name, [, value]]) => [name, value])),
  };
  await copyInto(tx, { table: 'cph.images', columns }, copyText(rows, columns));
}

/** Writes changed images, at most one of {@link batches}. One that was removed is back. */
export async function upsertImages(
  tx: Transaction,
  project_id: string,
  rows: readonly ImageUpsert[],
): Promise<void> {
  await tx.execute(sql`
    insert into cph.images (project_id, ${COLUMN_LIST})
    select ${project_id}, ${SELECT_LIST}
    from ${unnested(rows, WRITTEN_COLUMNS)}
    on conflict (project_id, image_id) do update
    set ${ASSIGNMENTS},
      removed_at = null,
      removal_approved = ${staysApproved(sql`excluded.missing_from`)}`);
}

/**
 * An approval ends when a source that missed the image shows it again: it was given to what was missing then.
 */
function staysApproved(missing_from: SQL): SQL {
  return sql`images.removal_approved and images.missing_from <@ ${missing_from} and cardinality(${missing_from}) > 0`;
}

/** A {@link SightingMark} with the time it was last seen. */
export interface ImageMark extends SightingMark {
  readonly seen_at: Date;
}

const MARK_COLUMNS: Readonly<Record<string, UnnestColumn<ImageMark>>> = {
  image_id: ['text', (mark) => mark.image_id],
  missing_from: ['text', (mark) => listText(mark.missing_from)],
  missing: ['boolean', (mark) => mark.missing],
  listed_under: ['text', (mark) => mark.listed_under],
  out_of_sight: ['boolean', (mark) => mark.out_of_sight],
  seen_at: ['timestamptz', (mark) => time(mark.seen_at)],
};

/** Notes which images dropped out of sight or came back; an approval ends when its image is seen again. */
export async function markImages(
  tx: Transaction,
  project_id: string,
  { marks, at }: { marks: readonly ImageMark[]; at: Date },
): Promise<void> {
  for (const batch of batches(marks)) {
    await tx.execute(sql`
      update cph.images
      set missing_from = u.missing_from::text[],
        missing_since = case when u.missing then coalesce(images.missing_since, ${time(at)}::timestamptz) end,
        removal_approved = ${staysApproved(sql`u.missing_from::text[]`)},
        listed_under = u.listed_under,
        out_of_sight = u.out_of_sight,
        seen_at = u.seen_at,
        digest = null
      from ${unnested(batch, MARK_COLUMNS)}
      where images.project_id = ${project_id} and images.image_id = u.image_id`);
  }
}

/** Marks images as gone. Their rows stay, as they were last reported. */
export async function removeImages(
  tx: Transaction,
  project_id: string,
  { image_ids, at }: { image_ids: readonly string[]; at: Date },
): Promise<void> {
  if (image_ids.length === 0) return;
  await tx.execute(sql`
    update cph.images
    set removed_at = ${time(at)}::timestamptz,
      changed_at = ${time(at)}::timestamptz,
      digest = null,
      missing_from = listed_in,
      missing_since = coalesce(missing_since, ${time(at)}::timestamptz)
    where project_id = ${project_id} and image_id = any(${sql.param(image_ids)}::text[])`);
}

/** The digest of an image that is as its row says. */
export interface DigestNote {
  readonly image_id: string;
  readonly digest: string;
}

/** Notes by which digests later sweeps pass over images. Nothing that is reported of an image changes. */
export async function noteDigests(
  tx: Transaction,
  project_id: string,
  notes: readonly DigestNote[],
): Promise<void> {
  const columns = {
    image_id: ['text', (note: DigestNote) => note.image_id],
    digest: ['text', (note: DigestNote) => note.digest],
  } as const;
  for (const batch of batches(notes)) {
    await tx.execute(sql`
      update cph.images set digest = u.digest
      from ${unnested(batch, columns)}
      where images.project_id = ${project_id} and images.image_id = u.image_id`);
  }
}
