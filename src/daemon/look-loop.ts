/**
 * Looking, project by project: claims what is due, looks, gives it back. Any number of replicas may run this
 * loop on one database.
 *
 * - Projects that hang or fail take a part of our places until they are done with. The rest is for the
 *   others.
 * - When we die in the middle of a look, the lease runs out and another replica takes the project over.
 * - When we sleep through our lease (a paused machine), another replica has looked meanwhile. Our look began
 *   earlier, so the database refuses it.
 * - While the database is away nothing can be claimed. Looking goes on where it was as soon as it is back.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClockShift, createClockShift } from '../store/clock.ts';
import type { Ticks } from '../store/due.ts';
import type { SyncProject } from '../sync/project.ts';
import type { RunReport } from '../sync/run.ts';
import { type Periodic, startPeriodic } from '../waiting/periodic.ts';
import { type Claims, type ClaimsOptions, createClaims } from './claims.ts';
import { LEASE_MS, RENEW_AGAIN_MS, RENEW_MS } from './lease.ts';
import { createLooks, type Looks } from './looks.ts';
import { createOutages, type Outages } from './outages.ts';
import { freePlaces, isSlow } from './places.ts';
import type { Schedules } from './schedule.ts';
import { type RunningTicks, startTicks } from './ticks.ts';

interface LookLoopOptions extends ClaimsOptions {
  readonly schedules: Schedules;
  readonly now: () => Date;
  /** The projects to look at, by id. */
  readonly projects: ReadonlyMap<string, SyncProject>;
  /** Told of every run that ended. */
  readonly onRun: (report: RunReport) => void;
  /** Told once when looking stops being possible, and with null when it is possible again. */
  readonly onOutage: (error: unknown) => void;
  /** Told by how much our times are moved to be Postgres', when that changes; see {@link ClockShift}. */
  readonly onShift: (shiftMs: number) => void;
}

interface LookLoop {
  /** Claims nothing more. Looks that take longer than `graceMs` are stopped and rolled back. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** How soon a replica finds what another one left, or what its own spread makes due. */
const POLL_MS = 500;
/**
 * How soon it looks again where nothing was due: then nothing is before the next tick, which wakes it, unless
 * a clock was wrong. Asking each half second was a third of what a quiet daemon asked of Postgres.
 */
const IDLE_POLL_MS = LEASE_MS / 2;
/**
 * Looks that end within this time are given back and followed up by one claim, which goes over all projects.
 * With a claim for each, four replicas at full speed kept two processors 91 % busy; like this, 65 to 77 %.
 */
const GATHER_MS = 10;

interface Loop extends Pick<LookLoopOptions, 'spreadMs'> {
  readonly now: () => Date;
  readonly clock: ClockShift;
  readonly ticks: RunningTicks;
  readonly claims: Claims;
  readonly looks: Looks;
  readonly outages: Outages;
}

export function startLookLoop(options: LookLoopOptions): LookLoop {
  const { db, now, schedules } = options;
  const wake = () => claiming.wake();
  const outages = createOutages(options.onOutage);
  const claims = createClaims(options);
  const looks = createLooks({ ...options, claims, outages, onEnd: wake });
  const clock = createClockShift(db, now, options.onShift);
  const ticks = startTicks(schedules, { now, onTick: wake });
  const claiming = startClaiming({ ...options, clock, ticks, claims, looks, outages });
  const renewing = startRenewing({ claims, looks, outages });
  return {
    stop: async (graceMs) => {
      await Promise.all([claiming.stop(), looks.stop(graceMs)]);
      // After the claims, which are what would begin the schedules anew.
      ticks.stop();
      await giveBackNow({ claims, outages });
      await renewing.stop();
    },
  };
}

function startClaiming(loop: Loop): Periodic {
  return startPeriodic({
    work: (stopping) => claimAndLook(loop, stopping),
    onDone: ({ asked, pauseMs }) => {
      if (asked) loop.outages.answered('lease');
      return pauseMs;
    },
    onFailure: (error) => {
      loop.outages.failed('lease', error);
      return POLL_MS;
    },
  });
}

function startRenewing({ claims, looks, outages }: Pick<Loop, 'claims' | 'looks' | 'outages'>): Periodic {
  return startPeriodic({
    firstMs: RENEW_MS,
    work: () => {
      const project_ids = [...looks.underWay.keys()];
      const now = performance.now();
      const slow = [...looks.underWay].filter(([, look]) => isSlow(look, now));
      return claims.renew({ project_ids, slow_ids: slow.map(([project_id]) => project_id) });
    },
    onDone: (asked) => {
      if (asked) outages.answered('lease');
      return RENEW_MS;
    },
    onFailure: (error) => {
      outages.failed('lease', error);
      return RENEW_AGAIN_MS;
    },
  });
}

interface ClaimOutcome {
  /** Whether the database was asked. */
  readonly asked: boolean;
  /** Until more may be due. */
  readonly pauseMs: number;
}

/** Begins looks at what could be claimed. They go on when it has ended. */
async function claimAndLook(loop: Loop, stopping: AbortSignal): Promise<ClaimOutcome> {
  const { clock, claims, looks } = loop;
  await sleep(GATHER_MS);
  if (stopping.aborted) return { asked: false, pauseMs: POLL_MS };
  // Read first, and so during an outage too: that is where a clock that was set back is noticed.
  const ours = loop.ticks.last();
  const shiftMs = await clock.follow();
  const ticks = shifted(ours, shiftMs);
  const places = freePlaces([...looks.underWay.values()], performance.now());
  const started_at = loop.now();
  const now = new Date(started_at.getTime() + shiftMs);
  const { asked, claimed, others, again } = await claims.claim({
    ...{ ticks, now, started_at, ...places },
    next: () => shifted(loop.ticks.next(), shiftMs),
    busy: looks.underWay.keys(),
  });
  for (const project of claimed) looks.begin(project, ticks);
  const spreading = now.getTime() - ticks.sweep.getTime() <= loop.spreadMs;
  const room = claimed.length < places.limit;
  return { asked, pauseMs: again && room ? 0 : others || spreading ? POLL_MS : IDLE_POLL_MS };
}

function shifted({ sweep, watch }: Ticks, ms: number): Ticks {
  const move = (tick: Date) => new Date(tick.getTime() + ms);
  return { sweep: move(sweep), watch: watch && move(watch) };
}

async function giveBackNow({ claims, outages }: Pick<Loop, 'claims' | 'outages'>): Promise<void> {
  try {
    if (await claims.giveBackNow()) outages.answered('lease');
  } catch (error) {
    outages.failed('lease', error);
  }
}
