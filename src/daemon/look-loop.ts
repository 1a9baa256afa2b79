/**
 * Looking, project by project: claims what is due, looks, gives it back. Any number of replicas may run this loop on one
 * database.
 *
 * - Projects that hang or fail take a part of our places until they are done with, and leave the rest to the others.
 * - Should we die in the middle of a look, the lease runs out and another replica takes the project over.
 * - Should we sleep through our lease (a paused machine), another replica has looked meanwhile: our look began earlier,
 *   so the database refuses it.
 * - While the database is away nothing can be claimed; looking goes on where it was as soon as it is back.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClockShift, createClockShift } from '../store/clock.ts';
import type { Database } from '../store/database.ts';
import {
  type ClaimedProject,
  type ClaimOptions,
  claimProjects,
  type ReturnedProject,
  releaseProjects,
  renewLeases,
  type Ticks,
} from '../store/leases.ts';
import type { SyncProject } from '../sync/project.ts';
import type { RunReport } from '../sync/run.ts';
import { sweepProject } from '../sync/sweep.ts';
import { watchProject } from '../sync/watch.ts';
import { createAlarm } from '../waiting/alarm.ts';
import { LEASE_MS, RENEW_MS } from './lease.ts';
import { freePlaces, type LookUnderWay } from './places.ts';

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
  /** Told by how much our times are moved to be Postgres', when that changes; see {@link ClockShift}. */
  readonly onShift: (shiftMs: number) => void;
}

