import { createTask, type ScheduledTask, type TaskOptions } from 'node-cron';

/** When to look: cron expressions of five or six fields, both in one time zone. */
export interface Schedules {
  readonly sync: string;
  /** Null where nothing is watched between sweeps. */
  readonly watch: string | null;
  readonly timezone: string;
}

/**
 * Starts a task that runs on schedule. When ticks went by while the process was busy or slept, the last one
 * is made up for, however late. Otherwise a daily schedule that was a second late would lose its day.
 */
export function startTask(
  expression: string,
  work: (tick: Date) => Promise<void> | void,
  options: TaskOptions = {},
): ScheduledTask {
  const task = createTask(expression, ({ date }) => work(date), {
    noOverlap: true,
    missedExecutionTolerance: Number.MAX_SAFE_INTEGER,
    // Those before the last one, which stands for them.
    suppressMissedWarning: true,
    ...options,
  });
  void task.start();
  return task;
}

/** Enough to meet the longest pause of a schedule that has office hours and weekends. */
const RUNS_AHEAD = 200;
const A_DAY = 24 * 3600_000;

/**
 * The shortest and the longest time, in milliseconds, between two runs of a schedule that lie ahead. Until
 * the longest has passed, silence is as it should be. Both are a day for a schedule that never runs twice.
 */
export function intervalsOf(expression: string, timezone: string): { shortest: number; longest: number } {
  const task = createTask(expression, () => undefined, { timezone });
  const runs = task.getNextRuns(RUNS_AHEAD);
  void task.destroy();
  const gaps = runs.slice(1).map((run, i) => run.getTime() - (runs[i]?.getTime() ?? 0));
  if (gaps.length === 0) return { shortest: A_DAY, longest: A_DAY };
  return { shortest: Math.min(...gaps), longest: Math.max(...gaps) };
}
