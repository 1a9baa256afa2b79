CREATE VIEW "cph"."image_build_times" AS (
    select project_id, (observed_at at time zone 'UTC')::date as day,
      count(*) filter (where to_status = 'usable') as finished,
      count(*) filter (where to_status = 'failed') as failed,
      percentile_cont(0.5) within group (order by time_in_status) as p50,
      percentile_cont(0.95) within group (order by time_in_status) as p95
    from cph.image_status_transitions
    where from_status = 'creating' and to_status in ('usable', 'failed')
    group by 1, 2
    order by 1, 2);--> statement-breakpoint
CREATE VIEW "cph"."project_freshness" AS (
    select project_id, name as project_name, region, last_complete_at, now() - last_complete_at as freshness,
      now() - coalesce(last_complete_at, registered_at) > 3 * sync_interval as stale,
      last_run_status, last_run_at, consecutive_failures, held_removals, sync_interval
    from cph.projects);--> statement-breakpoint
CREATE VIEW "cph"."stuck_images" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as creating_since, now() - i.status_since as creating_for, p.stuck_after
    from cph.images i
    join cph.projects p using (project_id)
    where i.status = 'creating' and i.removed_at is null and now() - i.status_since > p.stuck_after
    order by i.status_since);