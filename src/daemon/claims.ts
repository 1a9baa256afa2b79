/** The projects that are ours to look at: claimed when they are due, kept while we look, and given back. */

import { type ClaimedProject, type ClaimOptions, claimProjects } from '../store/claims.ts';
import type { Database } from '../store/database.ts';
import type { Ticks } from '../store/due.ts';
import { type ReturnedProject, releaseProjects, renewLeases } from '../store/leases.ts';
import { createCandidates } from './candidates.ts';
import { LEASE_MS } from './lease.ts';

export interface ClaimsOptions {
  readonly db: Database;
  /** Our name among the replicas; no two that run may share one. */
  readonly replica: string;
  /** The projects to look at, by id. */
  readonly projects: ReadonlyMap<string, unknown>;
  /** Looks of one tick are spread over this many milliseconds. */
  readonly spreadMs: number;
}

/** What is due, and how much of it there is room for. */
interface Due extends Pick<ClaimOptions, 'ticks' | 'limit' | 'failing_limit' | 'now' | 'started_at'> {
  /** When the schedules tick next, by the clock of `ticks`. */
  readonly next: () => Ticks;
  /** The projects we are looking at. */
  readonly busy: Iterable<string>;
}

interface Claimed {
  readonly claimed: readonly ClaimedProject[];
  /** Others are due that could not be claimed, for want of places or because somebody is at them. */
  readonly others: boolean;
  /** Some of what was given back is due again, and could not be claimed by the same statement. */
  readonly again: boolean;
  /** False where there was nothing to ask the database. */
  readonly asked: boolean;
}

interface Looking {
  readonly project_ids: readonly string[];
  /** Those of them that take long. */
  readonly slow_ids: readonly string[];
}

interface Returned {
  readonly project: ReturnedProject;
  readonly ticks: Ticks | null;
}

export interface Claims {
  /**
   * Gives back what was looked at, and claims what is due. What could not be given back waits for the next
   * claim.
   */
  readonly claim: (due: Due) => Promise<Claimed>;
  /**
   * Gives a project back with the next claim. A statement for each was a quarter of what quiet sweeps ask of
   * Postgres. `ticks` are those that it was claimed for; null where it is still due for them.
   */
  readonly giveBack: (project: ReturnedProject, ticks: Ticks | null) => void;
  /** Gives back everything that still waits for a claim. False where nothing did. */
  readonly giveBackNow: () => Promise<boolean>;
  /** Makes the leases of these looks last longer. False where there are none. */
  readonly renew: (looks: Looking) => Promise<boolean>;
}

/** The claims of one replica. None is made yet. All of them reject when the database cannot be asked. */
export function createClaims({ db, replica, projects, spreadMs }: ClaimsOptions): Claims {
  let waiting: Returned[] = [];
  const returning = async <Result>(work: (returned: readonly Returned[]) => Promise<Result>) => {
    const returned = waiting;
    waiting = [];
    try {
      return await work(returned);
    } catch (error) {
      waiting.push(...returned);
      throw error;
    }
  };
  const candidates = createCandidates(db, { projects, spreadMs });
  return {
    claim: ({ busy, next, ...due }) =>
      returning(async (waiting) => {
        const again = waiting.some(({ ticks }) => isBehind(ticks, due.ticks));
        const returned = waiting.map(({ project }) => project);
        const taken = new Set([...busy, ...returned.map(({ project_id }) => project_id)]);
        const room = due.limit > 0 && taken.size < projects.size;
        const project_ids = room ? (await candidates.read(due)).filter((id) => !taken.has(id)) : [];
        const lease = { replica, lease_ms: LEASE_MS, spread_ms: spreadMs };
        const schedule =
          candidates.many && !again ? { ticks: due.ticks, next: next(), spread_ms: spreadMs } : null;
        const claim = await claimProjects(db, { ...due, ...lease, project_ids, returned, schedule });
        if (room) candidates.heard(claim, due);
        return { ...claim, again, asked: returned.length > 0 || room };
      }),
    giveBack: (project, ticks) => void waiting.push({ project, ticks }),
    giveBackNow: () =>
      returning(async (returned) => {
        await releaseProjects(db, { replica, returned: returned.map(({ project }) => project) });
        return returned.length > 0;
      }),
    renew: async (looking) => {
      await renewLeases(db, { ...looking, replica, lease_ms: LEASE_MS });
      return looking.project_ids.length > 0;
    },
  };
}

/** Whether what was claimed for `claimed` is due again. */
function isBehind(claimed: Ticks | null, { sweep, watch }: Ticks): boolean {
  return claimed === null || claimed.sweep < sweep || Number(claimed.watch) < Number(watch);
}
