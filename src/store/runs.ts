/**
 * Runs: one for each look, numbered in the order in which looks begin.
 *
 * Nearly all looks find nothing, and are over within a second. So a look that begins is only noted on its
 * project's row (`looking_run_id`), which the lease has to write anyway. The run becomes a row of
 * `cph.sync_runs` when it has something to say: it found something, failed, takes long, was cut off, or
 * another look begins before it is over. A run that has not ended is in one of the two places, never in both.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { type Database, promptly, type Transaction } from './database.ts';
import { type RunKind, type RunStatus, syncRuns } from './schema.ts';

/** The numbers of a run, as its row, its log line and its metrics report them. */
export interface RunCounts {
  readonly requests: number;
  readonly listed: number;
  readonly created: number;
  readonly updated: number;
  readonly status_changed: number;
  readonly removed: number;
  readonly restored: number;
  readonly rejected: number;
  readonly unreadable_fields: number;
}

/** What is written when a run ends. */
export interface RunEnd extends Partial<RunCounts> {
  readonly status: RunStatus;
  readonly finished_at: Date;
  readonly request_ids?: string[];
  readonly error_code?: string | null;
  readonly error_message?: string | null;
  readonly listings?: unknown[];
  readonly rejections?: unknown[];
  readonly held_listings?: string[];
}

/** A run that has begun. */
export interface BegunRun {
  readonly id: number;
  readonly started_at: Date;
}

/** The number of a run that begins now, drawn while the project's row is locked or a row is inserted. */
export const NEXT_RUN_ID: SQL = sql`nextval('cph.sync_runs_id_seq')`;

/** The look under way, as it is noted on the row of its project. */
export const LOOKING: SQL = sql`looking_run_id, looking_kind, looking_since`;
export const NOT_LOOKING: SQL = sql`looking_run_id = null, looking_kind = null, looking_since = null`;

/**
 * Notes that a look is about to begin, and returns the id of its run. Ids rise in the order in which looks
 * begin. That tells an older look from a newer one when they are applied; no clock takes part.
 *
 * A look that is noted already gets its row: its program died, or is still at it. While the project's row is
 * being written, the run is inserted, so that no look waits for another to begin.
 */
export async function beginRun(
  db: Database,
  project_id: string,
  kind: RunKind,
  started_at: Date,
): Promise<number> {
  const start = sql`${started_at.toISOString()}::timestamptz`;
  const { rows } = await promptly(db).execute<{ id: number }>(sql`
    with free as (
      select project_id, ${LOOKING} from cph.projects
      where project_id = ${project_id}
      for no key update skip locked
    ), before as (
      insert into cph.sync_runs (id, project_id, kind, status, started_at) overriding system value
      select looking_run_id, project_id, looking_kind, 'running', looking_since
      from free
      where looking_run_id is not null
    ), noted as (
      update cph.projects p
      set looking_run_id = ${NEXT_RUN_ID}, looking_kind = ${kind}, looking_since = ${start}
      from free
      where p.project_id = free.project_id
      returning p.looking_run_id as id
    ), inserted as (
      insert into cph.sync_runs (project_id, kind, status, started_at)
      select ${project_id}, ${kind}, 'running', ${start}
      where not exists (select from free)
      returning id
    )
    select id from noted union all select id from inserted`);
  const [row] = rows;
  if (!row) throw new Error('Postgres returned no id for the new run');
  return row.id;
}

/**
 * Gives the look that is noted on the project's row a row of `cph.sync_runs`, unless it began after
 * `run_id`.
 */
export async function showRuns(db: Database, project_id: string, run_id: number): Promise<void> {
  await db.execute(sql`
    with noted as (
      select project_id, ${LOOKING} from cph.projects
      where project_id = ${project_id} and looking_run_id <= ${run_id}
      for no key update
    ), taken as (
      update cph.projects p set ${NOT_LOOKING} from noted where p.project_id = noted.project_id
    )
    insert into cph.sync_runs (id, project_id, kind, status, started_at) overriding system value
    select looking_run_id, project_id, looking_kind, 'running', looking_since from noted`);
}

/**
 * Ends a run that is a row and still running; false for one that was abandoned meanwhile, which stays so. The
 * caller has shown it, see {@link showRuns}.
 */
export async function endRun(tx: Transaction, id: number, end: RunEnd): Promise<boolean> {
  const ended = await tx
    .update(syncRuns)
    .set(end)
    .where(and(eq(syncRuns.id, id), eq(syncRuns.status, 'running')))
    .returning({ id: syncRuns.id });
  return ended.length > 0;
}

/**
 * Abandons the runs of a project that began before `run_id`, which is being applied. Whether their programs
 * are alive or not, none of them can be applied any more.
 */
export async function abandonOlderRuns(
  tx: Transaction,
  project_id: string,
  run_id: number,
  at: Date,
): Promise<void> {
  await showRuns(tx, project_id, run_id - 1);
  await tx.execute(sql`
    update cph.sync_runs
    set ${abandoned(at, overtakenBy(run_id))}
    where project_id = ${project_id} and status = 'running' and id < ${run_id}`);
}

/**
 * Abandons what an earlier try to begin this run left: it was committed, and its answer was lost with the
 * connection. Older runs of other looks stay, since they may still be applied.
 */
export async function abandonEarlierTries(
  tx: Transaction,
  { id, project_id, started_at }: { id: number; project_id: string; started_at: Date },
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    update cph.sync_runs
    set ${abandoned(at, `the connection was lost as it began; the look went on as run ${id}`)}
    where project_id = ${project_id} and status = 'running' and id < ${id}
      and started_at = ${started_at.toISOString()}::timestamptz`);
}

/** The columns of a run that ends as abandoned, for an update to set. */
export function abandoned(at: Date, reason: string): SQL {
  // The clock of a killed program may have been ahead of ours.
  return sql`status = 'abandoned',
    finished_at = greatest(started_at, ${at.toISOString()}::timestamptz),
    error_message = ${reason}`;
}

/** Why a run is abandoned when a later one is applied. */
export function overtakenBy(run_id: number): string {
  return `a newer look, run ${run_id}, was applied first`;
}
