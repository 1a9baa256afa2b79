import { sql } from 'drizzle-orm';
import type { ImageType, Source } from '../inventory/image.ts';
import { listingName } from '../inventory/removal.ts';
import { listingsOf } from '../inventory/snapshot.ts';
import type { Database } from './database.ts';
import { findProject, lockProject } from './projects.ts';

/** An image whose removal may be waiting for a person. */
export interface HeldImage {
  readonly image_id: string;
  readonly image_name: string | null;
  readonly status: string | null;
  readonly missing_from: readonly Source[];
  /** Null where only one of its sources misses it. */
  readonly missing_since: Date | null;
}

/**
 * What the last sweep of a project held: the listings that miss too many, and the images they miss, longest
 * missing first. What another listing misses is not held, and goes by itself.
 */
export async function readHeld(
  db: Database,
  project_id: string,
): Promise<{ listings: readonly string[]; images: readonly HeldImage[] }> {
  const project = await findProject(db, project_id);
  if (!project || project.held_removals === 0) return { listings: [], images: [] };
  const { rows: runs } = await db.execute<{ held_listings: string[] }>(sql`
    select held_listings from cph.sync_runs
    where project_id = ${project_id} and kind = 'sweep' and status = 'held'
    order by id desc limit 1`);
  const { rows } = await db.execute<MissingImage & Record<string, unknown>>(sql`
    select image_id, image_name, status, missing_from, missing_since, listed_under from cph.images
    where project_id = ${project_id} and cardinality(missing_from) > 0 and removed_at is null
      and not removal_approved
    order by missing_since nulls last, image_name, image_id`);
  const listings = runs[0]?.held_listings ?? [];
  // An older version did not name them, and old runs are deleted: then it may be any.
  const isHeld = (image: MissingImage) =>
    listings.length === 0 || listingsMissing(image).some((listing) => listings.includes(listing));
  return { listings, images: rows.filter(isHeld).map(({ listed_under, ...image }) => image) };
}

type MissingImage = HeldImage & { readonly listed_under: ImageType | null };

function listingsMissing({ image_id, missing_from, listed_under }: MissingImage): string[] {
  const known = { image: { image_id, listed_in: missing_from }, listed_under };
  return missing_from.flatMap((source) => listingsOf(known, source).map((type) => listingName(source, type)));
}

/**
 * Lets the next sweep remove these of the images that the last one held, and returns how many they are. Only
 * what a person was shown is approved: a sweep may hold more while the person reads. Others that go missing
 * are measured against the limit anew. One that comes back needs a new approval. Waits for an apply under way.
 * Throws when the project is not known.
 */
export async function approveRemovals(
  db: Database,
  project_id: string,
  shown: readonly Pick<HeldImage, 'image_id'>[],
): Promise<number> {
  const ids = shown.map(({ image_id }) => image_id);
  return await db.transaction(async (tx) => {
    const project = await lockProject(tx, project_id);
    if (project.held_removals === 0) return 0;
    const { rows } = await tx.execute(sql`
      update cph.images
      set removal_approved = true
      where project_id = ${project_id} and cardinality(missing_from) > 0 and removed_at is null
        and image_id = any(${sql.param(ids)}::text[])
      returning image_id`);
    return rows.length;
  });
}
