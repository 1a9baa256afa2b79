/** Looks: what each listing proved, what was left out, and what the API called the requests. */
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { type CloudEvent, cloudEvent } from '../inventory/event.ts';
import type { Database } from '../store/database.ts';
import { type EventRow, readEventsOfRun } from '../store/events.ts';
import type { RunCounts } from '../store/runs.ts';
import type { RunKind, RunStatus } from '../store/schema.ts';
import { cursorOf, type Page, pageOf, placeOf } from './cursor.ts';
import { DEFAULT_LIMIT, PARAMETERS } from './parameters.ts';
import { projectFilter } from './project.ts';

const { project, cursor, limit } = PARAMETERS;

export const RUNS_PARAMETERS = z.strictObject({
  project,
  kind: z
    .enum(['sweep', 'watch'])
    .describe('Looks of this kind only.')
    .meta({ takes: 'sweep or watch' })
    .optional(),
  cursor,
  limit,
});
type RunsAsked = z.output<typeof RUNS_PARAMETERS>;

/** A run as a list shows it; durations in seconds. */
export interface RunItem extends RunCounts, Record<string, unknown> {
  readonly run_id: number;
  readonly project_id: string;
  readonly project_name: string | null;
  readonly kind: RunKind;
  readonly status: 'running' | RunStatus;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly took: number | null;
  readonly looks: number;
  readonly held_listings: readonly string[];
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/** What a listing of a run came to. A field that an older version did not write is absent. */
interface ListingItem {
  readonly source: string;
  readonly image_type: string;
  readonly proof: string;
  readonly listed?: number;
  readonly drift?: readonly string[];
  readonly error_code?: string | null;
  readonly error_message?: string | null;
}

interface RunEvidence extends RunItem {
  readonly request_ids: readonly string[];
  readonly listings: readonly ListingItem[];
  /** Why records were left out, or read without a field; the first ones. */
  readonly rejections: readonly unknown[];
}

export interface RunAnswer extends RunEvidence {
  /** What it wrote, at most a hundred events; the counts say how many there were. */
  readonly events: readonly CloudEvent[];
}

const COLUMNS =
  sql.raw(`r.id as run_id, r.project_id, p.name as project_name, r.kind, r.status, r.started_at, r.finished_at,
  extract(epoch from r.finished_at - r.started_at)::float8 as took, r.looks, r.requests, r.listed, r.created, r.updated,
  r.status_changed, r.removed, r.restored, r.rejected, r.unreadable_fields, r.held_listings, r.error_code, r.error_message`);
const ORDER = 'runs';

/**
 * A page of runs, newest first.
 *
 * @throws QueryFault for a project that is not known, and for a cursor that is none
 */
export async function readRuns(db: Database, asked: RunsAsked): Promise<Page<RunItem>> {
  const ids = await projectFilter(db, asked.project);
  const { limit = DEFAULT_LIMIT, kind } = asked;
  const before = asked.cursor === undefined ? null : placeOf(asked.cursor, { order: ORDER, example: [0] })[0];
  const conditions: SQL[] = [
    ids ? sql`r.project_id = any(${sql.param(ids)}::text[])` : sql`true`,
    kind === undefined ? sql`true` : sql`r.kind = ${kind}`,
    before === null ? sql`true` : sql`r.id < ${before}::bigint`,
  ];
  const { rows } = await db.execute<RunItem>(sql`
    select ${COLUMNS}
    from cph.sync_runs r
    join cph.projects p using (project_id)
    where ${sql.join(conditions, sql` and `)}
    order by r.id desc
    limit ${limit + 1}`);
  return pageOf(rows, { limit, cursor: ({ run_id }) => cursorOf(ORDER, [run_id]) });
}

/** One run with its evidence and what it wrote; null for a run that there is not, or no longer. */
export async function readRun(db: Database, run_id: number): Promise<RunAnswer | null> {
  const { rows } = await db.execute<RunEvidence>(sql`
    select ${COLUMNS}, r.request_ids, r.listings, r.rejections
    from cph.sync_runs r
    join cph.projects p using (project_id)
    where r.id = ${run_id}`);
  const [run] = rows;
  if (!run) return null;
  const events: EventRow[] = run.finished_at
    ? await readEventsOfRun(db, { ...run, at: run.finished_at })
    : [];
  return { ...run, events: events.map(cloudEvent) };
}
