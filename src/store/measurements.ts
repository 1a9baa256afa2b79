import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { eventsBehind } from './lag.ts';
import { CREDENTIAL_REJECTED, LAST_LOOK } from './last-look.ts';
import { ASKED_FOR } from './views.ts';

/** What is true of a project now, in seconds where it is a time. */
interface ProjectMeasurement {
  readonly project_id: string;
  readonly region: string;
  readonly name: string;
  readonly registered_at: number;
  readonly last_complete_at: number | null;
  readonly sync_interval: number | null;
  readonly consecutive_failures: number;
  readonly held_removals: number;
  readonly credential_rejected: boolean;
  readonly rejected_records: number;
  readonly unreadable_fields: number;
}

export interface ImageMeasurement {
  readonly project_id: string;
  readonly image_id: string;
  readonly image_name: string | null;
  /** Failed since before the project was first read to the end. */
  readonly baseline: boolean;
}

export interface Measurements {
  readonly projects: readonly ProjectMeasurement[];
  readonly images: readonly {
    project_id: string;
    image_type: string;
    status: string;
    images: number;
    bytes: number;
  }[];
  readonly failed: readonly ImageMeasurement[];
  readonly stuck: readonly ImageMeasurement[];
  readonly sinks: readonly { sink: string; lag: number; failures: number; dead_letters: number }[];
}

/**
 * Reads everything that is measured of configured projects and sinks. It comes from the tables, so every
 * replica gives the same answer.
 */
export async function readMeasurements(db: Database): Promise<Measurements> {
  const [projects, images, failed, stuck, sinks] = await Promise.all([
    db.execute<ProjectMeasurement & Record<string, unknown>>(PROJECTS),
    db.execute<Measurements['images'][number]>(IMAGES),
    db.execute<ImageMeasurement & Record<string, unknown>>(FAILED),
    db.execute<ImageMeasurement & Record<string, unknown>>(STUCK),
    db.execute<Measurements['sinks'][number]>(SINKS),
  ]);
  return {
    projects: projects.rows,
    images: images.rows,
    failed: failed.rows,
    stuck: stuck.rows,
    sinks: sinks.rows,
  };
}

const seconds = (column: string) => sql.raw(`extract(epoch from ${column})::float8 as ${column}`);

const PROJECTS = sql`
  select p.project_id, region, coalesce(name, '') as name, ${seconds('registered_at')}, ${seconds('last_complete_at')},
    ${seconds('sync_interval')}, consecutive_failures, held_removals,
    rejected_records, p.unreadable_fields,
    coalesce(${CREDENTIAL_REJECTED}, false) as credential_rejected
  from cph.projects p
  left join ${LAST_LOOK} on true
  where unconfigured_since is null
  order by project_id`;

// A public image that only phone-images lists has neither type nor status of its own. Counted before anything is
// joined, so that Postgres goes over the images with all its processors.
const IMAGES = sql`
  select project_id,
    coalesce(image_type, case is_public when 1 then 'public' else 'none' end) as image_type,
    coalesce(status, 'none') as status,
    sum(counted)::int as images,
    coalesce(sum(sizes), 0)::float8 as bytes
  from (
    select project_id, image_type, is_public, status, count(*) as counted, sum(image_size) as sizes
    from cph.images
    where removed_at is null
    group by 1, 2, 3, 4
  ) counts
  join cph.projects using (project_id)
  where unconfigured_since is null
  group by 1, 2, 3`;

const FAILED = sql`
  select i.project_id, i.image_id, i.image_name, i.status_baseline as baseline
  from cph.images i
  join cph.projects p using (project_id)
  where p.unconfigured_since is null and ${ASKED_FOR} and i.status = 'failed' and i.removed_at is null`;

const STUCK = sql`
  select i.project_id, i.image_id, i.image_name, i.status_baseline as baseline
  from cph.images i
  join cph.projects p using (project_id)
  where p.unconfigured_since is null and ${ASKED_FOR} and i.status = 'creating' and i.removed_at is null and now() - i.status_since > p.stuck_after`;

const SINKS = sql`
  select s.name as sink, s.attempts as failures,
    ${eventsBehind(sql`s.cursor_seq`)} as lag,
    (select count(*)::int from cph.dead_letters d where d.sink = s.name) as dead_letters
  from cph.sinks s
  where s.unconfigured_since is null
  order by s.name`;
