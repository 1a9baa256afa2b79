import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../store/database.ts';
import { leaseProject, releaseProjects, renewLeases } from '../store/leases.ts';
import type { LookControl } from '../sync/project.ts';
import { startPeriodic } from '../waiting/periodic.ts';
import { isSlow } from './places.ts';
import { replicaName } from './replica-name.ts';

/**
 * How long a project is nobody else's without a word from us. What a replica that died was looking at waits
 * that long. A database that fails over for longer costs the looks under way a second try.
 */
export const LEASE_MS = 15_000;
export const RENEW_MS = LEASE_MS / 4;
/**
 * The pause after a renewal that failed. One that hangs is given up after a third of the lease, which leaves
 * time for another.
 */
export const RENEW_AGAIN_MS = 1_000;
const POLL_MS = 200;
/**
 * Longer than the lease of a daemon that died. Whoever holds the project after that is at work, and we go
 * ahead.
 */
const PATIENCE_MS = 30_000;

/**
 * Runs `work` with the project's lease. A daemon beside us does not look meanwhile, so no look that began
 * later can win the apply. Waits for a look under way, but not for ever: a lease is a courtesy, and the
 * database decides anyway.
 */
export async function withLease<Result>(
  db: Database,
  project_id: string,
  { now, signal, work }: LookControl & { work: () => Promise<Result> },
): Promise<Result> {
  const replica = replicaName();
  const lease = { replica, lease_ms: LEASE_MS };
  for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
    if (await leaseProject(db, project_id, { ...lease, now: now() })) break;
    await sleep(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  const project_ids = [project_id];
  const looking = { since: performance.now() };
  const renewing = startPeriodic({
    firstMs: RENEW_MS,
    work: () => {
      const slow_ids = isSlow(looking, performance.now()) ? project_ids : [];
      return renewLeases(db, { ...lease, project_ids, slow_ids });
    },
    onDone: () => RENEW_MS,
    // It costs us the courtesy and nothing else.
    onFailure: () => RENEW_AGAIN_MS,
  });
  try {
    return await work();
  } finally {
    await renewing.stop();
    await releaseProjects(db, { replica, returned: [{ project_id, run_id: null, served: null }] });
  }
}
