/** The projects that are ours to look at: claimed when they are due, kept while we look, and given back. */
import type { Database } from '../store/database.ts';
import {
  type ClaimedProject,
  type ClaimOptions,
  claimProjects,
  type ReturnedProject,
  releaseProjects,
  renewLeases,
} from '../store/leases.ts';
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
interface Due extends Pick<ClaimOptions, 'ticks' | 'limit' | 'failing_limit' | 'now'> {
  /** The projects we are looking at. */
  readonly busy: Iterable<string>;
}

interface Claimed {
  readonly claimed: readonly ClaimedProject[];
  /** How many projects were given back. */
  readonly returned: number;
  /** False where there was nothing to ask the database. */
  readonly asked: boolean;
}

export interface Claims {
  /**
   * Gives back what was looked at, and claims what is due. What could not be given back waits for the next
   * claim.
   */
  readonly claim: (due: Due) => Promise<Claimed>;
  /**
   * Gives a project back with the next claim. A statement for each was a quarter of what quiet sweeps ask of
   * Postgres.
   */
  readonly giveBack: (project: ReturnedProject) => void;
  /** Gives back everything that still waits for a claim. False where nothing did. */
  readonly giveBackNow: () => Promise<boolean>;
  /** Makes the leases of these projects last longer. False where there are none. */
  readonly renew: (project_ids: readonly string[]) => Promise<boolean>;
}

/** The claims of one replica. None is made yet. All of them reject when the database cannot be asked. */
export function createClaims({ db, replica, projects, spreadMs }: ClaimsOptions): Claims {
  let waiting: ReturnedProject[] = [];
  const returning = async <Result>(work: (returned: readonly ReturnedProject[]) => Promise<Result>) => {
    const returned = waiting;
    waiting = [];
    try {
      return await work(returned);
    } catch (error) {
      waiting.push(...returned);
      throw error;
    }
  };
  return {
    claim: ({ busy, ...due }) =>
      returning(async (returned) => {
        const taken = new Set([...busy, ...returned.map(({ project_id }) => project_id)]);
        const project_ids = [...projects.keys()].filter((project_id) => !taken.has(project_id));
        const lease = { replica, lease_ms: LEASE_MS, spread_ms: spreadMs };
        const asked = returned.length > 0 || (due.limit > 0 && project_ids.length > 0);
        const claimed = await claimProjects(db, { ...due, ...lease, project_ids, returned });
        return { claimed, returned: returned.length, asked };
      }),
    giveBack: (project) => void waiting.push(project),
    giveBackNow: () =>
      returning(async (returned) => {
        await releaseProjects(db, { replica, returned });
        return returned.length > 0;
      }),
    renew: async (project_ids) => {
      await renewLeases(db, { replica, project_ids, lease_ms: LEASE_MS });
      return project_ids.length > 0;
    },
  };
}
