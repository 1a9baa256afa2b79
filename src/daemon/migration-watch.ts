import type { Database } from '../store/database.ts';
import { migrationState, NewerDatabaseError } from '../store/migrate.ts';
import { startPeriodic } from '../waiting/periodic.ts';

interface MigrationWatch {
  /** @throws NewerDatabaseError once a later version of the program has migrated the database */
  readonly refuseNewer: () => void;
  readonly stop: () => Promise<void>;
}

/**
 * How long an older program may go on writing. Replicas are upgraded one by one, and the first one migrates.
 */
const EVERY_MS = 5_000;

/**
 * Looks now and then whether a later version has migrated the database, and calls `onNewer` when it has. A
 * database that does not answer is for others to report.
 */
export function watchMigrations(db: Database, onNewer: () => void): MigrationWatch {
  let refusal: NewerDatabaseError | null = null;
  const watching = startPeriodic({
    firstMs: EVERY_MS,
    work: async () => (await migrationState(db)).newer,
    onDone: (newer) => {
      if (newer.length > 0) {
        refusal = new NewerDatabaseError(newer);
        onNewer();
      }
      return EVERY_MS;
    },
    onFailure: () => EVERY_MS,
  });
  return {
    refuseNewer: () => {
      if (refusal) throw refusal;
    },
    stop: () => watching.stop(),
  };
}
