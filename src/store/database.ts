import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { DrizzleQueryError, sql } from 'drizzle-orm';
import { drizzle, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase, PgTransaction, PgTransactionConfig } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { connectLimit, PostgresClient } from './connection/client.ts';
import { PINNED } from './pinned.ts';
import { parseRows } from './row-values.ts';
import { losesConnection } from './transient.ts';

type NoSchema = Record<string, never>;

/** Where statements go: a pool, where each takes any connection, or a transaction. */
export type Database = PgDatabase<NodePgQueryResultHKT, NoSchema>;

/** For statements that only make sense together with others. */
export type Transaction = PgTransaction<NodePgQueryResultHKT, NoSchema, ExtractTablesWithRelations<NoSchema>>;

export interface OpenDatabase {
  readonly db: Database;
  /** Waits for statements under way, then ends all connections. */
  readonly close: () => Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 120_000;
const IDLE_IN_TRANSACTION_MS = 60_000;
/** Nobody of ours holds a lock for longer than this: an apply takes seconds. */
const LOCK_TIMEOUT_MS = 30_000;
/** For a server that no longer answers: longer than its own limit, so that its error comes first. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 10_000;
/** For statements about the lease of a project or a sink: they take milliseconds and wait for nobody. */
const PROMPT_ANSWER_MS = 15_000;
/** For statements of that kind that wait for a lock. */
export const LOCKING_ANSWER_MS = LOCK_TIMEOUT_MS + 10_000;

/**
 * A pool of connections. Each is made when it is first needed, so opening does not fail while the database is
 * down. Values of int8 come as numbers and timestamptz as Dates, in raw statements too ({@link parseRows}).
 */
export function openDatabase(options: {
  readonly url: string;
  readonly applicationName: string;
  readonly maxConnections: number;
  /** For who only reads: nothing can be written, and Postgres ends a statement that takes longer. */
  readonly readsForMs?: number;
}): OpenDatabase {
  const config = {
    Client: PostgresClient as unknown as typeof pg.Client,
    url: options.url,
    application_name: options.applicationName,
    max: options.maxConnections,
    connectionTimeoutMillis: connectLimit(options.url),
    query_timeout: ANSWER_TIMEOUT_MS,
  };
  const pool = new pg.Pool(config);
  pool.on('connect', (client) => {
    parseRows(client);
    // The pool does not listen while a transaction has the connection; statements report what happened.
    client.on('error', () => undefined);
  });
  // An idle connection that dies is replaced when one is needed. Whoever needs it learns what is wrong.
  pool.on('error', () => undefined);
  const { readsForMs } = options;
  const begin =
    readsForMs === undefined ? BEGIN_PINNED : `${BEGIN} read only; ${PINNED}; ${timeLimit(readsForMs)}`;
  const limits = readsForMs === undefined ? LIMITS : `${LIMITS}; ${timeLimit(readsForMs)}`;
  const db = Object.assign(byThemselves(pool, { begin }), {
    transaction: <Result>(work: (tx: Transaction) => Promise<Result>, config?: PgTransactionConfig) =>
      inTransaction(pool, work, { limits, config }),
  });
  pools.set(db, pool);
  return { db, close: () => pool.end() };
}

const BEGIN = 'begin isolation level read committed';
const BEGIN_PINNED = `${BEGIN}; ${PINNED}`;
const timeLimit = (ms: number) => `set local statement_timeout = ${ms}`;

const pools = new WeakMap<Database, pg.Pool>();

/**
 * The same database for short statements that stand by themselves. A statement that is not answered in time
 * fails, and its connection is given up: so a peer that vanished without a word is noticed within seconds.
 * Statements that may take long would be cut off. A transaction has limits of its own, and is returned as it
 * is.
 */
export function promptly(db: Database, ms = PROMPT_ANSWER_MS): Database {
  const pool = pools.get(db);
  if (!pool) return db;
  return byThemselves(pool, { begin: BEGIN_PINNED, query_timeout: ms });
}

/** For statements that are transactions by themselves, all with the same options. */
function byThemselves(
  pool: pg.Pool,
  { begin, ...options }: { readonly begin: string; readonly query_timeout?: number },
) {
  const query = (statement: pg.QueryConfig, values: unknown[]) =>
    alone(pool, begin, { ...statement, ...options, values });
  return drizzle({ client: Object.assign(Object.create(pool), { query }) as pg.Pool });
}

/**
 * Runs one statement in a transaction of its own, begun, pinned and committed without waiting in between:
 * measured at 0.20 ms on one machine, as long as the statement without. Settings cannot be pinned for
 * longer: behind a pooler the next statement may be another server connection's.
 */
async function alone(pool: pg.Pool, begin: string, statement: pg.QueryConfig): Promise<pg.QueryResult> {
  const client = await pool.connect();
  const limit = 'query_timeout' in statement ? { query_timeout: statement.query_timeout } : {};
  const begun = client.query({ text: begin, ...limit });
  const answered = client.query(statement);
  const committed = client.query({ text: 'commit', ...limit });
  const [beginning, answer, commit] = await Promise.allSettled([begun, answered, committed]);
  const failed = [beginning, answer, commit].find((outcome) => outcome.status === 'rejected');
  client.release(failed !== undefined && (failed !== answer || losesConnection(failed.reason)));
  if (failed) throw failed.reason;
  return (answer as PromiseFulfilledResult<pg.QueryResult>).value;
}

/**
 * Replaces drizzle's own transaction on a pool. That one keeps the connection for ever when `begin` fails. It
 * reports a failed `rollback` instead of what went wrong. And it waits for that rollback on a connection that
 * no longer answers.
 */
async function inTransaction<Result>(
  pool: pg.Pool,
  work: (tx: Transaction) => Promise<Result>,
  { limits, config }: { readonly limits: string; readonly config: PgTransactionConfig | undefined },
): Promise<Result> {
  const { client, release, watched } = await borrow(pool);
  let failure: unknown;
  try {
    const result = await drizzle({ client }).transaction(
      async (tx) => {
        try {
          await tx.execute(sql.raw(`${PINNED}; ${limits}`));
          connections.set(tx, (work) => watched(() => work(client)));
          return await work(tx);
        } catch (error) {
          failure = error;
          throw error;
        }
      },
      { isolationLevel: 'read committed', ...config },
    );
    release(false);
    return result;
  } catch (error) {
    // Any other error comes from begin, commit or rollback. Then the connection is of no more use.
    release(error !== failure);
    throw failure ?? error;
  }
}

type OnConnection = <Result>(work: (client: pg.ClientBase) => Promise<Result>) => Promise<Result>;

const connections = new WeakMap<Transaction, OnConnection>();

/** Runs what drizzle has no words for on the connection of a transaction, between its other statements. */
export function onConnectionOf<Result>(
  tx: Transaction,
  work: (client: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  const on = connections.get(tx);
  if (!on) throw new TypeError('onConnectionOf: a transaction of openDatabase is expected');
  return on(work);
}

interface Borrowed {
  readonly client: pg.PoolClient;
  readonly release: (broken: boolean) => void;
  /** Runs a statement, and gives the connection up when it is lost. */
  readonly watched: <Result>(statement: () => Promise<Result>) => Promise<Result>;
}

/** A connection of the pool that is given up, once, when a statement loses it. */
async function borrow(pool: pg.Pool): Promise<Borrowed> {
  // It looks like the error of a statement: whoever decides on another try need not know the difference.
  const client = await pool.connect().catch((cause: Error) => {
    throw new DrizzleQueryError('connect', [], cause);
  });
  let released = false;
  const release = (broken: boolean) => {
    if (!released) client.release(broken);
    released = true;
  };
  const watched = async <Result>(statement: () => Promise<Result>) => {
    try {
      return await statement();
    } catch (error) {
      if (losesConnection(error)) release(true);
      throw error;
    }
  };
  const query = (statement: pg.QueryConfig | pg.Submittable, values: unknown[]) =>
    'submit' in statement ? client.query(statement) : watched(() => client.query(statement, values));
  return { client: Object.assign(Object.create(client), { query }), release, watched };
}

/** For a statement that is a transaction by itself: to be selected before anything is locked. */
export const LOCK_LIMIT = sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true) as lock_timeout`;

/**
 * Limits hold for the transaction. PgBouncer refuses them as connection parameters ("unsupported startup
 * parameter"). A plain SET would stay behind on a server connection, and its next transaction may be lent to
 * somebody else.
 */
const LIMITS = `set local statement_timeout = ${STATEMENT_TIMEOUT_MS}; set local lock_timeout = ${LOCK_TIMEOUT_MS};
  set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`;
