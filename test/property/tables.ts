/** What the database says of one project. */
import { asc, eq, sql } from 'drizzle-orm';
import { REPORTED_FIELDS, timeText } from '../../src/inventory/image.ts';
import type { Database } from '../../src/store/database.ts';
import { imageEvents, imageStatusTransitions } from '../../src/store/log-schema.ts';
import { images, projects, syncRuns } from '../../src/store/schema.ts';

type ImageRow = typeof images.$inferSelect;
export type EventRow = typeof imageEvents.$inferSelect;
export type TransitionRow = typeof imageStatusTransitions.$inferSelect;

export interface TableRow {
  readonly row: ImageRow;
  /** The reported fields, spelled as in events. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Another one for each time the row was written. */
  readonly version: string;
}

export type Table = ReadonlyMap<string, TableRow>;

const version = sql<string>`ctid::text || xmin::text`;

export async function readTable(db: Database, project_id: string): Promise<Table> {
  const rows = await db
    .select({ row: images, version })
    .from(images)
    .where(eq(images.project_id, project_id));
  return new Map(rows.map(({ row, version }) => [row.image_id, { row, version, fields: fieldsOf(row) }]));
}

/** The rows of images that are not removed. */
export function knownRows(table: Table): ImageRow[] {
  return Array.from(table.values()).flatMap(({ row }) => (row.removed_at === null ? [row] : []));
}

/** The images that are not removed, each with its reported fields. */
export function currentImages(table: Table): Map<string, TableRow['fields']> {
  const current = Array.from(table).filter(([, { row }]) => row.removed_at === null);
  return new Map(current.map(([image_id, { fields }]) => [image_id, fields]));
}

function fieldsOf(row: ImageRow): Readonly<Record<string, unknown>> {
  const spelled = (value: unknown) => (value instanceof Date ? timeText(value) : value);
  return Object.fromEntries(
    ['image_id' as const, ...REPORTED_FIELDS].map((field) => [field, spelled(row[field])]),
  );
}

/** What is kept of a project beside its images, in the order it was written. */
export interface Log {
  readonly events: readonly EventRow[];
  readonly transitions: readonly TransitionRow[];
  readonly runs: readonly (typeof syncRuns.$inferSelect)[];
  readonly digest: string | null;
}

export async function readLog(db: Database, project_id: string): Promise<Log> {
  const [events, transitions, runs, [project]] = await Promise.all([
    db.select().from(imageEvents).where(eq(imageEvents.project_id, project_id)).orderBy(asc(imageEvents.seq)),
    db
      .select()
      .from(imageStatusTransitions)
      .where(eq(imageStatusTransitions.project_id, project_id))
      .orderBy(asc(imageStatusTransitions.event_seq)),
    db.select().from(syncRuns).where(eq(syncRuns.project_id, project_id)).orderBy(asc(syncRuns.id)),
    db.select().from(projects).where(eq(projects.project_id, project_id)),
  ]);
  return { events, transitions, runs, digest: project?.snapshot_digest ?? null };
}
