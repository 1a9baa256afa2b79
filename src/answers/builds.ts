/** How building goes: failures and times by day, project and version, beside the four weeks before; and what failed. */
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { type BuildFigures, type Trend, trendOf } from './build-trend.ts';
import { type Failures, readFailures } from './failures.ts';
import { instantOf, type Moment, PARAMETERS } from './parameters.ts';
import { projectFilter } from './project.ts';

const { project, since, until } = PARAMETERS;
export const BUILDS_PARAMETERS = z.strictObject({ project, since, until });

/** `project` is an id or a name; without `since` it is the last 28 days. */
interface BuildsAsked {
  readonly project?: string | undefined;
  readonly since?: Moment | undefined;
  readonly until?: Moment | undefined;
}

/** A UTC day, as `2026-08-01`. */
export interface BuildDay extends BuildFigures {
  readonly day: string;
}

/** Builds that have something in common, beside those of the four weeks before. */
export interface BuildGroup extends BuildFigures {
  readonly before: BuildFigures;
  readonly trend: Trend;
}

/** Failures are those of `all`, and those that had failed when they were first seen: nobody saw them being built. */
export interface Builds extends Failures {
  readonly since: Date;
  readonly until: Date;
  readonly all: BuildGroup;
  /** In order; a day on which no build ended has no row. */
  readonly days: readonly BuildDay[];
  /** Most failures first. */
  readonly projects: readonly (BuildGroup & {
    readonly project_id: string;
    readonly project_name: string | null;
  })[];
  readonly versions: readonly (BuildGroup & { readonly image_version: string | null })[];
}

const DAY_MS = 86_400_000;
const DEFAULT_MS = 28 * DAY_MS;
const BEFORE_MS = 28 * DAY_MS;
/** Groups that an answer holds at most. */
const MOST_GROUPS = 200;

interface Counted extends BuildFigures, Record<string, unknown> {
  readonly of: 'all' | 'day' | 'project' | 'version';
  readonly before: boolean;
  readonly day: string | null;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly image_version: string | null;
}

/**
 * Figures of all builds that ended within the time. The version of a build is the one that its image has now,
 * or had last.
 *
 * @throws QueryFault for a project that is not known
 */
export async function readBuilds(db: Database, asked: BuildsAsked, now: Date): Promise<Builds> {
  const project_ids = await projectFilter(db, asked.project);
  const since = instantOf(asked.since ?? DEFAULT_MS, now);
  const until = instantOf(asked.until ?? 0, now);
  const within = { project_ids, since, until };
  const [parts, failures] = await Promise.all([
    Promise.all(statementsOf(within).map((statement) => db.execute<Counted>(statement))),
    readFailures(db, within),
  ]);
  const rows = parts.flatMap((part) => part.rows);
  const of = (kind: Counted['of']) => rows.filter((row) => row.of === kind);
  const days = of('day').filter((row) => !row.before);
  return {
    since,
    until,
    all: groupOf(of('all')),
    ...failures,
    days: days.map((row) => ({ day: row.day ?? '', ...figuresOf(row) })),
    projects: groups(of('project'), ({ project_id }) => project_id).map(
      ([{ project_id, project_name }, group]) => ({
        project_id: project_id ?? '',
        project_name,
        ...group,
      }),
    ),
    versions: groups(of('version'), (row) => row.image_version).map(([{ image_version }, group]) => ({
      image_version,
      ...group,
    })),
  };
}

const NONE: BuildFigures = { finished: 0, failed: 0, failed_percent: null, p50: null, p95: null };

function figuresOf(row: BuildFigures | undefined): BuildFigures {
  const { finished, failed, failed_percent, p50, p95 } = row ?? NONE;
  return { finished, failed, failed_percent, p50, p95 };
}

function groupOf(rows: readonly (Counted | undefined)[]): BuildGroup {
  const now = figuresOf(rows.find((row) => row?.before === false));
  const before = figuresOf(rows.find((row) => row?.before));
  return { ...now, before, trend: trendOf(now, before) };
}

/** One group for each key that has builds now, those with most failures first. */
function groups(rows: readonly Counted[], keyOf: (row: Counted) => string | null): [Counted, BuildGroup][] {
  const before = new Map(rows.filter((row) => row.before).map((row) => [keyOf(row), row]));
  return rows
    .filter((row) => !row.before)
    .map((row): [Counted, BuildGroup] => [row, groupOf([row, before.get(keyOf(row))])])
    .sort(([, a], [, b]) => b.failed - a.failed || b.finished - a.finished)
    .slice(0, MOST_GROUPS);
}

const FIGURES = sql.raw(`
  count(*) filter (where to_status = 'usable')::int as finished,
  count(*) filter (where to_status = 'failed')::int as failed,
  round(100.0 * count(*) filter (where to_status = 'failed') / count(*), 1)::float8 as failed_percent,
  percentile_cont(0.5) within group (order by took) filter (where to_status = 'usable') as p50,
  percentile_cont(0.95) within group (order by took) filter (where to_status = 'usable') as p95`);

interface Within {
  readonly project_ids: readonly string[] | null;
  readonly since: Date;
  readonly until: Date;
}

/**
 * The percentiles of a whole do not follow from those of its parts, so builds are sorted for each kind of group.
 * Versions alone need the images; what the others need is all in the index of builds. Both are asked at once.
 */
function statementsOf({ project_ids, since, until }: Within): SQL[] {
  const from = new Date(since.getTime() - BEFORE_MS);
  const of = project_ids ? sql`t.project_id = any(${sql.param(project_ids)}::text[])` : sql`true`;
  const ended = sql`
    from cph.image_status_transitions t
    left join cph.images i using (project_id, image_id)
    where t.from_status = 'creating' and t.to_status in ('usable', 'failed')
      and t.observed_at > ${from.toISOString()}::timestamptz and t.observed_at <= ${until.toISOString()}::timestamptz and ${of}`;
  // Numbers are sorted in half the time that intervals take.
  const columns = sql`t.to_status, date_part('epoch', t.time_in_status) as took, t.observed_at <= ${since.toISOString()}::timestamptz as before`;
  return [
    sql`
      select b.*, p.name as project_name, null as image_version
      from (
        select case grouping(day, project_id) when 1 then 'day' when 2 then 'project' else 'all' end as of,
          before, day::text, project_id, ${FIGURES}
        from (select ${columns}, t.project_id, (t.observed_at at time zone 'UTC')::date as day ${ended}) ended
        group by grouping sets ((before), (before, day), (before, project_id))
      ) b
      left join cph.projects p using (project_id)
      order by b.day nulls first, b.project_id`,
    sql`
      select 'version' as of, before, null as day, null as project_id, null as project_name, image_version, ${FIGURES}
      from (select ${columns}, i.image_version ${ended}) ended
      group by before, image_version
      order by image_version`,
  ];
}
