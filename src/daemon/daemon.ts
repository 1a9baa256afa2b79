/** The daemon: looks at every project on schedule until it is stopped. */
import type { Database } from '../store/database.ts';
import type { SyncProject } from '../sync/project.ts';
import type { RunReport } from '../sync/run.ts';
import type { Log } from './log.ts';
import { startLookLoop } from './look-loop.ts';
import { CONCURRENT_LOOKS } from './places.ts';
import { logDatabase, logLeftOpen, logRestless, logRun, logShift } from './run-log.ts';
import { intervalsOf, type Schedules } from './schedule.ts';

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
   * Starts no further look and waits for those under way. Those that take longer than `graceMs` are stopped,
   * and what they have not committed is rolled back. Resolves when nothing runs any more. Calling it again
   * changes nothing.
   */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts the schedules, and the first sweep of every project at once: nobody waits for the first tick. */
export function startDaemon({ log, onRun, ...options }: DaemonOptions): Daemon {
  const { sync } = options.schedules;
  const told = new Set<string>();
  const leftOpen = new Map<string, string>();
  const loop = startLookLoop({
    ...options,
    projects: new Map(options.projects.map((project) => [project.project_id, project])),
    spreadMs: spreadOf(options.projects.length, intervalsOf(sync).shortest),
    onRun: (report) => {
      logRun(log, report);
      logRestless(log, report, told);
      logLeftOpen(log, report, leftOpen);
      onRun(report);
    },
    onOutage: (error) => logDatabase(log, error),
    onShift: (shiftMs) => logShift(log, shiftMs),
  });
  let stopped: Promise<void> | undefined;
  return {
    stop: (graceMs) => {
      stopped ??= loop.stop(graceMs);
      return stopped;
    },
  };
}

/**
 * Hundreds of projects at once would be a burst on API and database. A few are not worth the wait. The spread
 * is well within the shortest interval, or a project late in it would find the next tick there before its
 * turn.
 */
function spreadOf(projects: number, intervalMs: number): number {
  return projects <= CONCURRENT_LOOKS ? 0 : Math.min(30_000, intervalMs / 10);
}
