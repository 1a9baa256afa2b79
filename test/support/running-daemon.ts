/** A daemon with a log that can be read. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type Daemon, type DaemonOptions, startDaemon } from '../../src/daemon/daemon.ts';
import type { Database } from '../../src/store/database.ts';
import type { RunReport } from '../../src/sync/run.ts';
import type { ScriptedProject } from './scripted-project.ts';

const ONCE_A_YEAR = '0 0 1 1 *';
export const EVERY_SECOND = '* * * * * *';

interface RunningDaemon {
  readonly daemon: Daemon;
  /** What it logged. */
  readonly lines: Record<string, unknown>[];
  readonly reports: RunReport[];
}

/** Stopped when the test is over. It sweeps once and then no more, unless schedules are given. */
export function runningDaemon(
  db: Database,
  projects: readonly Pick<ScriptedProject, 'project'>[],
  options: { readonly schedules?: Partial<DaemonOptions['schedules']>; readonly now?: () => Date } = {},
): RunningDaemon {
  const lines: Record<string, unknown>[] = [];
  const reports: RunReport[] = [];
  const daemon = startDaemon({
    db,
    projects: projects.map(({ project }) => project),
    schedules: { sync: ONCE_A_YEAR, watch: null, timezone: 'UTC', ...options.schedules },
    replica: randomUUID(),
    log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    now: options.now ?? (() => new Date()),
    onRun: (report) => void reports.push(report),
  });
  onTestFinished(() => daemon.stop(0));
  return { daemon, lines, reports };
}
