import type { Config } from '../config/config.ts';
import { findObstacles, mayMigrate } from '../store/fitness.ts';
import { migrationState } from '../store/migrate.ts';
import { readPrivileges } from '../store/privileges.ts';
import { adviceOnReader } from '../store/reader-role.ts';
import { errorText } from '../sync/trouble.ts';
import type { Checked } from './check.ts';
import type { CommandContext } from './command.ts';
import { closing, connectStore, NoDatabaseError, openStore, refuseOutdated, type Store } from './store.ts';

type Found = Pick<Checked, 'result' | 'details'>;

/** What keeps the daemon from using the database. An empty one is none: the daemon makes what it needs. */
export async function checkDatabase(config: Config, context: CommandContext): Promise<Checked[]> {
  const found = await tryDatabase(config, context).catch((error: unknown) => {
    return [error instanceof NoDatabaseError ? note(errorText(error)) : failed(errorText(error))];
  });
  return found.map((one) => ({ ...one, what: 'database', project_id: null }));
}

const failed = (details: string): Found => ({ result: 'failed', details });
const note = (details: string): Found => ({ result: 'note', details });

async function tryDatabase(config: Config, { stop }: CommandContext): Promise<Found[]> {
  const store = config.databaseUrl
    ? await connectStore(config, { signal: stop })
    : await openStore(config, { migrate: false, signal: stop });
  return await closing(store, async () => {
    const obstacles = await findObstacles(store.db);
    if (obstacles.length > 0) return obstacles.map(failed);
    const { applied } = await migrationState(store.db);
    if (applied.length === 0) return [await tryEmpty(store)];
    await refuseOutdated(store.db);
    const advice = await adviceOnReader(store.db);
    return [await tryPrivileges(store), ...(advice ? [note(advice)] : [])];
  });
}

async function tryEmpty({ db }: Store): Promise<Found> {
  if (await mayMigrate(db)) {
    return {
      result: 'note',
      details: 'empty: the first `start` or `sync` makes schema cph, or `migrate` does now',
    };
  }
  return failed(
    'empty, and the role may not make schema cph; run `grant create on database …`, or let an administrator run ' +
      '`create schema cph authorization …`',
  );
}

async function tryPrivileges({ db, embedded }: Store): Promise<Found> {
  const { version, missing } = await readPrivileges(db);
  if (missing.length > 0) return failed(`the role lacks ${missing.join(', ')}; grant it`);
  const kind = embedded ? 'embedded Postgres' : 'Postgres';
  return { result: 'ok', details: `${kind} ${version}, up to date, may be written` };
}
