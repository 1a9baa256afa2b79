/**
 * Which replica looks at which project. A lease spares the replicas each other's work and nothing more: what
 * may be written is decided by run ids, under the project's lock. Leases run by Postgres' clock alone.
 */
import { type SQL, sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';
import { dueAfter, laterTick, type Schedule } from './due.ts';
import { abandonNoted, TAKEN_OVER } from './left-behind.ts';
import { abandoned, LOOKING } from './runs.ts';
import { unnested } from './unnest.ts';

/** A project that was looked at. */
export interface ReturnedProject {
  readonly project_id: string;
  /** The run that its claim began. One that is not over yet never looked, and leaves nothing. */
  readonly run_id: number | null;
  /**
   * The ticks it was looked at for. Null when the look was stopped: whoever claims the project next looks at
   * once.
   */
  readonly served: { readonly sweep: Date | null; readonly watch: Date | null } | null;
}

/**
 * Leases one project, due or not, unless somebody else is at it. True when it is ours. What a lease that has
 * run out left behind is abandoned, as by a claim.
 */
export async function leaseProject(
  db: Database,
  project_id: string,
  { replica, lease_ms, now }: { replica: string; lease_ms: number; now: Date },
): Promise<boolean> {
  const { rowCount } = await db.execute(sql`
    with free as (
      select project_id, leased_by as left_by, coalesce(leased_by <> ${replica}, false) as taken, ${LOOKING}
      from cph.projects
      where project_id = ${project_id}
        and (leased_until is null or leased_until < clock_timestamp() or leased_by = ${replica})
      for no key update
    ), left_behind as (
      update cph.sync_runs r
      set ${abandoned(now, TAKEN_OVER)}
      from free
      where r.project_id = free.project_id and free.taken and r.status = 'running'
    ), cut_off as (
      ${abandonNoted(sql`free`, now, TAKEN_OVER)} and taken
    )
    update cph.projects p
    set leased_by = ${replica}, leased_until = clock_timestamp() + ${lease_ms} * interval '1 millisecond',
      looking_run_id = case when not taken then p.looking_run_id end,
      looking_kind = case when not taken then p.looking_kind end,
      looking_since = case when not taken then p.looking_since end
    from free
    where p.project_id = free.project_id`);
  return rowCount === 1;
}

/** Looks under way. */
interface Renewal {
  readonly replica: string;
  readonly project_ids: readonly string[];
  /** Those of them that take long: each gets its row in `cph.sync_runs`, so that it can be seen. */
  readonly slow_ids: readonly string[];
  readonly lease_ms: number;
}

/**
 * Makes the leases of projects still being looked at last for another `lease_ms`. Those being written are
 * left alone: nobody can claim them meanwhile, and the others must not wait for them. Rejects when a third of
 * `lease_ms` brings no answer: over another connection, there is time for another try.
 */
export async function renewLeases(
  db: Database,
  { replica, project_ids, slow_ids, lease_ms }: Renewal,
): Promise<void> {
  if (project_ids.length === 0) return;
  await promptly(db, lease_ms / 3).execute(sql`
    with ours as (
      select project_id, project_id = any(${sql.param(slow_ids)}::text[]) as slow, ${LOOKING}
      from cph.projects
      where leased_by = ${replica} and project_id = any(${sql.param(project_ids)}::text[])
      for no key update skip locked
    ), shown as (
      insert into cph.sync_runs (id, project_id, kind, status, started_at) overriding system value
      select looking_run_id, project_id, looking_kind, 'running', looking_since
      from ours
      where slow and looking_run_id is not null
    )
    update cph.projects p
    set leased_until = clock_timestamp() + ${lease_ms} * interval '1 millisecond',
      looking_run_id = case when not slow then p.looking_run_id end,
      looking_kind = case when not slow then p.looking_kind end,
      looking_since = case when not slow then p.looking_since end
    from ours
    where p.project_id = ours.project_id`);
}

/**
 * Gives projects back. Changes nothing about those whose lease was lost meanwhile. It does not wait for one
 * that somebody is writing: that lease runs out, and the project is looked at once more.
 */
export async function releaseProjects(
  db: Database,
  { replica, returned }: { replica: string; returned: readonly ReturnedProject[] },
): Promise<void> {
  if (returned.length > 0) await promptly(db).execute(giveBack(replica, returned, null));
}

/**
 * The statement that gives projects back, for a claim to make beside its own. With a schedule it notes when
 * they are due next, those that were not served at once.
 */
export function giveBack(
  replica: string,
  returned: readonly ReturnedProject[],
  schedule: Schedule | null,
): SQL {
  const ids = returned.map(({ project_id }) => project_id);
  const rows = unnested(returned, {
    project_id: ['text', ({ project_id }) => project_id],
    run_id: ['bigint', ({ run_id }) => run_id],
    served: ['boolean', ({ served }) => served !== null],
    sweep: ['timestamptz', ({ served }) => served?.sweep?.toISOString() ?? null],
    watch: ['timestamptz', ({ served }) => served?.watch?.toISOString() ?? null],
  });
  return sql`
    update cph.projects p
    set leased_by = null, leased_until = null, looking_run_id = nullif(looking_run_id, u.run_id),
      looking_kind = case when looking_run_id = u.run_id then null else looking_kind end,
      looking_since = case when looking_run_id = u.run_id then null else looking_since end,
      sweep_tick = ${laterTick('sweep_tick', sql`u.sweep`)}, watch_tick = ${laterTick('watch_tick', sql`u.watch`)},
      due_at = case when u.served then ${dueAfter(schedule, laterTick('sweep_tick', sql`u.sweep`))} end
    from ${rows}
    where p.project_id = u.project_id and p.project_id in (
      select project_id from cph.projects
      where leased_by = ${replica} and project_id = any(${sql.param(ids)}::text[])
      for no key update skip locked
    )`;
}
