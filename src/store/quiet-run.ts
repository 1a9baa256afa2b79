/**
 * The end of a look that found nothing new. Nearly every look ends here, so it is one statement, one round
 * trip, two rows that are written in place, and no row more: consecutive looks of a kind share one.
 */
import { type SQL, sql } from 'drizzle-orm';
import { type Database, LOCK_LIMIT, LOCKING_ANSWER_MS, promptly, type Transaction } from './database.ts';
import { abandoned, NOT_LOOKING, overtakenBy, type RunEnd } from './runs.ts';
import type { RunKind } from './schema.ts';

/** A look that found nothing new, as its run records it. */
interface QuietEnd extends RunEnd {
  readonly status: 'succeeded';
  readonly requests: number;
  readonly listed: number;
}

interface QuietRun {
  readonly run_id: number;
  readonly project_id: string;
  readonly kind: RunKind;
  /** When it began to look. */
  readonly started_at: Date;
  readonly end: QuietEnd;
}

/** A row takes no look that began a day or more after its first one, so that runs can be told by days. */
const LONGEST_ROW = sql`interval '1 day'`;

/**
 * Writes all that a sweep leaves whose `digest` is still that of the project: its run, the freshness of the
 * project, and that older runs came too late. Returns false and writes nothing when the digest is another
 * one, when a newer look was applied or has begun, or when the run was abandoned meanwhile.
 */
export async function endQuietSweep(db: Database, run: QuietRun, digest: string): Promise<boolean> {
  const { end } = run;
  const finished_at = at(end.finished_at);
  return await endQuietRun(db, run, {
    unless: sql`snapshot_digest is distinct from ${digest}`,
    set: sql`last_run_status = ${end.status}, last_run_at = ${finished_at}, consecutive_failures = 0,
      last_complete_at = ${finished_at}, last_complete_look_at = ${at(run.started_at)}, held_removals = 0,
      rejected_records = ${end.rejected ?? 0}, unreadable_fields = ${end.unreadable_fields ?? 0}, restless_fields = '{}'`,
  });
}

/**
 * The same for a watch to which the API listed no image as being created: false and nothing written when one
 * is known as such.
 */
export async function endQuietWatch(db: Database, run: QuietRun): Promise<boolean> {
  return await endQuietRun(db, run, {
    unless: sql`exists (
      select from cph.images i where i.project_id = p.project_id and i.status = 'creating' and i.removed_at is null)`,
    set: sql`last_watch_look_at = ${at(run.started_at)}`,
  });
}

/**
 * It locks what an apply locks and in the same order, the project before its runs: each part of the statement
 * asks for the one before it.
 */
async function endQuietRun(
  db: Database,
  run: QuietRun,
  { unless, set }: { readonly unless: SQL; readonly set: SQL },
): Promise<boolean> {
  const { run_id, project_id, kind, started_at, end } = run;
  const { rows } = await promptly(db, LOCKING_ANSWER_MS).execute(sql`
    with limits as materialized (${LOCK_LIMIT}), project as (
      update cph.projects p
      set ${NOT_LOOKING}, last_applied_run_id = ${run_id}, ${set}
      from limits
      where lock_timeout is not null and project_id = ${project_id} and looking_run_id = ${run_id}
        and last_applied_run_id < ${run_id} and not ${unless}
      returning p.project_id
    ), older as (
      update cph.sync_runs
      set ${abandoned(end.finished_at, overtakenBy(run_id))}
      where project_id = ${project_id} and status = 'running' and id < ${run_id} and exists (select from project)
    ), alike as (
      ${rowAlike(run)}
    ), shared as (
      update cph.sync_runs r
      set ${oneLookMore(run)}
      from alike
      where r.id = alike.id and exists (select from project)
    ), written as (
      insert into cph.sync_runs (id, project_id, kind, status, started_at, finished_at, requests, listed, rejected,
        unreadable_fields, request_ids, listings, rejections) overriding system value
      select ${run_id}, project_id, ${kind}, ${end.status}, ${at(started_at)}, ${at(end.finished_at)}, ${end.requests},
        ${end.listed}, ${end.rejected ?? 0}, ${end.unreadable_fields ?? 0}, ${sql.param(end.request_ids ?? [])}::text[],
        ${json(end.listings)}, ${json(end.rejections)}
      from project
      where not exists (select from alike)
    )
    select from project`);
  return rows.length === 1;
}

/**
 * For a run that is a row already: takes that away again where the row before it can count the look. True
 * when it did. The project is locked.
 */
export async function shareRow(tx: Transaction, run: QuietRun): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    with alike as (
      ${rowAlike(run)}
    ), gone as (
      delete from cph.sync_runs
      where id = ${run.run_id} and status = 'running' and exists (select from alike)
      returning id
    )
    update cph.sync_runs r
    set ${oneLookMore(run)}
    from alike
    where r.id = alike.id and exists (select from gone)
    returning r.id`);
  return rows.length === 1;
}

/**
 * The row of the last run of the kind, if that found nothing new either and says the same: then counting the
 * look loses nothing but its request ids. A clock that was set back begins another row. The kind is a range,
 * see `last-look.ts`.
 */
function rowAlike({ run_id, project_id, kind, started_at, end }: QuietRun): SQL {
  return sql`
    select id from (
      select * from cph.sync_runs
      where project_id = ${project_id} and kind between ${kind} and ${kind} and id < ${run_id}
      order by kind desc, id desc
      limit 1
    ) last
    where status = 'succeeded' and created + updated + status_changed + removed + restored = 0
      and error_code is not distinct from ${end.error_code ?? null}
      and error_message is not distinct from ${end.error_message ?? null} and listed = ${end.listed} and rejected = ${end.rejected ?? 0}
      and unreadable_fields = ${end.unreadable_fields ?? 0} and listings = ${json(end.listings)}
      and rejections = ${json(end.rejections)}
      and started_at > ${at(started_at)} - ${LONGEST_ROW} and finished_at <= ${at(started_at)}`;
}

function oneLookMore({ started_at, end }: QuietRun): SQL {
  return sql`looks = r.looks + 1, finished_at = ${at(end.finished_at)}, requests = r.requests + ${end.requests},
    longest_pause = greatest(r.longest_pause, ${at(started_at)} - r.finished_at)`;
}

const at = (time: Date) => sql`${time.toISOString()}::timestamptz`;
const json = (list: readonly unknown[] = []) => sql`${JSON.stringify(list)}::jsonb`;
