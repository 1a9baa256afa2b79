/** What replicas that are gone have left of the looks that they were at. */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { abandoned, LOOKING, NOT_LOOKING } from './runs.ts';

/**
 * Why runs are abandoned that a replica left behind. A replica that comes back to life finds them ended and
 * writes nothing.
 */
export const TAKEN_OVER = 'the replica that was looking is gone; another one took over';

/**
 * Gives looks their rows that were noted on projects of `taken` before it took them: abandoned where their
 * lease ran out, running where they had none, since whoever is at it may still end it.
 */
export function abandonNoted(taken: SQL, now: Date, reason: string): SQL {
  return sql`
    insert into cph.sync_runs (id, project_id, kind, status, started_at, finished_at, error_message)
      overriding system value
    select looking_run_id, project_id, looking_kind, case when left_by is null then 'running' else 'abandoned' end,
      looking_since, case when left_by is not null then greatest(looking_since, ${now.toISOString()}::timestamptz) end,
      case when left_by is not null then ${reason} end
    from ${taken}
    where looking_run_id is not null`;
}

/**
 * Abandons runs whose replica let the lease run out, of projects that nobody claims any more, such as those
 * that were taken out of the configuration meanwhile. Where a project is still claimed, the claim has done so
 * long before.
 */
export async function abandonLeftBehind(db: Database, now: Date): Promise<void> {
  const reason = 'the replica that was looking is gone; no other took over';
  await db.execute(sql`
    with left_alone as (
      select project_id, leased_by as left_by, ${LOOKING} from cph.projects
      where leased_until < clock_timestamp() - interval '1 minute'
      for no key update skip locked
    ), shown as (
      update cph.sync_runs r
      set ${abandoned(now, reason)}
      from left_alone
      where r.project_id = left_alone.project_id and r.status = 'running'
    ), cut_off as (
      ${abandonNoted(sql`left_alone`, now, reason)}
    )
    update cph.projects p set ${NOT_LOOKING}
    from left_alone
    where p.project_id = left_alone.project_id and left_alone.looking_run_id is not null`);
}
