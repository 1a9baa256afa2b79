import type { Database } from '../store/database.ts';
import { migrationState, NewerDatabaseError } from '../store/migrate.ts';

export interface MigrationWatch {
  /** @throws NewerDatabaseError once a later version of the program has migrated the database */
  readonly refuseNewer: () => void;
  readonly stop: () => void;
}

/** How long an older program may go on writing: replicas are upgraded one by one, and the first one migrates. */
const EVERY_MS = 5_000;

/**
 * Looks now and then whether a later version has migrated the database, and calls `onNewer` when it has. A database that
 * does not answer is for others to report.
 */
export function watchMigrations(db: Database, onNewer: () => void): MigrationWatch {
  let refusal: NewerDatabaseError | null = null;
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    const state = await migrationState(db).catch(() => null);
    looking = false;
    if (state === null || state.newer.length === 0) return;
    refusal = new NewerDatabaseError(state.newer);
    onNewer();
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  return {
    refuseNewer: () => {
      if (refusal) throw refusal;
    },
    stop: () => clearInterval(timer),
  };
}
