/** The views of what has been: failures, build times, runs; and what there is, counted. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, date, integer, interval, text } from 'drizzle-orm/pg-core';
import { cph, instant } from './schema.ts';

const number = () => bigint({ mode: 'number' });

/**
 * Every failure that was watched, newest first. What was failed already when its project was first read is
 * left out; what failed between two looks, and was never seen being created, is not.
 */
export const imageFailures = cph
  .view('image_failures', {
    project_id: text().notNull(),
    project_name: text(),
    region: text(),
    image_id: text().notNull(),
    image_name: text(),
    image_type: text(),
    image_version: text(),
    failed_at: instant('failed_at').notNull(),
    not_failed_at: instant('not_failed_at'),
    from_status: text(),
    creating_for: interval(),
    outcome: text(),
    outcome_at: instant('outcome_at'),
    event_seq: number().notNull(),
  })
  .as(sql`
    select t.project_id, p.name as project_name, p.region, t.image_id, t.image_name, i.image_type, i.image_version,
      t.observed_at as failed_at, t.previous_observed_at as not_failed_at, t.from_status,
      case when t.from_status = 'creating' then t.time_in_status end as creating_for,
      case when next.to_status is not null then next.to_status when i.removed_at is not null then 'removed' else i.status end as outcome,
      coalesce(next.observed_at, i.removed_at) as outcome_at,
      t.event_seq
    from cph.image_status_transitions t
    left join cph.projects p on p.project_id = t.project_id
    left join cph.images i on i.project_id = t.project_id and i.image_id = t.image_id
    left join lateral (
      select n.to_status, n.observed_at
      from cph.image_status_transitions n
      where n.project_id = t.project_id and n.image_id = t.image_id and n.event_seq > t.event_seq
      order by n.event_seq
      limit 1
    ) next on true
    where t.to_status = 'failed' and (t.from_status is not null or not t.baseline)
    order by t.observed_at desc`);

// Each percentile is of one kind of end: builds that fail fast would else make builds look fast.
const BUILDS = sql.raw(`
      count(*) filter (where to_status = 'usable') as finished,
      count(*) filter (where to_status = 'failed') as failed,
      percentile_cont(0.5) within group (order by time_in_status) filter (where to_status = 'usable') as p50,
      percentile_cont(0.95) within group (order by time_in_status) filter (where to_status = 'usable') as p95,
      percentile_cont(0.5) within group (order by time_in_status) filter (where to_status = 'failed') as failed_p50,
      percentile_cont(0.95) within group (order by time_in_status) filter (where to_status = 'failed') as failed_p95
    from cph.image_status_transitions
    where from_status = 'creating' and to_status in ('usable', 'failed')
    group by 1, 2
    order by 1, 2`);

const buildColumns = () => ({
  finished: number().notNull(),
  failed: number().notNull(),
  p50: interval(),
  p95: interval(),
  failed_p50: interval(),
  failed_p95: interval(),
});

/** How long images took from creating to their end, by project and UTC day. */
export const imageBuildTimes = cph
  .view('image_build_times', { project_id: text().notNull(), day: date().notNull(), ...buildColumns() })
  .as(sql`
    select project_id, (observed_at at time zone 'UTC')::date as day,${BUILDS}`);

/** The same by week. A week begins on Monday, in UTC. */
export const imageBuildTimesWeekly = cph
  .view('image_build_times_weekly', {
    project_id: text().notNull(),
    week: date().notNull(),
    ...buildColumns(),
  })
  .as(sql`
    select project_id, date_trunc('week', observed_at at time zone 'UTC')::date as week,${BUILDS}`);

/** How many current images there are of each kind, and how much room they take. */
export const imageSummary = cph
  .view('image_summary', {
    project_id: text().notNull(),
    project_name: text(),
    region: text().notNull(),
    image_type: text(),
    image_version: text(),
    image_label: text(),
    status: text(),
    images: number().notNull(),
    bytes: number(),
    unsized: number().notNull(),
  })
  .as(sql`
    select i.project_id, p.name as project_name, p.region,
      coalesce(i.image_type, case when i.is_public = 1 then 'public' end) as image_type,
      i.image_version, i.image_label, i.status, count(*) as images, sum(i.image_size)::bigint as bytes, count(*) - count(i.image_size) as unsized
    from cph.images i
    join cph.projects p using (project_id)
    where i.removed_at is null
    group by 1, 2, 3, 4, 5, 6, 7`);

/** What became of each run, newest first, and how long nobody had looked before it. */
export const runTimeline = cph
  .view('run_timeline', {
    run_id: number().notNull(),
    project_id: text().notNull(),
    project_name: text(),
    kind: text().notNull(),
    status: text().notNull(),
    started_at: instant('started_at').notNull(),
    finished_at: instant('finished_at'),
    took: interval(),
    idle_before: interval(),
    requests: integer().notNull(),
    listed: integer().notNull(),
    changes: integer().notNull(),
    rejected: integer().notNull(),
    complete: boolean().notNull(),
    error_code: text(),
    error_message: text(),
    looks: integer().notNull(),
    unreadable_fields: integer().notNull(),
    held_listings: text().array().notNull(),
    longest_pause: interval(),
  })
  .as(sql`
    select r.id as run_id, r.project_id, p.name as project_name, r.kind, r.status, r.started_at, r.finished_at,
      r.finished_at - r.started_at as took, r.started_at - previous.finished_at as idle_before,
      r.requests, r.listed, r.created + r.updated + r.status_changed + r.removed + r.restored as changes, r.rejected,
      r.kind = 'sweep' and r.status in ('succeeded', 'held') as complete, r.error_code, r.error_message,
      r.looks, r.unreadable_fields, r.held_listings, r.longest_pause
    from cph.sync_runs r
    join cph.projects p using (project_id)
    left join lateral (
      select b.finished_at
      from cph.sync_runs b
      where b.project_id = r.project_id and b.kind = r.kind and b.id < r.id
      order by b.id desc
      limit 1
    ) previous on true
    order by r.id desc`);
