/** The daemon: looks at every project on schedule until it is stopped. */
import type { ScheduledTask } from 'node-cron';
import type { Database } from '../store/database.ts';
import type { SyncProject } from '../sync/project.ts';
import type { RunReport } from '../sync/run.ts';
import type { Log } from './log.ts';
import { type LookLoop, startLookLoop } from './look-loop.ts';
import { CONCURRENT_LOOKS } from './places.ts';
import { logDatabase, logRun, logShift } from './run-log.ts';
import { intervalsOf, type Schedules, startTask } from './schedule.ts';

/** A clock that is set back by less delays a tick by less. */
const SET_BACK_MS = 60_000;

export interface DaemonOptions {
  readonly db: Database;
  readonly projects: readonly SyncProject[];
  readonly schedules: Schedules;
  /** Our name among the replicas; no two that run may share one. */
  readonly replica: string;
  readonly log: Log;
  readonly now: () => Date;
  /** Told of every run that ended, after it was logged. */
  readonly onRun: (report: RunReport) => void;
}

export interface Daemon {
  /**
   * Starts no further look and waits for those under way; those that take longer than `graceMs` are stopped, and what
   * they have not committed is rolled back. Resolves when nothing runs any more. Calling it again changes nothing.
   */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts the schedules, and the first sweep of every project at once: nobody waits for the first tick. */
export function startDaemon(options: DaemonOptions): Daemon {
  const { db, schedules, replica, log, now, onRun } = options;
  const projects = new Map(options.projects.map((project) => [project.project_id, project]));
  const ticks: { sweep: Date; watch: Date | null } = { sweep: now(), watch: null };
  let seen = now();
  /** The schedules would be silent until the time they know comes again, and the last ticks be still to come. */
  const setBack = (time: Date) => {
    for (const task of tasks) void task.destroy();
    ticks.sweep = time;
    if (ticks.watch) ticks.watch = time;
    tasks = scheduleTicks(schedules, { ticks, loop, log });
  };
  const { shortest } = intervalsOf(schedules.sync, schedules.timezone);
  const loop = startLookLoop({
    db,
    replica,
    now,
    projects,
    ticks: () => {
      const time = now();
      if (time.getTime() < seen.getTime() - SET_BACK_MS) setBack(time);
      seen = time;
      return { ...ticks };
    },
    spreadMs: spreadOf(projects.size, shortest),
    onRun: (report) => {
      logRun(log, report);
      onRun(report);
    },
    onTrouble: (error) => logDatabase(log, error),
    onShift: (shiftMs) => logShift(log, shiftMs),
  });
  let tasks = scheduleTicks(schedules, { ticks, loop, log });
  let stopped: Promise<void> | undefined;
  return {
    stop: (graceMs) => {
      stopped ??= stopAll(tasks, loop, graceMs);
      return stopped;
    },
  };
}

/**
 * Hundreds of projects at once would be a burst on API and database; a few are not worth the wait. Well within the
 * shortest interval, or a project late in the spread would find the next tick there before its turn.
 */
function spreadOf(projects: number, intervalMs: number): number {
  return projects <= CONCURRENT_LOOKS ? 0 : Math.min(30_000, intervalMs / 10);
}

interface Ticking {
  readonly ticks: { sweep: Date; watch: Date | null };
  readonly loop: LookLoop;
  readonly log: Log;
}

/** A tick only says that a look is due; ticks that come during a look are one look afterwards, however many. */
function scheduleTicks(schedules: Schedules, { ticks, loop, log }: Ticking): ScheduledTask[] {
  const task = (name: 'sweep' | 'watch', expression: string) => {
    const tick = (date: Date) => {
      ticks[name] = date;
      loop.wake();
    };
    return startTask(expression, tick, { name, timezone: schedules.timezone, logger: cronLogger(log) });
  };
  const tasks = [task('sweep', schedules.sync)];
  if (schedules.watch) tasks.push(task('watch', schedules.watch));
  return tasks;
}

function cronLogger(log: Log) {
  return {
    info: (text: string) => log.debug(text),
    warn: (text: string) => log.warn(text),
    error: (text: string | Error) => log.error(text),
    debug: (text: string | Error) => log.trace(text),
  };
}

async function stopAll(tasks: readonly ScheduledTask[], loop: LookLoop, graceMs: number): Promise<void> {
  // The loop first: it is what would begin the schedules anew.
  const stopped = loop.stop(graceMs);
  for (const task of tasks) await task.destroy();
  await stopped;
}
