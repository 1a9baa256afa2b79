import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { DrizzleQueryError, sql } from 'drizzle-orm';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgTransaction, PgTransactionConfig } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { parseRows } from './row-values.ts';
import { losesConnection } from './transient.ts';

type NoSchema = Record<string, never>;

/** Where statements go: a pool, each taking any connection, or the transaction it is. */
export type Database = PgDatabase<NodePgQueryResultHKT, NoSchema>;

/** For statements that make sense only together with others. */
export type Transaction = PgTransaction<NodePgQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>;

export interface OpenDatabase {
  readonly db: Database;
  /** Waits for statements under way and ends all connections. */
  readonly close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 120_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
/** Whoever holds a lock for longer than this is not one of us: an apply takes seconds. */
const LOCK_TIMEOUT_MS = 30_000;
/** For a server that no longer answers at all: longer than its own limit, so that the server's error comes first. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 10_000;
/** For statements that take milliseconds and wait for nobody: about a lease, of a project or of a sink. */
const PROMPT_ANSWER_MS = 15_000;
/** For such statements that wait for a lock. */
export const LOCKING_ANSWER_MS = LOCK_TIMEOUT_MS + 10_000;

/**
 * A pool of connections. They are made when first needed: opening does not fail when the database is down. Values of
 * int8 come as numbers and timestamptz as Dates, in raw statements too ({@link parseRows}).
 */
export function openDatabase(options: {
  readonly url: string;
  readonly applicationName: string;
  readonly maxConnections: number;
}): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  pool.on('connect', (client) => {
    parseRows(client);
    // While a transaction has the connection the pool does not listen, and its statements report what happened.
    client.on('error', () => undefined);
  });
  // An idle connection that dies is replaced when the next is needed; who needs it learns what is wrong.
  pool.on('error', () => undefined);
  const db = Object.assign(drizzle({ client: pool }), {
    transaction: <Result>(work: (tx: Transaction) => Promise<Result>, config?: PgTransactionConfig) =>
      inTransaction(pool, work, config),
  });
  pools.set(db, pool);
  return { db, close: () => pool.end() };
}

const pools = new WeakMap<Database, pg.Pool>();

/**
 * The same database, for short statements by themselves: one that is not answered in time fails, and its connection is
 * given up. A peer that has vanished without a word is noticed like this within seconds; statements that may take long
 * would be cut off. A transaction has limits of its own, and is returned as it is.
 */
export function promptly(db: Database, ms = PROMPT_ANSWER_MS): Database {
  const pool = pools.get(db);
  if (!pool) return db;
  const query = (statement: pg.QueryConfig, values: unknown[]) => {
    const limited = { ...statement, query_timeout: ms };
    return pool.query(limited, values);
  };
  return drizzle({ client: Object.assign(Object.create(pool), { query }) });
}

/**
 * Stands in for drizzle's own transaction on a pool, which keeps the connection for ever when `begin` fails, reports a
 * failed `rollback` instead of what went wrong, and waits for that rollback on a connection that no longer answers.
 */
async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
  config?: PgTransactionConfig,
): Promise<Result> {
  const { client, release } = await borrow(pool);
  let failure: unknown;
  try {
    const result = await drizzle({ client }).transaction(async (tx) => {
      try {
        await limitTransaction(tx);
        return await work(tx);
      } catch (error) {
        failure = error;
        throw error;
      }
    }, config);
    release(false);
    return result;
  } catch (error) {
    // Any other error than that of the work comes from begin, commit or rollback: the connection is of no more use.
    release(error !== failure);
    throw failure ?? error;
  }
}

/** A connection of the pool that is given up by itself, with all it still has to say, when a statement loses it. */
async function borrow(pool: pg.Pool): Promise<{ client: pg.PoolClient; release: (broken: boolean) => void }> {
  // In the words of a statement: whoever decides whether to try again need not know that it was the first.
  const client = await pool.connect().catch((cause: Error) => {
    throw new DrizzleQueryError('connect', [], cause);
  });
  let released = false;
  const release = (broken: boolean) => {
    if (!released) client.release(broken);
    released = true;
  };
  const query = async (statement: pg.QueryConfig, values: unknown[]) => {
    try {
      return await client.query(statement, values);
    } catch (error) {
      if (losesConnection(error)) release(true);
      throw error;
    }
  };
  return { client: Object.assign(Object.create(client), { query }), release };
}

/** A limit for a statement that is a transaction by itself, to be selected before it locks anything. */
export const LOCK_LIMIT = sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true) as lock_timeout`;

/**
 * Limits hold for the transaction: as connection parameters, PgBouncer refuses them ("unsupported startup parameter"),
 * and a plain SET would stay on a server connection that its next transaction lends to somebody else.
 */
async function limitTransaction(tx: Transaction): Promise<void> {
  await tx.execute(sql`select
    set_config('statement_timeout', ${String(STATEMENT_TIMEOUT_MS)}, true),
    set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true),
    set_config('idle_in_transaction_session_timeout', ${String(IDLE_IN_TRANSACTION_MS)}, true)`);
}
