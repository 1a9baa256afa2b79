import { readCron } from '../waiting/cron.ts';
import { intervalsOf as intervals, lastTick, nextTick } from '../waiting/next-tick.ts';

/** When to look: cron expressions of five or six fields, both in one time zone. */
export interface Schedules {
  readonly sync: string;
  /** Null where nothing is watched between sweeps. */
  readonly watch: string | null;
  readonly timezone: string;
}

interface TaskOptions {
  /** By its IANA name; UTC by default. */
  readonly timezone?: string;
  readonly now?: () => Date;
}

/** A task that runs on schedule. */
export interface ScheduledTask {
  /** It does not run again; a run under way goes on. */
  readonly destroy: () => void;
}

/** How late a task can be when the clock was set forward meanwhile. */
const LONGEST_SLEEP_MS = 60_000;

/**
 * Starts a task that runs on schedule. Of the ticks that went by while the process was busy or slept, the
 * last one is made up for, however late: a daily schedule that was a second late would else lose its day.
 * Runs do not overlap: ticks that come during a run are one run after it. `work` must not fail.
 */
export function startTask(
  expression: string,
  work: (tick: Date) => Promise<void> | void,
  { timezone = 'UTC', now = () => new Date() }: TaskOptions = {},
): ScheduledTask {
  const schedule = { cron: readCron(expression), timezone };
  let after = now();
  let timer: NodeJS.Timeout | undefined;
  let destroyed = false;
  const sleep = () => {
    const wait = nextTick(schedule, after).getTime() - now().getTime();
    timer = setTimeout(beat, Math.min(Math.max(wait, 0), LONGEST_SLEEP_MS));
  };
  const beat = async () => {
    const tick = lastTick(schedule, { after, until: now() });
    if (tick) {
      after = tick;
      await work(tick);
    }
    if (!destroyed) sleep();
  };
  sleep();
  return {
    destroy: () => {
      destroyed = true;
      clearTimeout(timer);
    },
  };
}

/** The first tick of a schedule after an instant. */
export function tickAfter(expression: string, timezone: string, after: Date): Date {
  return nextTick({ cron: readCron(expression), timezone }, after);
}

/**
 * The shortest and the longest time, in milliseconds, between two runs of a schedule. Until the longest has
 * passed, silence is as it should be.
 */
export function intervalsOf(expression: string): { shortest: number; longest: number } {
  return intervals(readCron(expression));
}
