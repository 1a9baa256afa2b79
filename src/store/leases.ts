/**
 * Which replica looks at which project. A lease spares the replicas each other's work and nothing more: what
 * may be written is decided by run ids, under the project's lock. Leases run by Postgres' clock alone.
 */
import { type SQL, sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';
import { abandoned } from './runs.ts';
import { unnested } from './unnest.ts';

/** The last moments at which the schedules said: look. */
export interface Ticks {
  readonly sweep: Date;
  /** Null where nothing is watched. */
  readonly watch: Date | null;
}

export interface ClaimedProject {
  readonly project_id: string;
  /** A sweep is due, which also does for a watch; else a watch is. */
  readonly sweep: boolean;
  /** Its last sweeps have failed. */
  readonly failing: boolean;
}

/** A project that was looked at. */
export interface ReturnedProject {
  readonly project_id: string;
  /**
   * The ticks it was looked at for. Null when the look was stopped: whoever claims the project next looks at
   * once.
   */
  readonly served: { readonly sweep: Date | null; readonly watch: Date | null } | null;
}

export interface ClaimOptions {
  readonly replica: string;
  /** The projects this replica is configured for. */
  readonly project_ids: readonly string[];
  readonly ticks: Ticks;
  /** Projects at most, and how many of them may be such as have failed. */
  readonly limit: number;
  readonly failing_limit: number;
  readonly lease_ms: number;
  /**
   * Looks of one tick are spread over this long, each project at its own moment, so that they do not all come
   * at once.
   */
  readonly spread_ms: number;
  /** Given back by the same statement; none of `project_ids`. */
  readonly returned: readonly ReturnedProject[];
  readonly now: Date;
}

/**
 * Leases up to `limit` projects that have not been looked at for the last tick and that nobody else is at.
 * When we die between this and the release, the lease runs out and the tick is still unserved: another
 * replica claims the project, and abandons the runs that were cut off.
 */
export async function claimProjects(db: Database, options: ClaimOptions): Promise<ClaimedProject[]> {
  const { replica, limit, lease_ms, returned } = options;
  const takesNone = limit <= 0 || options.project_ids.length === 0;
  if (takesNone && returned.length === 0) return [];
  // One statement, so that a claim is all or nothing in one round trip: replicas make one after every look.
  // Whoever claims a project has it in its configuration. So it is not unconfigured, whatever a replica with
  // another configuration has said; and one that was marked like that is due at once, for a look that takes
  // the mark away before an alert ends over it.
  const { rows } = await promptly(db).execute<ClaimedProject & Record<string, unknown>>(sql`
    with given_back as (
      ${giveBack(replica, returned)}
    ), due as (
      select project_id, leased_by as left_by, ${sweepIsDue(options)} as sweep, consecutive_failures > 0 as failing
      from cph.projects
      where ${isDue(options)}
        and (consecutive_failures = 0 or project_id in (
          select project_id from cph.projects
          where ${isDue(options)} and consecutive_failures > 0
          order by least(consecutive_failures, ${OFTEN_FAILED}), ${LONGEST_WAITING}
          limit ${Math.max(0, options.failing_limit)}
        ))
      order by ${LONGEST_WAITING}
      limit ${Math.max(0, limit)}
      for no key update skip locked
    ), claimed as (
      update cph.projects p
      set leased_by = ${replica}, leased_until = clock_timestamp() + ${lease_ms} * interval '1 millisecond',
        unconfigured_since = null
      from due
      where p.project_id = due.project_id
      returning p.project_id, due.sweep, due.failing, due.left_by
    ), left_behind as (
      update cph.sync_runs r
      set ${abandoned(options.now, TAKEN_OVER)}
      from claimed
      where r.project_id = claimed.project_id and claimed.left_by is not null and r.status = 'running'
    )
    select project_id, sweep, failing from claimed`);
  return rows;
}

/**
 * Why runs are abandoned that a replica left behind. A replica that comes back to life finds them ended and
 * writes nothing.
 */
const TAKEN_OVER = 'the replica that was looking is gone; another one took over';

/**
 * Abandons runs whose replica let the lease run out, of projects that nobody claims any more, such as those
 * that were taken out of the configuration meanwhile. Where a project is still claimed, the claim has done so
 * long before.
 */
export async function abandonLeftBehind(db: Database, now: Date): Promise<void> {
  await db.execute(sql`
    update cph.sync_runs r
    set ${abandoned(now, 'the replica that was looking is gone; no other took over')}
    from cph.projects p
    where r.project_id = p.project_id and r.status = 'running'
      and p.leased_until < clock_timestamp() - interval '1 minute'`);
}

/** One failure may have been about a moment. Such a project need not queue up behind those that are down. */
const OFTEN_FAILED = 3;

const LONGEST_WAITING = sql`sweep_tick nulls first, watch_tick nulls first, project_id`;

function isDue(options: ClaimOptions) {
  return sql`(project_id = any(${sql.param(options.project_ids)}::text[])
    and (leased_until is null or leased_until < clock_timestamp())
    and (${sweepIsDue(options)} or ${watchIsDue(options)} or unconfigured_since is not null))`;
}

function sweepIsDue({ ticks, spread_ms, now }: ClaimOptions) {
  const since = Math.max(0, now.getTime() - ticks.sweep.getTime());
  // Every project has its own place in the spread, the same each time, so that sweeps of one project stay
  // evenly apart.
  return sql`(coalesce(sweep_tick < ${ticks.sweep.toISOString()}::timestamptz or ${isAhead('sweep_tick')}, true)
    and (hashtext(project_id) & 1023) * ${spread_ms / 1024}::float8 <= ${since}::float8)`;
}

function watchIsDue({ ticks }: ClaimOptions) {
  if (!ticks.watch) return sql`false`;
  return sql`coalesce(watch_tick < ${ticks.watch.toISOString()}::timestamptz or ${isAhead('watch_tick')}, true)`;
}

/**
 * A tick that is still to come by Postgres' clock was written when some clock was wrong, and says nothing.
 * Believing it, nobody would look until then. The limit is farther ahead than a tick of ours can be (see
 * `createClockShift`), or we would look without end.
 */
function isAhead(tick: 'sweep_tick' | 'watch_tick'): SQL {
  return sql`${sql.raw(tick)} > clock_timestamp() + interval '3 minutes'`;
}

/** The later one of two ticks, the one in the table being worth nothing when it is ahead. */
function laterTick(tick: 'sweep_tick' | 'watch_tick', served: SQL): SQL {
  return sql`greatest(case when not ${isAhead(tick)} then ${sql.raw(tick)} end, ${served})`;
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
      select project_id, leased_by as left_by
      from cph.projects
      where project_id = ${project_id}
        and (leased_until is null or leased_until < clock_timestamp() or leased_by = ${replica})
      for no key update
    ), left_behind as (
      update cph.sync_runs r
      set ${abandoned(now, TAKEN_OVER)}
      from free
      where r.project_id = free.project_id and free.left_by <> ${replica} and r.status = 'running'
    )
    update cph.projects p
    set leased_by = ${replica}, leased_until = clock_timestamp() + ${lease_ms} * interval '1 millisecond'
    from free
    where p.project_id = free.project_id`);
  return rowCount === 1;
}

/**
 * Makes the leases of projects still being looked at last for another `lease_ms`. Those being written are
 * left alone: nobody can claim them meanwhile, and the others must not wait for them. Rejects when a third of
 * `lease_ms` brings no answer: over another connection, there is time for another try.
 */
export async function renewLeases(
  db: Database,
  { replica, project_ids, lease_ms }: { replica: string; project_ids: readonly string[]; lease_ms: number },
): Promise<void> {
  if (project_ids.length === 0) return;
  await promptly(db, lease_ms / 3).execute(sql`
    update cph.projects
    set leased_until = clock_timestamp() + ${lease_ms} * interval '1 millisecond'
    where project_id in (
      select project_id from cph.projects
      where leased_by = ${replica} and project_id = any(${sql.param(project_ids)}::text[])
      for no key update skip locked
    )`);
}

/**
 * Gives projects back. Changes nothing about those whose lease was lost meanwhile. It does not wait for one
 * that somebody is writing: that lease runs out, and the project is looked at once more.
 */
export async function releaseProjects(
  db: Database,
  { replica, returned }: { replica: string; returned: readonly ReturnedProject[] },
): Promise<void> {
  if (returned.length > 0) await promptly(db).execute(giveBack(replica, returned));
}

function giveBack(replica: string, returned: readonly ReturnedProject[]): SQL {
  const ids = returned.map(({ project_id }) => project_id);
  const rows = unnested(returned, {
    project_id: ['text', ({ project_id }) => project_id],
    sweep: ['timestamptz', ({ served }) => served?.sweep?.toISOString() ?? null],
    watch: ['timestamptz', ({ served }) => served?.watch?.toISOString() ?? null],
  });
  return sql`
    update cph.projects p
    set leased_by = null, leased_until = null,
      sweep_tick = ${laterTick('sweep_tick', sql`u.sweep`)}, watch_tick = ${laterTick('watch_tick', sql`u.watch`)}
    from ${rows}
    where p.project_id = u.project_id and p.project_id in (
      select project_id from cph.projects
      where leased_by = ${replica} and project_id = any(${sql.param(ids)}::text[])
      for no key update skip locked
    )`;
}
