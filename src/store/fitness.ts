/** Whether a database can hold the inventory at all, before anything is in it. */
import { sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';
import { TRIAL_LOCK } from './lock-keys.ts';

/** For a pooler that has not even two connections for us. */
const SECOND_CONNECTION_MS = 5_000;

interface Server extends Record<string, unknown> {
  readonly standby: boolean;
  readonly read_only: boolean;
  readonly encoding: string;
}

/**
 * What keeps the database from being used, each with what to do about it; none where it can be. Writes
 * nothing.
 */
export async function findObstacles(db: Database): Promise<string[]> {
  const server = await askServer(db);
  const obstacles = obstaclesOf(server);
  if (!server.standby && !(await locksHold(db))) obstacles.push(NO_LOCKS);
  return obstacles;
}

/** Those of them that may come while the program runs: a fail-over, or a disk that an administrator saves. */
export async function findSuddenObstacles(db: Database): Promise<string[]> {
  return obstaclesOf(await askServer(db));
}

async function askServer(db: Database): Promise<Server> {
  const { rows } = await db.execute<Server>(sql`
    select pg_is_in_recovery() as standby, current_setting('transaction_read_only') = 'on' as read_only,
      current_setting('server_encoding') as encoding`);
  const [server] = rows;
  if (!server) throw new Error('the server does not say what it is');
  return server;
}

const NO_LOCKS =
  'a lock that one connection holds does not keep out another; the order of the log rests on advisory locks, which ' +
  'Postgres has and some databases that speak its protocol have not; use Postgres';

function obstaclesOf({ standby, read_only, encoding }: Server): string[] {
  const obstacles: string[] = [];
  if (standby) {
    obstacles.push(
      'the server is a standby and takes no writes; name the primary, or several hosts and target_session_attrs=read-write',
    );
  } else if (read_only) {
    obstacles.push('the database is read-only for this role; see default_transaction_read_only');
  }
  if (encoding !== 'UTF8') {
    obstacles.push(
      `the encoding of the database is ${encoding}, which cannot hold every name; make one with UTF8`,
    );
  }
  return obstacles;
}

/** Two connections tell: one holds the lock, and the other must not get it. */
async function locksHold(db: Database): Promise<boolean> {
  return await db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${TRIAL_LOCK})`);
    const { rows } = await promptly(db, SECOND_CONNECTION_MS).execute<{ taken: boolean }>(
      sql`select pg_try_advisory_xact_lock(${TRIAL_LOCK}) as taken`,
    );
    return rows[0]?.taken === false;
  });
}

/** Whether the role may make schema `cph`, or fill one that an administrator has made. */
export async function mayMigrate(db: Database): Promise<boolean> {
  const { rows } = await db.execute<{ may: boolean }>(sql`
    select case when to_regnamespace('cph') is null then has_database_privilege(current_database(), 'create')
      else has_schema_privilege(to_regnamespace('cph'), 'create') end as may`);
  return rows[0]?.may === true;
}
