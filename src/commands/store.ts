import type { DatabaseConfig } from '../config/config.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { startEmbeddedPostgres } from '../store/embedded/embedded.ts';
import { migrateDatabase, migrationState, NewerDatabaseError } from '../store/migrate.ts';
import { CommandError } from './command.ts';

export interface Store {
  readonly db: Database;
  /** For psql. */
  readonly url: string;
  /** True when the database is our own and not one that was configured. */
  readonly embedded: boolean;
  /** What was migrated on the way. */
  readonly migrated: readonly string[];
  readonly close: () => Promise<void>;
}

/**
 * The database of a command: the configured one, or the embedded one started on the way. Whoever writes brings it up to
 * date (`migrate: true`); whoever reads only refuses one that is not, and says what to do. The embedded one is ours
 * alone, and always brought up to date.
 */
export async function openStore(
  config: Pick<DatabaseConfig, 'databaseUrl' | 'dataDir'>,
  { migrate, signal, maxConnections = 4 }: { migrate: boolean; signal: AbortSignal; maxConnections?: number },
): Promise<Store> {
  const server = config.databaseUrl
    ? { url: config.databaseUrl.reveal(), close: () => Promise.resolve() }
    : await startEmbeddedPostgres({ dataDir: config.dataDir, signal });
  const { db, close } = openDatabase({ url: server.url, applicationName: 'cph-inventory', maxConnections });
  const closeAll = async () => {
    await close();
    await server.close();
  };
  try {
    const migrated =
      migrate || !config.databaseUrl ? await migrateDatabase({ url: server.url }) : await refuseOutdated(db);
    return { db, url: server.url, embedded: !config.databaseUrl, migrated, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function refuseOutdated(db: Database): Promise<[]> {
  const { pending, newer } = await migrationState(db);
  if (newer.length > 0) throw new NewerDatabaseError(newer);
  if (pending.length > 0) {
    throw new CommandError(
      `The database is not up to date (missing: ${pending.join(', ')}). Run: cph-inventory migrate`,
    );
  }
  return [];
}
