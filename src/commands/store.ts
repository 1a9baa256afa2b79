import type { DatabaseConfig } from '../config/config.ts';
import { QueryFault } from '../queries/run.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { hasCluster } from '../store/embedded/cluster.ts';
import { startEmbeddedPostgres } from '../store/embedded/embedded.ts';
import { migrateDatabase, migrationState, NewerDatabaseError } from '../store/migrate.ts';
import { CommandError, EXIT } from './command.ts';

/** Nothing was made: who only reads finds nothing to read. */
export class NoDatabaseError extends CommandError {
  constructor(dataDir: string) {
    super(
      `There is no database in ${dataDir} yet. \`cph-inventory start\`, \`sync\` or \`migrate\` makes one there; else set CPH_DATA_DIR to the folder that has one, or DATABASE_URL.`,
    );
  }
}

export interface Store {
  readonly db: Database;
  /** For psql. */
  readonly url: string;
  /** True when the database is our own, false when it was configured. */
  readonly embedded: boolean;
  /** What was migrated on the way. */
  readonly migrated: readonly string[];
}

type OpenStore = Store & { readonly close: () => Promise<void> };

type ServerConfig = Pick<DatabaseConfig, 'databaseUrl' | 'dataDir'>;

interface ConnectOptions {
  /** Gives up the start of an embedded database. */
  readonly signal: AbortSignal;
  readonly maxConnections?: number;
}

interface OpenOptions extends ConnectOptions {
  /**
   * Brings a configured database up to date. Without it, an outdated one is refused with a word on what to
   * do.
   */
  readonly migrate: boolean;
}

/**
 * Does a command's work with its database, and closes it however the work ends. That is the configured
 * database. Without one it is the embedded database, started on the way and always brought up to date, as it
 * is ours alone. Only who writes (`migrate: true`) makes one.
 *
 * @throws NoDatabaseError when there is none to read; CommandError when the database is out of date, and when
 * what was asked for is not there
 * @throws MigrationError, EmbeddedPostgresError, and what `work` throws
 */
export async function withStore<Result>(
  config: ServerConfig,
  { work, ...options }: OpenOptions & { readonly work: (store: Store) => Promise<Result> },
): Promise<Result> {
  try {
    return await closing(await openStore(config, options), work);
  } catch (error) {
    if (error instanceof QueryFault) throw new CommandError(capitalised(error.message), EXIT.usage);
    throw error;
  }
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Does the work with what was opened for it, and closes that however the work ends. */
export async function closing<Open extends { readonly close: () => Promise<void> }, Result>(
  open: Open,
  work: (open: Open) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/** Opens the database as {@link withStore} does. Whoever opened it closes it. */
export async function openStore(
  config: ServerConfig,
  { migrate, ...options }: OpenOptions,
): Promise<OpenStore> {
  if (!migrate && !config.databaseUrl && !hasCluster(config.dataDir))
    throw new NoDatabaseError(config.dataDir);
  const store = await connectStore(config, options);
  try {
    const migrated =
      migrate || store.embedded ? await migrateDatabase({ url: store.url }) : await refuseOutdated(store.db);
    return { ...store, migrated };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Opens the same database as it is, whatever is in it. */
export async function connectStore(
  { databaseUrl, dataDir }: ServerConfig,
  { signal, maxConnections = 4 }: ConnectOptions,
): Promise<OpenStore> {
  const server = databaseUrl
    ? { url: databaseUrl.reveal(), close: () => Promise.resolve() }
    : await startEmbeddedPostgres({ dataDir, signal });
  const { db, close } = openDatabase({ url: server.url, applicationName: 'cph-inventory', maxConnections });
  const closeAll = async () => {
    await close();
    await server.close();
  };
  return { db, url: server.url, embedded: databaseUrl === null, migrated: [], close: closeAll };
}

/** Rejects, saying what to do, where migrations are missing or from a later version. */
export async function refuseOutdated(db: Database): Promise<[]> {
  const { applied, pending, newer } = await migrationState(db);
  if (newer.length > 0) throw new NewerDatabaseError(newer);
  if (applied.length === 0) {
    throw new CommandError(
      'There is no inventory in the database of DATABASE_URL yet. `cph-inventory start`, `sync` or `migrate` makes it; else check the name behind the last slash of DATABASE_URL.',
    );
  }
  if (pending.length > 0) {
    throw new CommandError(
      `The database is not up to date (missing: ${pending.join(', ')}). Run: cph-inventory migrate`,
    );
  }
  return [];
}
