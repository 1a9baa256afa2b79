/** Claiming by hand, for tests of who looks at which project and when. */
import { type ClaimedProject, type ClaimOptions, claimProjects } from '../../src/store/claims.ts';
import { leaseProject, type ReturnedProject, releaseProjects } from '../../src/store/leases.ts';
import { registerProjects } from '../../src/store/projects.ts';
import { rowsOf, type SqlRow } from './inventory-rows.ts';
import type { TestDatabase } from './postgres.ts';

export const TICK = new Date('2024-08-01T12:00:00Z');
export const LATER = new Date('2024-08-01T12:05:00Z');
export const MINUTE = 60_000;
/** A lease that has run out before it is looked at again. */
export const RUN_OUT = -1_000;

type Served = ReturnedProject['served'];

export interface Claims {
  readonly register: (...project_ids: string[]) => Promise<string[]>;
  /** A claim of everything a sweep is due for, without a spread, by `ours` with a lease of a minute; in order of ids. */
  readonly claim: (
    project_ids: readonly string[],
    options?: Partial<ClaimOptions>,
  ) => Promise<ClaimedProject[]>;
  readonly lease: (project_id: string, replica: string, lease_ms?: number) => Promise<boolean>;
  readonly release: (project_id: string, replica: string, served: Served) => Promise<void>;
  readonly project: (project_id: string) => Promise<SqlRow | undefined>;
}

export function claimsOn(database: TestDatabase): Claims {
  const defaults = { replica: 'ours', ticks: { sweep: TICK, watch: null }, now: TICK, started_at: TICK };
  return {
    register: async (...project_ids) => {
      const projects = project_ids.map((project_id) => ({
        project_id,
        region: 'ap-southeast-3',
        name: null,
      }));
      await registerProjects(database.db, projects);
      return project_ids;
    },
    claim: async (project_ids, options = {}) => {
      const limits = {
        limit: 100,
        failing_limit: 100,
        lease_ms: MINUTE,
        spread_ms: 0,
        returned: [],
        schedule: null,
      };
      const { claimed } = await claimProjects(database.db, {
        ...defaults,
        ...limits,
        project_ids,
        ...options,
      });
      return claimed.toSorted((a, b) => (a.project_id < b.project_id ? -1 : 1));
    },
    lease: (project_id, replica, lease_ms = MINUTE) =>
      leaseProject(database.db, project_id, { replica, lease_ms, now: LATER }),
    release: async (project_id, replica, served) => {
      const [row] = await rowsOf(
        database.db,
        `select looking_run_id as run_id from cph.projects where project_id = '${project_id}'`,
      );
      const run_id = row?.run_id === null ? null : Number(row?.run_id);
      await releaseProjects(database.db, { replica, returned: [{ project_id, run_id, served }] });
    },
    project: async (project_id) =>
      (await rowsOf(database.db, `select * from cph.projects where project_id = '${project_id}'`))[0],
  };
}
