/** The views of what is so now. They stand by the tables, so that drizzle-kit migrates both together. */
import { sql } from 'drizzle-orm';
import { boolean, integer, interval, jsonb, text } from 'drizzle-orm/pg-core';
import { fieldColumns } from './columns.ts';
import { cph, instant } from './schema.ts';

/** One row for each current image, with its project, how old it is, and how fresh the row is. */
export const imageInventory = cph
  .view('image_inventory', {
    project_id: text().notNull(),
    project_name: text(),
    region: text().notNull(),
    image_id: text().notNull(),
    ...fieldColumns(),
    listed_in: text().array().notNull(),
    extra: jsonb().notNull(),
    first_seen_at: instant('first_seen_at').notNull(),
    changed_at: instant('changed_at').notNull(),
    missing_since: instant('missing_since'),
    status_since: instant('status_since'),
    age: interval(),
    time_in_status: interval(),
    project_last_complete_at: instant('project_last_complete_at'),
    project_freshness: interval(),
    project_last_run_status: text(),
  })
  .as(sql`
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.status,
      i.status_code, i.image_version, i.image_size, i.domain_id, i.src_project_id, i.create_time, i.update_time,
      i.os_type, i.os_name, i.is_public, i.image_label, i.is_support_encrypt, i.listed_in, i.extra,
      i.first_seen_at, i.changed_at, i.missing_since, i.status_since,
      now() - coalesce(i.create_time, i.first_seen_at) as age,
      now() - i.status_since as time_in_status,
      p.last_complete_at as project_last_complete_at,
      now() - p.last_complete_at as project_freshness,
      p.last_run_status as project_last_run_status,
      i.receive_status
    from cph.images i
    join cph.projects p using (project_id)
    where i.removed_at is null`);

/** Whether the configuration still asks for a listing that shows the status of image `i` of project `p`. */
export const ASKED_FOR = sql.raw(
  `(p.sources is null or 'images' = any(p.sources)) and (p.image_types is null or i.listed_under is null or i.listed_under = any(p.image_types))`,
);

/** Images of configured projects that failed to be created and still exist, newest failure first. */
export const failedImages = cph
  .view('failed_images', {
    project_id: text().notNull(),
    project_name: text(),
    region: text().notNull(),
    image_id: text().notNull(),
    image_name: text(),
    image_type: text(),
    image_version: text(),
    create_time: instant('create_time'),
    failed_since: instant('failed_since'),
    failed_for: interval(),
    project_last_complete_at: instant('project_last_complete_at'),
    project_last_run_status: text(),
  })
  .as(sql`
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as failed_since, now() - i.status_since as failed_for,
      p.last_complete_at as project_last_complete_at, p.last_run_status as project_last_run_status
    from cph.images i
    join cph.projects p using (project_id)
    where p.unconfigured_since is null and ${ASKED_FOR} and i.status = 'failed' and i.removed_at is null
    order by i.status_since desc`);

/** Images of configured projects that have been creating for longer than their project allows. */
export const stuckImages = cph
  .view('stuck_images', {
    project_id: text().notNull(),
    project_name: text(),
    region: text().notNull(),
    image_id: text().notNull(),
    image_name: text(),
    image_type: text(),
    image_version: text(),
    create_time: instant('create_time'),
    creating_since: instant('creating_since'),
    creating_for: interval(),
    stuck_after: interval(),
  })
  .as(sql`
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as creating_since, now() - i.status_since as creating_for, p.stuck_after
    from cph.images i
    join cph.projects p using (project_id)
    where p.unconfigured_since is null and ${ASKED_FOR} and i.status = 'creating' and i.removed_at is null
      and now() - i.status_since > p.stuck_after
    order by i.status_since`);

/**
 * How far the rows of each project can be relied on: when they were last proven complete, and what stands in
 * the way. A project that is no longer configured is not stale: nobody looks at it, and that is as it should
 * be.
 */
export const projectFreshness = cph
  .view('project_freshness', {
    project_id: text().notNull(),
    project_name: text(),
    region: text().notNull(),
    last_complete_at: instant('last_complete_at'),
    freshness: interval(),
    stale: boolean(),
    last_run_status: text(),
    last_run_at: instant('last_run_at'),
    consecutive_failures: integer().notNull(),
    held_removals: integer().notNull(),
    sync_interval: interval(),
    unconfigured_since: instant('unconfigured_since'),
  })
  .as(sql`
    select project_id, name as project_name, region, last_complete_at, now() - last_complete_at as freshness,
      unconfigured_since is null and now() - coalesce(last_complete_at, registered_at) > 3 * sync_interval as stale,
      last_run_status, last_run_at, consecutive_failures, held_removals, sync_interval, unconfigured_since
    from cph.projects`);
