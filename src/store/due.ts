/** Which projects are due: what the schedules said last is after what was served last. */
import { type SQL, sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';

/** The last moments at which the schedules said: look. */
export interface Ticks {
  readonly sweep: Date;
  /** Null where nothing is watched. */
  readonly watch: Date | null;
}

export interface Due {
  /** The projects this replica is configured for. */
  readonly project_ids: readonly string[];
  readonly ticks: Ticks;
  /**
   * Looks of one tick are spread over this long, each project at its own moment, so that they do not all come
   * at once.
   */
  readonly spread_ms: number;
  readonly now: Date;
}

/** One failure may have been about a moment. Such a project need not queue up behind those that are down. */
export const OFTEN_FAILED = 3;

export const LONGEST_WAITING = sql`sweep_tick nulls first, watch_tick nulls first, project_id`;

/**
 * Every project has its own place in the spread, the same each time, so that sweeps of one project stay evenly
 * apart.
 */
const PLACE = sql`(hashtext(p.project_id) & 1023)`;

export function isFree(): SQL {
  return sql`(leased_until is null or leased_until < clock_timestamp())`;
}

export function isDue(options: Due): SQL {
  return sql`(project_id = any(${sql.param(options.project_ids)}::text[])
    and (${sweepIsDue(options)} or ${watchIsDue(options)} or unconfigured_since is not null))`;
}

export function sweepIsDue({ ticks, spread_ms, now }: Due) {
  const since = Math.max(0, now.getTime() - ticks.sweep.getTime());
  return sql`(coalesce(sweep_tick < ${ticks.sweep.toISOString()}::timestamptz or ${isAhead('sweep_tick')}, true)
    and ${PLACE} * ${spread_ms / 1024}::float8 <= ${since}::float8)`;
}

function watchIsDue({ ticks }: Due) {
  if (!ticks.watch) return sql`false`;
  return sql`coalesce(watch_tick < ${ticks.watch.toISOString()}::timestamptz or ${isAhead('watch_tick')}, true)`;
}

/**
 * A tick that is still to come by Postgres' clock was written when some clock was wrong, and says nothing.
 * Believing it, nobody would look until then. The limit is farther ahead than a tick of ours can be (see
 * `createClockShift`), or we would look without end.
 */
function isAhead(tick: 'sweep_tick' | 'watch_tick'): SQL {
  return sql`${sql.raw(tick)} > clock_timestamp() + interval '3 minutes'`;
}

/** The later one of two ticks, the one in the table being worth nothing when it is ahead. */
export function laterTick(tick: 'sweep_tick' | 'watch_tick', served: SQL): SQL {
  return sql`greatest(case when not ${isAhead(tick)} then ${sql.raw(tick)} end, ${served})`;
}

/** The last ticks and the next ones, and over how many milliseconds the sweeps of one tick are spread. */
export interface Schedule {
  readonly ticks: Ticks;
  readonly next: Ticks;
  readonly spread_ms: number;
}

/** When a project is due next that was `swept` for this tick and has been served else. Null without a schedule. */
export function dueAfter(schedule: Schedule | null, swept: SQL): SQL {
  if (!schedule) return sql`null::timestamptz`;
  const { ticks, next, spread_ms } = schedule;
  const time = (date: Date | null) => sql`${date?.toISOString() ?? null}::timestamptz`;
  // A watch may come before the project's place in the spread of the last sweep tick.
  return sql`least(
    case when ${swept} >= ${time(ticks.sweep)} then ${time(next.sweep)} else ${time(ticks.sweep)} end
      + ${PLACE} * ${spread_ms / 1024}::float8 * interval '1 millisecond',
    ${time(next.watch)})`;
}

/** As many as a claim may take several times over, of those that fail and of the others. */
const WINDOW = 64;

/**
 * Projects that may be due at `now`, by what was noted when they were given back: some that fail and some that
 * do not, whoever they belong to but `strangers`. A claim among 30,000 projects would go over all of them to
 * find that none is due; this asks an index.
 */
export async function readDue(
  db: Database,
  { now, strangers }: { readonly now: Date; readonly strangers: readonly string[] },
): Promise<string[]> {
  const time = sql`${now.toISOString()}::timestamptz`;
  const due = (condition: SQL) => sql`(
    select project_id from cph.projects
    where ${condition} and project_id <> all(${sql.param(strangers)}::text[])
    order by due_at
    limit ${WINDOW}
  )`;
  const { rows } = await promptly(db).execute<{ project_id: string }>(sql`
    ${due(sql`due_at <= ${time} and consecutive_failures = 0`)}
    union all ${due(sql`due_at <= ${time} and consecutive_failures > 0`)}
    union all ${due(sql`due_at is null and consecutive_failures = 0`)}
    union all ${due(sql`due_at is null and consecutive_failures > 0`)}`);
  return rows.map(({ project_id }) => project_id);
}
