/** The ticks of a daemon: when its schedules last said that a look is due. */
import type { ScheduledTask } from 'node-cron';
import type { Ticks } from '../store/leases.ts';
import type { Log } from './log.ts';
import { type Schedules, startTask } from './schedule.ts';

/** A clock that is set back by less delays a tick by less. */
const SET_BACK_MS = 60_000;

interface TicksOptions {
  readonly now: () => Date;
  /**
   * Told that a tick has come. A tick only says that a look is due. However many come during a look, one look
   * follows it.
   */
  readonly onTick: () => void;
  /** For what the scheduler itself has to say. */
  readonly log: Log;
}

export interface RunningTicks {
  /** The last ticks. The start is a tick for a sweep: nobody waits for the first one of the schedule. */
  readonly last: () => Ticks;
  /** No tick comes any more. */
  readonly stop: () => Promise<void>;
}

interface LastTicks {
  sweep: Date;
  watch: Date | null;
}

/**
 * Starts the schedules. They begin anew, with a tick at once, when `last` finds that the clock was set back.
 */
export function startTicks(schedules: Schedules, options: TicksOptions): RunningTicks {
  const { now } = options;
  let seen = now();
  const ticks: LastTicks = { sweep: seen, watch: null };
  let tasks = schedule(schedules, ticks, options);
  /**
   * The old tasks would be silent until the time they know comes again, and the last ticks would still lie
   * ahead.
   */
  const beginAnew = (time: Date) => {
    for (const task of tasks) void task.destroy();
    ticks.sweep = time;
    if (ticks.watch) ticks.watch = time;
    tasks = schedule(schedules, ticks, options);
  };
  return {
    last: () => {
      const time = now();
      if (time.getTime() < seen.getTime() - SET_BACK_MS) beginAnew(time);
      seen = time;
      return { ...ticks };
    },
    stop: async () => {
      for (const task of tasks) await task.destroy();
    },
  };
}

function schedule(
  { sync, watch, timezone }: Schedules,
  ticks: LastTicks,
  { onTick, log }: TicksOptions,
): ScheduledTask[] {
  const task = (name: 'sweep' | 'watch', expression: string) => {
    const tick = (date: Date) => {
      ticks[name] = date;
      onTick();
    };
    return startTask(expression, tick, { name, timezone, logger: schedulerLogger(log) });
  };
  return [task('sweep', sync), ...(watch === null ? [] : [task('watch', watch)])];
}

function schedulerLogger(log: Log) {
  return {
    info: (text: string) => log.debug(text),
    warn: (text: string) => log.warn(text),
    error: (text: string | Error) => log.error(text),
    debug: (text: string | Error) => log.trace(text),
  };
}
