/** What the tables say, for tests that compare before with after and the log with the table. */
import { sql } from 'drizzle-orm';
import { cloudEvent } from '../../src/inventory/event.ts';
import type { Image } from '../../src/inventory/image.ts';
import type { Database } from '../../src/store/database.ts';
import { type EventRow, readEvents } from '../../src/store/events.ts';
import { readKnown } from '../../src/store/known-images.ts';
import { validOldEvent } from './event-schema.ts';

export type SqlRow = Record<string, unknown>;

/** The rows of a statement written by hand, as an operator would write it. */
export async function rowsOf(db: Database, statement: string): Promise<SqlRow[]> {
  return (await db.execute(sql.raw(statement))).rows;
}

const INVENTORY = ['images', 'image_events', 'image_status_transitions'] as const;

/**
 * Every row of the inventory with its physical version: a row that was written again, even with the same values, is
 * another version. Runs and projects are left out, which every look writes.
 */
export async function rowVersions(db: Database): Promise<Record<(typeof INVENTORY)[number], SqlRow[]>> {
  const versions = (table: string) =>
    rowsOf(db, `select ctid::text as ctid, xmin::text as xmin, t.* from cph.${table} t order by t.ctid`);
  const [images, image_events, image_status_transitions] = await Promise.all([
    versions('images'),
    versions('image_events'),
    versions('image_status_transitions'),
  ]);
  return { images, image_events, image_status_transitions };
}

/** The runs of one project or of all, oldest first, with looks under way that have no row of their own yet. */
export async function runsOf(db: Database, project_id?: string): Promise<SqlRow[]> {
  const runs = await rowsOf(
    db,
    `select runs.* from cph.sync_runs runs
     union all
     select runs.* from cph.projects p, jsonb_populate_record(null::cph.sync_runs, jsonb_build_object(
       'id', looking_run_id, 'project_id', project_id, 'kind', looking_kind, 'started_at', looking_since, 'status', 'running'
     )) runs
     where looking_run_id is not null
     order by id`,
  );
  return runs.filter((run) => project_id === undefined || run.project_id === project_id);
}

/** The log from its start, each event held against its schema. */
export async function wholeLog(db: Database): Promise<EventRow[]> {
  const log = await readEvents(db, { after: 0, limit: 1_000_000 });
  for (const event of log) validOldEvent(cloudEvent(event));
  return log;
}

/** What the log amounts to: for each image of a project the state its last event left, removed ones left out. */
export async function foldedLog(db: Database, project_id: string): Promise<Map<string, Image>> {
  const images = new Map<string, Image>();
  for (const event of await wholeLog(db)) {
    if (event.project_id !== project_id) continue;
    if (event.after) images.set(event.image_id, event.after);
    else images.delete(event.image_id);
  }
  return images;
}

/** What the table says: the current images of a project, as they were reported. */
export async function currentImages(db: Database, project_id: string): Promise<Map<string, Image>> {
  const known = await readKnown(db, project_id, { observed: [], current: true });
  return new Map(Array.from(known.images, ([image_id, { image }]) => [image_id, image]));
}
