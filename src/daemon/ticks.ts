/** The ticks of a daemon: when its schedules last said that a look is due. */
import type { Ticks } from '../store/due.ts';
import { type ScheduledTask, type Schedules, startTask, tickAfter } from './schedule.ts';

/** A clock that is set back by less delays a tick by less. */
const SET_BACK_MS = 60_000;

interface TicksOptions {
  readonly now: () => Date;
  /**
   * Told that a tick has come. A tick only says that a look is due. However many come during a look, one look
   * follows it.
   */
  readonly onTick: () => void;
}

export interface RunningTicks {
  /** The last ticks. The start is a tick for a sweep: nobody waits for the first one of the schedule. */
  readonly last: () => Ticks;
  /** Those that follow the last ones, whether they have come meanwhile or not. */
  readonly next: () => Ticks;
  /** No tick comes any more. */
  readonly stop: () => void;
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
    for (const task of tasks) task.destroy();
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
    next: () => ({
      sweep: tickAfter(schedules.sync, schedules.timezone, ticks.sweep),
      watch:
        schedules.watch === null
          ? null
          : tickAfter(schedules.watch, schedules.timezone, ticks.watch ?? ticks.sweep),
    }),
    stop: () => {
      for (const task of tasks) task.destroy();
    },
  };
}

function schedule(
  { sync, watch, timezone }: Schedules,
  ticks: LastTicks,
  { onTick, now }: TicksOptions,
): ScheduledTask[] {
  const task = (name: 'sweep' | 'watch', expression: string) => {
    const tick = (date: Date) => {
      ticks[name] = date;
      onTick();
    };
    return startTask(expression, tick, { timezone, now });
  };
  return [task('sweep', sync), ...(watch === null ? [] : [task('watch', watch)])];
}
