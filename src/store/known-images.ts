import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { KnownImage } from '../inventory/diff.ts';
import type { ImageType } from '../inventory/image.ts';
import { fieldsOf } from './columns.ts';
import { type Database, promptly } from './database.ts';
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
}

/** A project and its images at one instant. */
export interface Known {
  readonly project: ProjectRow;
  readonly images: ReadonlyMap<string, StoredImage>;
}

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
  return await db.transaction(
    async (tx) => {
      const project = await findProject(tx, project_id);
      if (!project) throw new Error(`project ${project_id} is not registered`);
      const rows = await tx
        .select()
        .from(images)
        .where(
          and(
            eq(images.project_id, project_id),
            or(
              current ? isNull(images.removed_at) : undefined,
              sql`${images.image_id} = any(${sql.param(observed)}::text[])`,
            ),
          ),
        );
      return { project, images: new Map(rows.map((row) => [row.image_id, storedImage(row)])) };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
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
  };
}
