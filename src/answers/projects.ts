/** How far each project can be relied on, what it holds, and how its last looks went. */
import { sql } from 'drizzle-orm';
import { QueryFault } from '../queries/run.ts';
import type { Database } from '../store/database.ts';
import type { RunStatus } from '../store/schema.ts';
import { type Health, healthOf, worstFirst } from './health.ts';
import { projectFilter } from './project.ts';
import { type RunItem, readRuns } from './runs.ts';

/** One cell of the strip: a run that has begun. */
export interface RunCell {
  readonly run_id: number;
  readonly status: 'running' | RunStatus;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly looks: number;
}

export interface ProjectItem {
  readonly project_id: string;
  readonly project_name: string | null;
  readonly region: string;
  readonly health: Health;
  /** When the project was last proven complete, and seconds since; null when it never was. */
  readonly last_complete_at: Date | null;
  readonly freshness: number | null;
  readonly last_run_status: string | null;
  readonly last_run_at: Date | null;
  readonly last_error: string | null;
  readonly consecutive_failures: number;
  readonly held_removals: number;
  /** Seconds between two sweeps at most; null until a daemon has taken the project on. */
  readonly sync_interval: number | null;
  readonly unconfigured_since: Date | null;
  /** Images that there are, by status; those without one are `unlisted`. */
  readonly images: Readonly<Record<string, number>>;
  readonly bytes: number;
  /** The last sweeps, newest last. */
  readonly strip: readonly RunCell[];
}

const STRIP = 40;

/**
 * Configured projects and those that once were, worst health first, then by name.
 *
 * @throws QueryFault for a project that is not known
 */
export async function readProjects(
  db: Database,
  { project }: { readonly project?: string | undefined } = {},
): Promise<ProjectItem[]> {
  const ids = await projectFilter(db, project);
  const [rows, counts, cells] = await Promise.all([freshness(db, ids), holdings(db, ids), strips(db, ids)]);
  const items = rows.map(({ stale, ...row }) => ({
    ...row,
    health: healthOf({ ...row, stale }),
    images: Object.fromEntries(
      counts.filter((one) => one.project_id === row.project_id).map(({ status, images }) => [status, images]),
    ),
    bytes: counts.reduce((sum, one) => (one.project_id === row.project_id ? sum + one.bytes : sum), 0),
    strip: cells.get(row.project_id) ?? [],
  }));
  return items.sort(
    (a, b) =>
      Number(a.unconfigured_since !== null) - Number(b.unconfigured_since !== null) ||
      worstFirst(a.health, b.health) ||
      nameOf(a).localeCompare(nameOf(b), 'en'),
  );
}

const nameOf = ({ project_name, project_id }: ProjectItem) => project_name ?? project_id;

const within = (ids: readonly string[] | null) =>
  ids ? sql`p.project_id = any(${sql.param(ids)}::text[])` : sql`true`;

type Freshness = Omit<ProjectItem, 'health' | 'images' | 'bytes' | 'strip'> & {
  readonly stale: boolean | null;
};

async function freshness(db: Database, ids: readonly string[] | null): Promise<Freshness[]> {
  const { rows } = await db.execute<Freshness & Record<string, unknown>>(sql`
    select p.project_id, p.project_name, p.region, p.last_complete_at, extract(epoch from p.freshness)::float8 as freshness,
      p.stale, p.last_run_status, p.last_run_at, failed.error_message as last_error, p.consecutive_failures,
      p.held_removals, extract(epoch from p.sync_interval)::float8 as sync_interval, p.unconfigured_since
    from cph.project_freshness p
    left join lateral (
      select error_message
      from cph.sync_runs
      where project_id = p.project_id and kind = 'sweep' and status = 'failed' and p.consecutive_failures > 0
      order by id desc
      limit 1
    ) failed on true
    where ${within(ids)}`);
  return rows;
}

type Holding = {
  readonly project_id: string;
  readonly status: string;
  readonly images: number;
  readonly bytes: number;
};

async function holdings(db: Database, ids: readonly string[] | null): Promise<Holding[]> {
  const { rows } = await db.execute<Holding>(sql`
    select project_id, coalesce(status, 'unlisted') as status, count(*)::int as images,
      coalesce(sum(image_size), 0)::bigint as bytes
    from cph.images p
    where removed_at is null and ${within(ids)}
    group by 1, 2`);
  return rows;
}

/** The last sweeps of each project, by the index of runs. */
async function strips(db: Database, ids: readonly string[] | null): Promise<Map<string, RunCell[]>> {
  const { rows } = await db.execute<RunCell & { readonly project_id: string } & Record<string, unknown>>(sql`
    select p.project_id, r.*
    from cph.projects p
    cross join lateral (
      select id as run_id, status, started_at, finished_at, looks
      from cph.sync_runs
      where project_id = p.project_id and kind between 'sweep' and 'sweep'
      order by kind desc, id desc
      limit ${STRIP}
    ) r
    where ${within(ids)}
    order by r.run_id`);
  const strips = new Map<string, RunCell[]>();
  for (const { project_id, ...cell } of rows)
    strips.set(project_id, [...(strips.get(project_id) ?? []), cell]);
  return strips;
}

/** One project with its last runs; null for one that was never known. */
export interface ProjectAnswer extends ProjectItem {
  readonly runs: readonly RunItem[];
}

/** The project with this id, or the first of this name, with its last runs of both kinds. */
export async function readProjectAnswer(db: Database, project: string): Promise<ProjectAnswer | null> {
  const [found] = await readProjects(db, { project }).catch((error: unknown) => {
    if (error instanceof QueryFault) return [];
    throw error;
  });
  if (!found) return null;
  const { items } = await readRuns(db, { project: found.project_id });
  return { ...found, runs: items };
}
