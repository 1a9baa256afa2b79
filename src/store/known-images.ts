import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm';
import type { KnownImage } from '../inventory/diff.ts';
import type { Digests } from '../inventory/digest.ts';
import type { ImageType } from '../inventory/image.ts';
import { fieldsOf } from './columns.ts';
import { type Database, promptly, type Transaction } from './database.ts';
import { findProject, type ProjectRow } from './projects.ts';
import { images } from './schema.ts';

/** A known image with the times that only its row knows. */
export interface StoredImage extends KnownImage {
  readonly first_seen_at: Date;
  readonly missing_since: Date | null;
  readonly status_since: Date | null;
  readonly status_baseline: boolean;
  /** When the look began that last wrote this row or, for an image out of sight, last saw it. */
  readonly seen_at: Date;
  /** Of the sighting it was last compared with, see {@link Known.unchanged}. */
  readonly digest: string | null;
}

/** A project and its images at one instant. */
export interface Known {
  readonly project: ProjectRow;
  readonly images: ReadonlyMap<string, StoredImage>;
  /** Ids of images whose row was compared with the very same sighting before. They are not in `images`. */
  readonly unchanged: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/**
 * Reads what is known of a project: the images of `observed`, removed or not, and with `current` every image
 * that is not removed. Both tables are read at one instant and without a lock. So whoever applies a
 * difference to what was read must check, under the lock of the project, that `last_applied_run_id` is still
 * the same.
 */
export async function readKnown(
  db: Database,
  project_id: string,
  { observed, current }: { observed: readonly string[]; current: boolean },
): Promise<Known> {
  return await db.transaction(async (tx) => {
    const project = await registered(tx, project_id);
    const wanted = current ? or(isNull(images.removed_at), isOneOf(observed)) : isOneOf(observed);
    return { project, images: await readImages(tx, project_id, wanted), unchanged: NONE };
  }, AT_ONE_INSTANT);
}

const AT_ONE_INSTANT = { isolationLevel: 'repeatable read', accessMode: 'read only' } as const;

/**
 * Like {@link readKnown} for the images of `digests`, and reads only those whose row was not compared with
 * that very sighting before: a sweep in which little changed reads little more than digests.
 */
export async function readKnownBesides(
  db: Database,
  project_id: string,
  { digests, current }: { digests: Digests; current: boolean },
): Promise<Known> {
  return await db.transaction(async (tx) => {
    const project = await registered(tx, project_id);
    const { rows } = await tx.execute<{ image_id: string; digest: string | null }>(sql`
      select image_id, digest from cph.images where project_id = ${project_id} and removed_at is null`);
    const unchanged = new Set<string>();
    const differing = new Set(digests.keys());
    for (const { image_id, digest } of rows) {
      if (digest !== null && digests.get(image_id) === digest) {
        unchanged.add(image_id);
        differing.delete(image_id);
      } else if (current) differing.add(image_id);
    }
    return { project, images: await readImages(tx, project_id, isOneOf([...differing])), unchanged };
  }, AT_ONE_INSTANT);
}

async function registered(tx: Transaction, project_id: string): Promise<ProjectRow> {
  const project = await findProject(tx, project_id);
  if (!project) throw new Error(`project ${project_id} is not registered`);
  return project;
}

function isOneOf(image_ids: readonly string[]): SQL {
  return sql`${images.image_id} = any(${sql.param(image_ids)}::text[])`;
}

async function readImages(
  tx: Transaction,
  project_id: string,
  wanted: SQL | undefined,
): Promise<Map<string, StoredImage>> {
  const rows = await tx
    .select()
    .from(images)
    .where(and(eq(images.project_id, project_id), wanted));
  return new Map(rows.map((row) => [row.image_id, storedImage(row)]));
}

/** The images known as being created, with the listing that shows them: a watch has to account for them. */
export async function readCreating(
  db: Database,
  project_id: string,
): Promise<{ image_id: string; listed_under: ImageType | null }[]> {
  return await promptly(db)
    .select({ image_id: images.image_id, listed_under: images.listed_under })
    .from(images)
    .where(and(eq(images.project_id, project_id), eq(images.status, 'creating'), isNull(images.removed_at)))
    .orderBy(images.image_id);
}

type ImageRow = typeof images.$inferSelect;

function storedImage(row: ImageRow): StoredImage {
  return {
    image: { image_id: row.image_id, ...fieldsOf(row), listed_in: row.listed_in, extra: row.extra },
    listed_under: row.listed_under,
    missing_from: row.missing_from,
    out_of_sight: row.out_of_sight,
    removed: row.removed_at !== null,
    removal_approved: row.removal_approved,
    first_seen_at: row.first_seen_at,
    missing_since: row.missing_since,
    status_since: row.status_since,
    status_baseline: row.status_baseline,
    seen_at: row.seen_at,
    digest: row.digest,
  };
}
