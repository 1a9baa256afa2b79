import { and, eq, type SQL, sql } from 'drizzle-orm';
import { type Database, promptly, type Transaction } from './database.ts';
import { type RunStatus, syncRuns } from './schema.ts';

export type RunKind = 'sweep' | 'watch';

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

/**
 * Inserts the run of a look that is about to begin, and returns its id. Ids rise in the order in which looks
 * begin. That tells an older look from a newer one when they are applied; no clock takes part.
 */
export async function beginRun(
  db: Database,
  project_id: string,
  kind: RunKind,
  started_at: Date,
): Promise<number> {
  const [row] = await promptly(db)
    .insert(syncRuns)
    .values({ project_id, kind, status: 'running', started_at })
    .returning({ id: syncRuns.id });
  if (!row) throw new Error('Postgres returned no id for the new run');
  return row.id;
}

/** Ends a run that is still running; false for one that was abandoned meanwhile, which stays so. */
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
