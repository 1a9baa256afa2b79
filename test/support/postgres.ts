import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { administer, databaseUrl } from './postgres-server.ts';

export interface TestDatabase {
  /** Through a PgBouncer when the run is to go through one. */
  readonly url: string;
  /** Past it, for what needs a session: LISTEN, other users, settings that stay. */
  readonly directUrl: string;
  readonly db: Database;
  /** Empties every table, so that a test starts from nothing. */
  readonly truncate: () => Promise<void>;
}

/** Serialises clones: Postgres refuses to copy a template that somebody else is connected to. */
const CLONING = 7_266_003;
/** PgBouncer lets go of an idle connection after a second. */
const LEAK_MS = 5_000;

/**
 * A database of its own, migrated and empty, for the tests of the describe (or file) this is called in. Its members can be read
 * once the tests run. The last test is followed by a check that nobody has left a connection open.
 */
export function useTestDatabase(): TestDatabase {
  let opened: (TestDatabase & { readonly close: () => Promise<void> }) | undefined;
  beforeAll(async () => {
    opened = await createTestDatabase();
  });
  afterAll(async () => {
    await opened?.close();
  });
  const current = () => {
    if (!opened)
      throw new Error('the test database is there once the tests run: read it inside a test or a hook');
    return opened;
  };
  return {
    get url() {
      return current().url;
    },
    get directUrl() {
      return current().directUrl;
    },
    get db() {
      return current().db;
    },
    truncate: () => current().truncate(),
  };
}

/** The same for tests that need several, or an empty one (`template0`); `close` drops it and fails on leaked connections. */
export async function createTestDatabase(
  template = inject('templateDatabase'),
): Promise<TestDatabase & { readonly close: () => Promise<void> }> {
  const server = inject('postgresUrl');
  const name = `cph_test_${randomBytes(6).toString('hex')}`;
  await clone(server, { name, template });
  const url = databaseUrl(inject('pooledUrl'), name);
  const { db, close } = openDatabase({ url, applicationName: 'test', maxConnections: 5 });
  return {
    url,
    directUrl: databaseUrl(server, name),
    db,
    truncate: () => truncate(db),
    close: async () => {
      await close();
      const leaked = await openConnections(server, name);
      await administer(server, `drop database ${name} with (force)`);
      if (leaked.length > 0) throw new Error(`connections left open: ${leaked.join('; ')}`);
    },
  };
}

const OF_PROGRAMS = sql`datname = current_database() and application_name like 'cph-inventory%'`;

/** Ends the connections of programs to a test's database. Its own stay. */
export async function endConnections({ db }: TestDatabase): Promise<void> {
  // Waits until they are gone: one that lingers would still do what it is told.
  await db.execute(sql`select pg_terminate_backend(pid, 5000) from pg_stat_activity where ${OF_PROGRAMS}`);
}

export async function programConnections({ db }: TestDatabase): Promise<number> {
  const { rows } = await db.execute(sql`select from pg_stat_activity where ${OF_PROGRAMS}`);
  return rows.length;
}

/** Ends the connections of programs and keeps new ones out, or lets them in again. */
export async function setReachable(database: TestDatabase, reachable: boolean): Promise<void> {
  const name = new URL(database.directUrl).pathname.slice(1);
  // Only from another database can that be said.
  await administer(inject('postgresUrl'), `alter database ${name} allow_connections ${reachable}`);
  if (!reachable) await endConnections(database);
}

async function clone(server: string, { name, template }: { name: string; template: string }): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [CLONING]);
    await client.query(`create database ${name} template ${template}`);
  } finally {
    await client.end();
  }
}

async function truncate(db: Database): Promise<void> {
  await db.execute(sql`
    do $$ begin
      execute (
        select format('truncate %s restart identity cascade', string_agg(format('cph.%I', tablename), ', '))
        from pg_tables
        where schemaname = 'cph' and tablename <> 'migrations'
      );
    end $$`);
}

/** Who is still connected after the server has had time to notice that connections were closed. */
async function openConnections(server: string, name: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const patience = AbortSignal.timeout(LEAK_MS);
  try {
    for (;;) {
      const { rows } = await client.query<{ who: string }>(
        `select format('%s: %s (%s)', application_name, query, state) as who from pg_stat_activity
         where datname = $1 and backend_type = 'client backend'`,
        [name],
      );
      if (rows.length === 0 || patience.aborted) return rows.map(({ who }) => who);
      await sleep(20);
    }
  } finally {
    await client.end();
  }
}
