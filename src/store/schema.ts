/**
 * The tables of schema `cph`: the public face of the inventory. Migrations are generated from here. Every
 * CHECK repeats a rule of the code: a mistake there is an error here and not a wrong row.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  interval,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
} from 'drizzle-orm/pg-core';
import {
  type Extra,
  IMAGE_STATUSES,
  IMAGE_TYPES,
  type ImageType,
  SOURCES,
  type Source,
} from '../inventory/image.ts';
import { fieldColumns } from './columns.ts';

export const cph = pgSchema('cph');

/** A point in time to the millisecond. Both clocks that write here, ours and JavaScript's, are as precise. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const count = (name: string) => integer(name).notNull().default(0);
/** A CHECK that a column holds one of these words. */
export const oneOf = (column: string, values: readonly string[]) =>
  sql.raw(`${column} in (${values.map((value) => `'${value}'`).join(', ')})`);
const SOURCE_LIST = sql.raw(`array[${SOURCES.map((source) => `'${source}'`).join(', ')}]`);

/** How a run can end. */
export const RUN_STATUSES = ['succeeded', 'partial', 'held', 'failed', 'abandoned'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Every listing of every source, or the images being created. */
export const RUN_KINDS = ['sweep', 'watch'] as const;
export type RunKind = (typeof RUN_KINDS)[number];

export const projects = cph.table(
  'projects',
  {
    project_id: text().primaryKey(),
    region: text().notNull(),
    name: text(),
    registered_at: instant('registered_at').notNull().defaultNow(),
    /** How far apart sweeps are at most, by the schedule. Null until a daemon has taken the project on. */
    sync_interval: interval(),
    /** Creating for longer than this is an alert. */
    stuck_after: interval(),
    last_complete_at: instant('last_complete_at'),
    last_run_status: text().$type<RunStatus>(),
    last_run_at: instant('last_run_at'),
    consecutive_failures: count('consecutive_failures'),
    /** Missing images whose removal waits for a person. 0 unless the last complete sweep was held. */
    held_removals: count('held_removals'),
    /** The run that was applied last. An apply with a lower run id belongs to an older look, and loses. */
    last_applied_run_id: bigint({ mode: 'number' }).notNull().default(0),
    /** Digest of the last complete snapshot while the rows still say exactly what it said, else null. */
    snapshot_digest: text(),
    /**
     * When the last complete sweep and the last watch began: what they did not contradict held until then.
     */
    last_complete_look_at: instant('last_complete_look_at'),
    last_watch_look_at: instant('last_watch_look_at'),
    /**
     * The replica that looks, and until when unless it renews. Below, the last ticks that were looked for.
     */
    leased_by: text(),
    leased_until: instant('leased_until'),
    sweep_tick: instant('sweep_tick'),
    watch_tick: instant('watch_tick'),
    /**
     * The look under way. It has no row in `cph.sync_runs` before it takes long or finds something: see
     * `runs.ts`.
     */
    looking_run_id: bigint({ mode: 'number' }),
    looking_kind: text().$type<RunKind>(),
    looking_since: instant('looking_since'),
    /**
     * Not due before this, unless a clock or a schedule changed. Null where nobody keeps it: with few projects
     * a claim goes over all of them.
     */
    due_at: instant('due_at'),
    /**
     * What the configuration asks for; null until it was noted. An image that no listing is asked for is no
     * alert.
     */
    image_types: text().array(),
    sources: text().array().$type<Source[]>(),
    /**
     * What the last sweep left out: records without a usable id, and fields of others that could not be read.
     */
    rejected_records: count('rejected_records'),
    unreadable_fields: count('unreadable_fields'),
    /** Fields that the last sweep saw change on nearly all images. */
    restless_fields: text().array().notNull().default([]),
    /**
     * Since when the configuration no longer names the project. It is not looked at then, and its rows stay.
     */
    unconfigured_since: instant('unconfigured_since'),
  },
  (t) => [
    check('projects_last_run_status', oneOf('last_run_status', RUN_STATUSES)),
    check('projects_counts', sql`consecutive_failures >= 0 and held_removals >= 0`),
    check('projects_looking_kind', oneOf('looking_kind', RUN_KINDS)),
    check('projects_looking', sql`num_nulls(looking_run_id, looking_kind, looking_since) in (0, 3)`),
    // Every look writes this row, and an index on a column that changes makes Postgres write all of them: this
    // one changes only where there are many projects. The fillfactor of 50 is in the migration.
    index('projects_due').on(t.due_at),
  ],
);

export const images = cph.table(
  'images',
  {
    project_id: text()
      .notNull()
      .references(() => projects.project_id),
    image_id: text().notNull(),
    ...fieldColumns(),
    listed_in: text().array().$type<Source[]>().notNull(),
    extra: jsonb().$type<Extra>().notNull().default({}),
    first_seen_at: instant('first_seen_at').notNull(),
    changed_at: instant('changed_at').notNull(),
    missing_since: instant('missing_since'),
    removed_at: instant('removed_at'),
    /** When the present status was first seen. */
    status_since: instant('status_since'),
    /** The status was there before the first complete sweep was over: nobody could have been alerted. */
    status_baseline: boolean().notNull().default(false),
    missing_from: text().array().$type<Source[]>().notNull().default([]),
    removal_approved: boolean().notNull().default(false),
    /** When the look began that last wrote this row, or that lost sight of the image after seeing it. */
    seen_at: instant('seen_at').notNull(),
    /**
     * The last complete sweep did not show the status of this image, missing or unreadable, and should have.
     */
    out_of_sight: boolean().notNull().default(false),
    /** The type of the images listing that showed it last. Null where only phone-images lists it. */
    listed_under: text().$type<ImageType>(),
    /**
     * Of the records that this row was last compared with, where the same ones mean that nothing is to be done;
     * else null.
     */
    digest: text(),
  },
  (t) => [
    primaryKey({ columns: [t.project_id, t.image_id] }),
    check('images_status', oneOf('status', IMAGE_STATUSES)),
    check(
      'images_status_code',
      // Null-safe: a CHECK whose comparison comes to null counts as kept.
      sql`status is not distinct from case when status_code is null then null
        when status_code = 0 then 'creating' when status_code = 1 then 'usable' when status_code = 2 then 'failed' else 'unknown' end`,
    ),
    check('images_status_since', sql`status is null or status_since is not null`),
    check('images_size', sql`image_size >= 0`),
    check('images_listed_in', sql`cardinality(listed_in) > 0 and listed_in <@ ${SOURCE_LIST}`),
    check('images_missing_from', sql`missing_from <@ listed_in`),
    check('images_missing', sql`(missing_since is not null) = (missing_from @> listed_in)`),
    check('images_removed', sql`removed_at is null or missing_since is not null`),
    check('images_removal_approved', sql`not removal_approved or cardinality(missing_from) > 0`),
    check('images_listed_under', oneOf('listed_under', IMAGE_TYPES)),
    check('images_extra', sql`jsonb_typeof(extra) = 'object'`),
    index('images_failed').on(t.project_id).where(sql`status = 'failed' and removed_at is null`),
    index('images_creating').on(t.project_id).where(sql`status = 'creating' and removed_at is null`),
    // The order in which images are listed: the first page of 100,000 comes from its beginning.
    index('images_by_name')
      .on(sql`left(coalesce(image_name, ''), 200)`, t.project_id, t.image_id)
      .where(sql`removed_at is null`),
    index('images_missing_since')
      .on(t.project_id)
      .where(sql`missing_since is not null and removed_at is null`),
  ],
);

export const syncRuns = cph.table(
  'sync_runs',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    project_id: text()
      .notNull()
      .references(() => projects.project_id),
    kind: text().notNull().$type<RunKind>(),
    status: text().$type<'running' | RunStatus>().notNull(),
    started_at: instant('started_at').notNull(),
    finished_at: instant('finished_at'),
    requests: count('requests'),
    listed: count('listed'),
    created: count('created'),
    updated: count('updated'),
    status_changed: count('status_changed'),
    removed: count('removed'),
    restored: count('restored'),
    rejected: count('rejected'),
    /** Fields of other records that could not be read: what was known of them stays. */
    unreadable_fields: count('unreadable_fields'),
    /** Listings that miss too many images to believe it, such as images/private. */
    held_listings: text().array().notNull().default([]),
    /** How many looks share this row: consecutive ones of a kind that found nothing new. */
    looks: integer().notNull().default(1),
    error_code: text(),
    error_message: text(),
    request_ids: text().array().notNull().default([]),
    /** What came of each listing: source, image_type, proof, drift, and the error where there was one. */
    listings: jsonb().notNull().default([]),
    /** Why records were left out, or read without a field: source, image_id and reason of the first ones. */
    rejections: jsonb().notNull().default([]),
    /** The longest time that passed between two looks that share this row. */
    longest_pause: interval(),
  },
  (t) => [
    check('sync_runs_kind', oneOf('kind', RUN_KINDS)),
    check('sync_runs_status', oneOf('status', ['running', ...RUN_STATUSES])),
    check('sync_runs_finished', sql`(status = 'running') = (finished_at is null)`),
    check('sync_runs_error', sql`status <> 'failed' or error_message is not null`),
    // Looks that find nothing new change the times and counts of one row, which no index may name: then
    // Postgres writes the row alone, on its own page (HOT; the fillfactor of 80 is in the migration). The
    // indexes are ascending: desc() of drizzle-kit puts nulls last; `order by id desc` means nulls first
    // and cannot use that.
    index('sync_runs_of_kind').on(t.project_id, t.kind, t.id),
    index('sync_runs_failed').on(t.project_id, t.id).where(sql`kind = 'sweep' and status = 'failed'`),
    index('sync_runs_running').on(t.project_id).where(sql`status = 'running'`),
  ],
);
