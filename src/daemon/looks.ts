/** The looks of a replica that are under way. */
import { setMaxListeners } from 'node:events';
import type { ClaimedProject } from '../store/claims.ts';
import type { Database } from '../store/database.ts';
import type { Ticks } from '../store/due.ts';
import type { SyncProject } from '../sync/project.ts';
import type { RunReport } from '../sync/run.ts';
import { sweepProject } from '../sync/sweep.ts';
import { watchProject } from '../sync/watch.ts';
import { createController } from '../waiting/deadline.ts';
import { Stopped } from '../waiting/stopped.ts';
import type { Claims } from './claims.ts';
import type { Outages } from './outages.ts';
import type { LookUnderWay } from './places.ts';

interface LooksOptions {
  readonly db: Database;
  readonly now: () => Date;
  /** The projects to look at, by id. */
  readonly projects: ReadonlyMap<string, SyncProject>;
  readonly claims: Pick<Claims, 'giveBack' | 'giveBackNow'>;
  readonly outages: Outages;
  /** Told of every run that ended. */
  readonly onRun: (report: RunReport) => void;
  /** Told that a place is free again. */
  readonly onEnd: () => void;
}

export interface Looks {
  /**
   * Begins to look at a project that was claimed for these ticks. Gives it back at once while we are
   * stopping.
   */
  readonly begin: (project: ClaimedProject, ticks: Ticks) => void;
  /** By project. */
  readonly underWay: ReadonlyMap<string, LookUnderWay>;
  /**
   * Begins no more, and waits for those under way. Those that take longer than `graceMs` are stopped and
   * rolled back.
   */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** No look is under way yet. */
export function createLooks(options: LooksOptions): Looks {
  const { claims, outages, onEnd } = options;
  const underWay = new Map<string, LookUnderWay & { readonly ended: Promise<void> }>();
  const dropping = createController();
  // Every request of every look listens. With Node's limit of 10, a daemon of some projects began with a
  // warning.
  setMaxListeners(0, dropping.signal);
  let stopping = false;
  const lookAt = async (project: ClaimedProject, ticks: Ticks) => {
    const {
      project_id,
      sweep,
      run: { id: run_id },
    } = project;
    try {
      const report = await look(options, project, dropping.signal);
      if (report) options.onRun(report);
      const served = { sweep: sweep ? ticks.sweep : null, watch: ticks.watch };
      const dropped = dropping.signal.aborted;
      claims.giveBack({ project_id, run_id, served: dropped ? null : served }, dropped ? null : ticks);
      // No claim will come: others need not wait for the slowest of our looks.
      if (stopping) await claims.giveBackNow();
      if (report) outages.answered('look');
    } catch (error) {
      // It cannot even be recorded. Its lease stays, and is claimed again only once it has run out: no hot
      // loop.
      outages.failed('look', error);
    }
    underWay.delete(project_id);
    onEnd();
  };
  return {
    begin: (project, ticks) => {
      const {
        project_id,
        failing,
        run: { id: run_id },
      } = project;
      if (stopping) claims.giveBack({ project_id, run_id, served: null }, null);
      else underWay.set(project_id, { since: performance.now(), failing, ended: lookAt(project, ticks) });
    },
    underWay,
    stop: async (graceMs) => {
      stopping = true;
      const timer = setTimeout(() => dropping.abort(new Stopped()), graceMs);
      await Promise.all(Array.from(underWay.values(), ({ ended }) => ended));
      clearTimeout(timer);
    },
  };
}

/** Null where there was nothing to look at. */
async function look(
  { db, projects, now }: LooksOptions,
  { project_id, sweep, run: begun }: ClaimedProject,
  signal: AbortSignal,
): Promise<RunReport | null> {
  const project = projects.get(project_id);
  if (!project) return null;
  const control = { now, signal, begun };
  return sweep ? await sweepProject(db, project, control) : await watchProject(db, project, control);
}