export interface LookLoop {
  /** There may be something to do. */
  readonly wake: () => void;
  /** Claims nothing more; looks that take longer than `graceMs` are stopped and rolled back. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** How soon a replica finds what another one left, or what its own spread makes due. */
const POLL_MS = 500;
/**
 * Looks that end within this time are given back, and followed up, by one claim, which goes over all projects. With a
 * claim for each, four replicas at full speed kept two processors 91 % busy; like this, 65 to 77 %.
 */
const GATHER_MS = 10;

interface Loop {
  readonly options: LookLoopOptions;
  readonly busy: Map<string, LookUnderWay & { readonly ended: Promise<void> }>;
  /** Looked at, to be given back with the next claim: a statement for each was a quarter of what quiet sweeps ask of Postgres. */
  readonly returned: ReturnedProject[];
  readonly wake: () => void;
  readonly report: TroubleReporter;
  readonly clock: ClockShift;
  /** Aborted: begin no more looks. */
  readonly stopping: AbortSignal;
  /** Aborted: stop the looks under way. */
  readonly signal: AbortSignal;
}

export function startLookLoop(options: LookLoopOptions): LookLoop {
  const alarm = createAlarm();
  const dropping = new AbortController();
  // Every request of every look listens; with Node's limit of 10, a daemon of some projects began with a warning.
  setMaxListeners(0, dropping.signal);
  const report = troubleReporter(options.onTrouble);
  const stopping = new AbortController();
  const signals = { stopping: stopping.signal, signal: dropping.signal };
  const clock = createClockShift(options.db, options.now, options.onShift);
  const loop: Loop = { options, busy: new Map(), returned: [], wake: alarm.ring, report, clock, ...signals };
  const run = async () => {
    while (!stopping.signal.aborted) {
      await report('lease', () => claimAndLook(loop));
      if (stopping.signal.aborted) return;
      await alarm.sleep(POLL_MS);
      await sleep(GATHER_MS);
    }
  };
  const renewing = setInterval(() => void report('lease', () => renew(loop)), RENEW_MS);
  const ended = run();
  return {
    wake: alarm.ring,
    stop: async (graceMs) => {
      stopping.abort();
      alarm.ring();
      const timer = setTimeout(() => dropping.abort(new Stopped()), graceMs);
      await ended;
      await Promise.all(Array.from(loop.busy.values(), (look) => look.ended));
      await report('lease', () => giveBack(loop, loop.returned.splice(0)));
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

/** Whether it asked Postgres anything. */
type Asked = boolean;
type TroubleReporter = (kind: 'lease' | 'look', work: () => Promise<Asked>) => Promise<void>;

/**
 * Tells of the first failure, and of the database being back when what failed has succeeded again; one that is away for an
 * hour is two lines. Work that asked nothing proves nothing, and leases that work do not prove that looks do: a disk that
 * is full may let rows be changed and none be added.
 */
function troubleReporter(onTrouble: (error: unknown) => void): TroubleReporter {
  const failing = new Set<'lease' | 'look'>();
  return async (kind, work) => {
    try {
      const asked = await work();
      if (asked && failing.delete(kind) && failing.size === 0) onTrouble(null);
    } catch (error) {
      if (failing.size === 0) onTrouble(error);
      failing.add(kind);
    }
  };
}

async function claimAndLook(loop: Loop): Promise<Asked> {
  const { options, busy } = loop;
  // Asked for first, and so during an outage too: whoever makes the ticks sees there that the clock was set back.
  const ours = options.ticks();
  const shiftMs = await loop.clock.follow();
  const ticks = shifted(ours, shiftMs);
  const places = freePlaces([...busy.values()], performance.now());
  const { asked, claimed, returned } = await claim(loop, {
    ticks,
    ...places,
    now: new Date(options.now().getTime() + shiftMs),
  });
  for (const one of claimed) {
    if (loop.stopping.aborted) {
      loop.returned.push({ project_id: one.project_id, served: null });
      continue;
    }
    const ended = loop
      .report('look', () => lookAndReturn(loop, one, ticks))
      .finally(() => {
        busy.delete(one.project_id);
        loop.wake();
      });
    busy.set(one.project_id, { since: performance.now(), failing: one.failing, ended });
  }
  // What was given back may be due again, and could not be claimed by the same statement.
  if (returned > 0 && claimed.length < places.limit) loop.wake();
  return asked;
}

function shifted({ sweep, watch }: Ticks, ms: number): Ticks {
  const move = (tick: Date) => new Date(tick.getTime() + ms);
  return { sweep: move(sweep), watch: watch && move(watch) };
}

/** Gives back what was looked at, and claims what is due. Should that fail, it is given back with the next claim. */
async function claim(
  { options, busy, returned }: Loop,
  due: Pick<ClaimOptions, 'ticks' | 'limit' | 'failing_limit' | 'now'>,
): Promise<{ asked: Asked; claimed: ClaimedProject[]; returned: number }> {
  const returning = returned.splice(0);
  const taken = new Set([...busy.keys(), ...returning.map(({ project_id }) => project_id)]);
  const project_ids = [...options.projects.keys()].filter((project_id) => !taken.has(project_id));
  const asked = returning.length > 0 || (due.limit > 0 && project_ids.length > 0);
  try {
    const claimed = await claimProjects(options.db, {
      replica: options.replica,
      project_ids,
      ...due,
      lease_ms: LEASE_MS,
      spread_ms: options.spreadMs,
      returned: returning,
    });
    return { asked, claimed, returned: returning.length };
  } catch (error) {
    returned.push(...returning);
    throw error;
  }
}

/** A look that cannot even be recorded keeps its lease: it is claimed again when that runs out, not in a hot loop. */
async function lookAndReturn(
  loop: Loop,
  { project_id, sweep }: ClaimedProject,
  ticks: Ticks,
): Promise<Asked> {
  const report = await look(loop, project_id, sweep);
  if (report) loop.options.onRun(report);
  const served = { sweep: sweep ? ticks.sweep : null, watch: ticks.watch };
  const returned = { project_id, served: loop.signal.aborted ? null : served };
  if (!loop.stopping.aborted) loop.returned.push(returned);
  // No claim will come: others need not wait for the slowest of our looks.
  else await giveBack(loop, [returned]);
  return report !== null;
}

async function giveBack({ options }: Loop, returned: readonly ReturnedProject[]): Promise<Asked> {
  await releaseProjects(options.db, { replica: options.replica, returned });
  return returned.length > 0;
}

async function look(
  { options, signal }: Loop,
  project_id: string,
  sweep: boolean,
): Promise<RunReport | null> {
  const project = options.projects.get(project_id);
  if (!project) return null;
  const control = { now: options.now, signal };
  return sweep
    ? await sweepProject(options.db, project, control)
    : await watchProject(options.db, project, control);
}

async function renew({ options, busy }: Loop): Promise<Asked> {
  const project_ids = [...busy.keys()];
  await renewLeases(options.db, { replica: options.replica, project_ids, lease_ms: LEASE_MS });
  return project_ids.length > 0;
}
