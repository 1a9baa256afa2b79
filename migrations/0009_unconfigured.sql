-- Replaced, not dropped and made again: grants on the views, and views that others have built on them, stay.
ALTER TABLE "cph"."sinks" ADD COLUMN "unconfigured_since" timestamp (3) with time zone;--> statement-breakpoint
CREATE OR REPLACE VIEW "cph"."failed_images" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as failed_since, now() - i.status_since as failed_for,
      p.last_complete_at as project_last_complete_at, p.last_run_status as project_last_run_status
    from cph.images i
    join cph.projects p using (project_id)
    where p.unconfigured_since is null and i.status = 'failed' and i.removed_at is null
    order by i.status_since desc);--> statement-breakpoint
CREATE OR REPLACE VIEW "cph"."project_freshness" AS (
    select project_id, name as project_name, region, last_complete_at, now() - last_complete_at as freshness,
      unconfigured_since is null and now() - coalesce(last_complete_at, registered_at) > 3 * sync_interval as stale,
      last_run_status, last_run_at, consecutive_failures, held_removals, sync_interval, unconfigured_since
    from cph.projects);--> statement-breakpoint
CREATE OR REPLACE VIEW "cph"."stuck_images" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as creating_since, now() - i.status_since as creating_for, p.stuck_after
    from cph.images i
    join cph.projects p using (project_id)
    where p.unconfigured_since is null and i.status = 'creating' and i.removed_at is null
      and now() - i.status_since > p.stuck_after
    order by i.status_since);