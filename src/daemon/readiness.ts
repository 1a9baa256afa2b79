import { READY, type Readiness } from '../http/server.ts';
import type { Database } from '../store/database.ts';
import { findSuddenObstacles } from '../store/fitness.ts';
import { migrationState } from '../store/migrate.ts';
import { errorText } from '../sync/trouble.ts';

/**
 * Whether the daemon can do its work: the database answers, takes writes and is migrated, and the schedules
 * are running.
 */
export async function readinessOf(db: Database, { scheduled }: { scheduled: boolean }): Promise<Readiness> {
  const schedules = scheduled ? READY : 'stopped';
  try {
    const obstacles = await findSuddenObstacles(db);
    const database = obstacles.length === 0 ? READY : obstacles.join('; ');
    const { pending, newer } = await migrationState(db);
    if (newer.length > 0) return { database, migrations: `migrated by a newer version: ${newer}`, schedules };
    const migrations = pending.length === 0 ? READY : `missing: ${pending.join(', ')}`;
    return { database, migrations, schedules };
  } catch (error) {
    return { database: errorText(error), migrations: 'unknown', schedules };
  }
}
