import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import type { EventRow } from './events.ts';
import { imageEvents, imageStatusTransitions } from './log-schema.ts';
import { images, syncRuns } from './schema.ts';

export type ImageRow = typeof images.$inferSelect;

/** Every project's row of one image. */
export async function findImages(db: Database, image_id: string, project_id?: string): Promise<ImageRow[]> {
  const ofProject = project_id === undefined ? undefined : eq(images.project_id, project_id);
  return await db
    .select()
    .from(images)
    .where(and(eq(images.image_id, image_id), ofProject))
    .orderBy(images.project_id);
}

/** One event of an image's life, with the transition it holds and the look that saw it. */
export interface LifeEvent {
  readonly event: EventRow;
  readonly previous_observed_at: Date | null;
  readonly time_in_status_ms: number | null;
  /** Null when the run has been pruned since. */
  readonly run: { readonly kind: string; readonly started_at: Date; readonly request_ids: string[] } | null;
}

/** The life of one image, oldest event first. Where there are more than `limit` events, the newest ones. */
export async function readLife(
  db: Database,
  image: { project_id: string; image_id: string },
  limit: number,
): Promise<LifeEvent[]> {
  const ofImage = and(eq(imageEvents.project_id, image.project_id), eq(imageEvents.image_id, image.image_id));
  return (await newestEvents(db, ofImage, limit)).reverse();
}

/** The last events of the log, newest first. */
export async function readLatest(db: Database, limit: number): Promise<LifeEvent[]> {
  return await newestEvents(db, undefined, limit);
}

async function newestEvents(db: Database, which: SQL | undefined, limit: number): Promise<LifeEvent[]> {
  return await db
    .select({
      event: imageEvents,
      previous_observed_at: imageStatusTransitions.previous_observed_at,
      time_in_status_ms: sql<
        number | null
      >`(extract(epoch from ${imageStatusTransitions.time_in_status}) * 1000)::float8`,
      run: { kind: syncRuns.kind, started_at: syncRuns.started_at, request_ids: syncRuns.request_ids },
    })
    .from(imageEvents)
    .leftJoin(imageStatusTransitions, eq(imageStatusTransitions.event_seq, imageEvents.seq))
    .leftJoin(syncRuns, eq(syncRuns.id, imageEvents.run_id))
    .where(which)
    .orderBy(desc(imageEvents.seq))
    .limit(limit);
}

/** The events after `after` with their transitions, oldest first: the log as a person follows it. */
export async function readChanges(
  db: Database,
  { after, limit }: { after: number; limit: number },
): Promise<Pick<LifeEvent, 'event' | 'time_in_status_ms'>[]> {
  return await db
    .select({
      event: imageEvents,
      time_in_status_ms: sql<
        number | null
      >`(extract(epoch from ${imageStatusTransitions.time_in_status}) * 1000)::float8`,
    })
    .from(imageEvents)
    .leftJoin(imageStatusTransitions, eq(imageStatusTransitions.event_seq, imageEvents.seq))
    .where(sql`${imageEvents.seq} > ${after}`)
    .orderBy(asc(imageEvents.seq))
    .limit(limit);
}

/** How many images of a project have each status now. Images without one are counted under `unlisted`. */
export async function countByStatus(db: Database, project_id: string): Promise<Record<string, number>> {
  const { rows } = await db.execute<{ status: string; images: number }>(sql`
    select coalesce(status, 'unlisted') as status, count(*)::int as images
    from cph.images
    where project_id = ${project_id} and removed_at is null
    group by 1`);
  return Object.fromEntries(rows.map((row) => [row.status, row.images]));
}
