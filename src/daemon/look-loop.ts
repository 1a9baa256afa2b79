/**
 * Looking, project by project: claims what is due, looks, gives it back. Any number of replicas may run this loop on one
 * database.
 *
 * - A project that hangs or fails takes one of our places until it is done with, and delays nobody else's.
 * - Should we die in the middle of a look, the lease runs out and another replica takes the project over.
 * - Should we sleep through our lease (a paused machine), another replica has looked meanwhile: our look began earlier,
 *   so the database refuses it.
 * - While the database is away nothing can be claimed; looking goes on where it was as soon as it is back.
 */
import { createAlarm } from '../delivery/alarm.ts';
import type { Database } from '../store/database.ts';
import {
  type ClaimedProject,
  claimProjects,
  releaseProject,
  renewLeases,
  type Ticks,
} from '../store/leases.ts';
import type { SyncProject } from '../sync/project.ts';
import type { RunReport } from '../sync/run.ts';
import { sweepProject } from '../sync/sweep.ts';
import { watchProject } from '../sync/watch.ts';

export interface LookLoopOptions {
  readonly db: Database;
  /** Our name among the replicas; no two that run may share one. */
  readonly replica: string;
  readonly now: () => Date;
  /** The projects to look at, by id. */
  readonly projects: ReadonlyMap<string, SyncProject>;
  readonly ticks: () => Ticks;
  /** Looks of one tick are spread over this many milliseconds. */
  readonly spreadMs: number;
  /** Told of every run that ended. */
  readonly onRun: (report: RunReport) => void;
  /** Told once when looking stops being possible, and with null when it is again. */
  readonly onTrouble: (error: unknown) => void;
}

export interface LookLoop {
  /** There may be something to do. */
  readonly wake: () => void;
  /** Claims nothing more; looks that take longer than `graceMs` are stopped and rolled back. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Projects looked at side by side: enough to keep a replica busy, few enough for its ten database connections. */
export const CONCURRENT_LOOKS = 8;
const LEASE_MS = 20_000;
const RENEW_MS = LEASE_MS / 4;
/** How soon a replica finds what another one left, or what its own spread makes due. */
const POLL_MS = 500;

interface Loop {
  readonly options: LookLoopOptions;
  readonly busy: Map<string, Promise<void>>;
  readonly wake: () => void;
  readonly report: TroubleReporter;
  /** Aborted: begin no more looks. */
  readonly stopping: AbortSignal;
  /** Aborted: stop the looks under way. */
  readonly signal: AbortSignal;
}

export function startLookLoop(options: LookLoopOptions): LookLoop {
  const alarm = createAlarm();
  const dropping = new AbortController();
  const report = troubleReporter(options.onTrouble);
  const stopping = new AbortController();
  const signals = { stopping: stopping.signal, signal: dropping.signal };
  const loop: Loop = { options, busy: new Map(), wake: alarm.ring, report, ...signals };
  const run = async () => {
    while (!stopping.signal.aborted) {
      await report(() => claimAndLook(loop));
      if (!stopping.signal.aborted) await alarm.sleep(POLL_MS);
    }
  };
  const renewing = setInterval(() => void report(() => renew(loop)), RENEW_MS);
  const ended = run();
  return {
    wake: alarm.ring,
    stop: async (graceMs) => {
      stopping.abort();
      alarm.ring();
      const timer = setTimeout(() => dropping.abort(new Stopped()), graceMs);
      await ended;
      await Promise.all(loop.busy.values());
      clearTimeout(timer);
      clearInterval(renewing);
    },
  };
}

/** Why a look was stopped before its end. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor() {
    super('the program was asked to stop');
  }
}

type TroubleReporter = (work: () => Promise<void>) => Promise<void>;

/** Tells of the first failure and of the first success after it; a database that is away for an hour is two lines. */
function troubleReporter(onTrouble: (error: unknown) => void): TroubleReporter {
  let troubled = false;
  return async (work) => {
    try {
      await work();
      if (troubled) onTrouble(null);
      troubled = false;
    } catch (error) {
      if (!troubled) onTrouble(error);
      troubled = true;
    }
  };
}

async function claimAndLook(loop: Loop): Promise<void> {
  const { options, busy } = loop;
  const ticks = options.ticks();
  const claimed = await claimProjects(options.db, {
    replica: options.replica,
    project_ids: [...options.projects.keys()].filter((project_id) => !busy.has(project_id)),
    ticks,
    limit: CONCURRENT_LOOKS - busy.size,
    lease_ms: LEASE_MS,
    spread_ms: options.spreadMs,
    now: options.now(),
  });
  for (const claim of claimed) {
    if (loop.stopping.aborted) {
      await releaseProject(options.db, claim.project_id, { replica: options.replica, served: null });
      continue;
    }
    const look = loop
      .report(() => lookAndRelease(loop, claim, ticks))
      .finally(() => {
        busy.delete(claim.project_id);
        loop.wake();
      });
    busy.set(claim.project_id, look);
  }
}

/** A look that cannot even be recorded keeps its lease: it is claimed again when that runs out, not in a hot loop. */
async function lookAndRelease(loop: Loop, claim: ClaimedProject, ticks: Ticks): Promise<void> {
  const { db, replica, onRun } = loop.options;
  const report = await look(loop, claim);
  if (report) onRun(report);
  const served = { sweep: claim.sweep ? ticks.sweep : null, watch: ticks.watch };
  await releaseProject(db, claim.project_id, { replica, served: loop.signal.aborted ? null : served });
}

async function look(
  { options, signal }: Loop,
  { project_id, sweep }: ClaimedProject,
): Promise<RunReport | null> {
  const project = options.projects.get(project_id);
  if (!project) return null;
  const control = { now: options.now, signal };
  return sweep
    ? await sweepProject(options.db, project, control)
    : await watchProject(options.db, project, control);
}

async function renew({ options, busy }: Loop): Promise<void> {
  await renewLeases(options.db, {
    replica: options.replica,
    project_ids: [...busy.keys()],
    lease_ms: LEASE_MS,
  });
}
