/** The claims of replicas: which projects they look at next. */
import { sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';
import { type Due, isDue, isFree, LONGEST_WAITING, OFTEN_FAILED, type Schedule, sweepIsDue } from './due.ts';
import { giveBack, type ReturnedProject } from './leases.ts';
import { abandonNoted, TAKEN_OVER } from './left-behind.ts';
import { abandoned, type BegunRun, LOOKING, NEXT_RUN_ID } from './runs.ts';

export interface ClaimedProject {
  readonly project_id: string;
  /** A sweep is due, which also does for a watch; else a watch is. */
  readonly sweep: boolean;
  /** Its last sweeps have failed. */
  readonly failing: boolean;
  /** The run of the look that it is claimed for. */
  readonly run: BegunRun;
}

export interface Claim {
  readonly claimed: readonly ClaimedProject[];
  /** Other projects are due, which somebody else is at or for which there was no room. */
  readonly others: boolean;
}

export interface ClaimOptions extends Due {
  readonly replica: string;
  /** Projects at most, and how many of them may be such as have failed. */
  readonly limit: number;
  readonly failing_limit: number;
  readonly lease_ms: number;
  /** Given back by the same statement; none of `project_ids`. */
  readonly returned: readonly ReturnedProject[];
  /** To note when those are due next; null where nobody asks for that. */
  readonly schedule: Schedule | null;
  /** By the clock that the ends of runs go by. `now` is that of Postgres. */
  readonly started_at: Date;
}

/**
 * Leases up to `limit` projects that have not been looked at for the last tick and that nobody else is at, and
 * begins their runs. When we die between this and the release, the lease runs out and the tick is still
 * unserved: another replica claims the project, and abandons the runs that were cut off.
 */
export async function claimProjects(db: Database, options: ClaimOptions): Promise<Claim> {
  const { replica, limit, lease_ms, returned, started_at } = options;
  const takesNone = limit <= 0 || options.project_ids.length === 0;
  if (takesNone && returned.length === 0) return { claimed: [], others: !takesNone };
  // One statement, so that a claim is all or nothing in one round trip: replicas make one after every look.
  // Whoever claims a project has it in its configuration. So it is not unconfigured, whatever a replica with
  // another configuration has said; and one that was marked like that is due at once, for a look that takes
  // the mark away before an alert ends over it.
  const { rows } = await promptly(db).execute<ClaimRow>(sql`
    with given_back as (
      ${giveBack(replica, returned, options.schedule)}
    ), due as (
      select project_id, leased_by as left_by, ${LOOKING}, ${sweepIsDue(options)} as sweep,
        consecutive_failures > 0 as failing
      from cph.projects p
      where ${isFree()} and ${isDue(options)}
        and (consecutive_failures = 0 or project_id in (
          select project_id from cph.projects p
          where ${isFree()} and ${isDue(options)} and consecutive_failures > 0
          order by least(consecutive_failures, ${OFTEN_FAILED}), ${LONGEST_WAITING}
          limit ${Math.max(0, options.failing_limit)}
        ))
      order by ${LONGEST_WAITING}
      limit ${Math.max(0, limit)}
      for no key update skip locked
    ), claimed as (
      update cph.projects p
      set leased_by = ${replica}, leased_until = clock_timestamp() + ${lease_ms} * interval '1 millisecond',
        unconfigured_since = null, looking_run_id = ${NEXT_RUN_ID},
        looking_kind = case when due.sweep then 'sweep' else 'watch' end,
        looking_since = ${started_at.toISOString()}::timestamptz
      from due
      where p.project_id = due.project_id
      returning p.project_id, due.sweep, due.failing, due.left_by, p.looking_run_id as run_id
    ), left_behind as (
      update cph.sync_runs r
      set ${abandoned(options.now, TAKEN_OVER)}
      from claimed
      where r.project_id = claimed.project_id and claimed.left_by is not null and r.status = 'running'
    ), cut_off as (
      ${abandonNoted(sql`due`, options.now, TAKEN_OVER)}
    )
    select claimed.project_id, claimed.sweep, claimed.failing, claimed.run_id, exists (
      select from cph.projects p
      where ${isDue(options)} and project_id not in (select project_id from due)
    ) as others
    from (select) as always left join claimed on true`);
  const claimed = rows.flatMap(({ project_id, sweep, failing, run_id }) =>
    project_id === null ? [] : [{ project_id, sweep, failing, run: { id: run_id, started_at } }],
  );
  return { claimed, others: rows[0]?.others ?? false };
}

interface ClaimRow extends Record<string, unknown> {
  /** Null in the one row of a claim that found nothing. */
  readonly project_id: string | null;
  readonly sweep: boolean;
  readonly failing: boolean;
  readonly run_id: number;
  readonly others: boolean;
}
