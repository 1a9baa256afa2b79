import { sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';

/** An image that is being created; durations in seconds. */
export interface BuildingItem extends Record<string, unknown> {
  readonly project_id: string;
  readonly project_name: string | null;
  readonly image_id: string;
  readonly image_name: string | null;
  readonly image_version: string | null;
  /** Since when no listing has it any more; it may be gone, and its removal held. Null while one has it. */
  readonly missing_since: Date | null;
  readonly creating_since: Date;
  readonly creating_for: number;
  /** The median and the 95th percentile of the builds of its project that finished in the last four weeks. */
  readonly p50: number | null;
  readonly p95: number | null;
  /** After how long it is an alert; null until a daemon has taken the project on. */
  readonly stuck_after: number | null;
}

const MOST = 100;

/**
 * What is being built, longest first, and last what is missing: it may be gone. The same figures as the question
 * `building`.
 */
export async function readBuilding(db: Database): Promise<BuildingItem[]> {
  const { rows } = await db.execute<BuildingItem>(sql`
    with building as (
      select i.project_id, p.name as project_name, i.image_id, i.image_name, i.image_version, i.missing_since, i.status_since,
        p.stuck_after
      from cph.images i
      join cph.projects p using (project_id)
      where i.status = 'creating' and i.removed_at is null and p.unconfigured_since is null
      order by (i.missing_since is not null), i.status_since
      limit ${MOST}
    )
    select b.project_id, b.project_name, b.image_id, b.image_name, b.image_version, b.missing_since,
      b.status_since as creating_since,
      extract(epoch from now() - b.status_since)::float8 as creating_for,
      extract(epoch from usual.p50)::float8 as p50, extract(epoch from usual.p95)::float8 as p95,
      extract(epoch from b.stuck_after)::float8 as stuck_after
    from building b
    left join (
      select t.project_id, percentile_cont(0.5) within group (order by t.time_in_status) as p50,
        percentile_cont(0.95) within group (order by t.time_in_status) as p95
      from cph.image_status_transitions t
      where t.project_id in (select project_id from building) and t.from_status = 'creating' and t.to_status = 'usable'
        and (t.observed_at at time zone 'UTC')::date >= current_date - 28
      group by t.project_id
    ) usual using (project_id)
    order by (b.missing_since is not null), b.status_since, b.project_id, b.image_id`);
  return rows;
}
