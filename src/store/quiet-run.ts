import { sql } from 'drizzle-orm';
import { type Database, LOCK_LIMIT, LOCKING_ANSWER_MS, promptly } from './database.ts';
import { abandoned, overtakenBy, type RunEnd } from './runs.ts';

/** A sweep that may have found what the last complete one found. */
interface QuietRun {
  readonly run_id: number;
  readonly project_id: string;
  /** When it began to look. */
  readonly started_at: Date;
  /** Of the snapshot it brought. */
  readonly digest: string;
  readonly end: RunEnd & { readonly status: 'succeeded' };
}

/**
 * Writes all that a sweep leaves whose digest is still that of the project: its run, the freshness of the
 * project, and that older runs came too late. Returns false and writes nothing when the digest is another
 * one, when a newer look was applied, or when the run was abandoned meanwhile.
 *
 * It is one statement and one round trip. Nearly every sweep ends here, and seven statements in a transaction
 * were most of what a sweep cost. It locks what an apply locks and in the same order, the project before its
 * runs: each part of the statement asks for the one before it.
 */
export async function endQuietRun(db: Database, quiet: QuietRun): Promise<boolean> {
  const { run_id, project_id, started_at, digest, end } = quiet;
  const finished_at = sql`${end.finished_at.toISOString()}::timestamptz`;
  const { rowCount } = await promptly(db, LOCKING_ANSWER_MS).execute(sql`
      with limits as materialized (${LOCK_LIMIT}), project as (
        select from cph.projects p, limits
        where lock_timeout is not null and project_id = ${project_id} and snapshot_digest = ${digest} and last_applied_run_id < ${run_id}
        for no key update of p
      ), run as (
        update cph.sync_runs
        set status = ${end.status}, finished_at = ${finished_at},
          requests = ${end.requests ?? 0}, listed = ${end.listed ?? 0}, rejected = ${end.rejected ?? 0},
          unreadable_fields = ${end.unreadable_fields ?? 0},
          request_ids = ${sql.param(end.request_ids ?? [])}::text[],
          listings = ${JSON.stringify(end.listings ?? [])}::jsonb,
          rejections = ${JSON.stringify(end.rejections ?? [])}::jsonb
        where id = ${run_id} and status = 'running' and exists (select from project)
        returning id
      ), older as (
        update cph.sync_runs
        set ${abandoned(end.finished_at, overtakenBy(run_id))}
        where project_id = ${project_id} and status = 'running' and id < ${run_id} and exists (select from run)
      )
      update cph.projects
      set last_run_status = ${end.status}, last_run_at = ${finished_at}, consecutive_failures = 0,
        last_applied_run_id = ${run_id}, last_complete_at = ${finished_at},
        last_complete_look_at = ${started_at.toISOString()}::timestamptz, held_removals = 0,
        rejected_records = ${end.rejected ?? 0}, unreadable_fields = ${end.unreadable_fields ?? 0},
        restless_fields = '{}'
      where project_id = ${project_id} and exists (select from run)`);
  return rowCount === 1;
}
