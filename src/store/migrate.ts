import { DrizzleQueryError, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { writeComments } from './comments/write.ts';
import { PostgresClient } from './connection/client.ts';
import type { Database } from './database.ts';
import { MIGRATION_LOCK } from './lock-keys.ts';
import { MIGRATIONS_FOLDER, type MigrationFile, readMigrations } from './migration-files.ts';
import { PINNED } from './pinned.ts';
import { grantReader } from './reader-role.ts';

/** Tags of migrations, oldest first. */
interface MigrationState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied, and unknown to this program: the database belongs to a later version. */
  readonly newer: readonly string[];
  /** Applied, and its file was changed since. */
  readonly changed: readonly string[];
}

/** Nothing was changed. The message names the migration and what to do. */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError';
}

/** A later version of the program has migrated this database. This one does not know what its rows mean. */
export class NewerDatabaseError extends MigrationError {
  override readonly name = 'NewerDatabaseError';
  constructor(newer: readonly string[]) {
    super(
      `The database was migrated by a later version of cph-inventory (${newer.join(', ')}). Upgrade this program; an older one must not write to it.`,
    );
  }
}

/**
 * Brings the database up to date. One transaction holds all pending migrations, their bookkeeping, the
 * comments, and the grants to `cph_reader`.
 *
 * Several programs may migrate at once: the first applies, the others wait and find nothing to do. The lock
 * ends with the transaction, so that this works through a transaction-pooling proxy. The connection has no
 * time limit.
 *
 * @returns the tags that were applied
 * @throws NewerDatabaseError, MigrationError; nothing was changed then
 */
export async function migrateDatabase(options: {
  readonly url: string;
  readonly migrationsFolder?: string;
}): Promise<string[]> {
  const migrations = await migrationsIn(options.migrationsFolder);
  const client = new PostgresClient({ url: options.url, application_name: 'cph-inventory migrate' });
  // Statements report a broken connection themselves.
  client.on('error', () => undefined);
  // The error looks like that of a statement, as whatever else fails on the way to Postgres.
  await client.connect().catch((cause: Error) => {
    throw new DrizzleQueryError('connect', [], cause);
  });
  try {
    const db = drizzle({ client });
    await db.execute(sql.raw(`begin isolation level read committed; ${PINNED}`));
    const applied = await applyPending(db, migrations);
    await writeComments(db);
    await grantReader(db);
    await db.execute(sql`commit`);
    return applied;
  } finally {
    // After an error this also ends the transaction, even where a rollback could not be sent.
    await client.end();
  }
}

/** What the database has of this program's migrations, and what it has besides. Reads one table. */
export async function migrationState(db: Database, migrationsFolder?: string): Promise<MigrationState> {
  return compare(await migrationsIn(migrationsFolder), await readApplied(db));
}

let own: Promise<MigrationFile[]> | undefined;

/** Our own are read once: an upgrade of a checkout changes the folder under programs that still run. */
function migrationsIn(folder: string | undefined): Promise<MigrationFile[]> {
  if (folder !== undefined) return readMigrations(folder);
  own ??= readMigrations(MIGRATIONS_FOLDER);
  return own;
}

async function applyPending(db: Database, migrations: readonly MigrationFile[]): Promise<string[]> {
  await db.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  const state = compare(migrations, await readApplied(db));
  refuse(state);
  const pending = migrations.filter(({ tag }) => state.pending.includes(tag));
  if (pending.length === 0) return [];
  // An alter table that waits behind a long reader makes everybody wait: better to fail and be run again.
  await db.execute(sql`set local lock_timeout = '30s'`);
  if (!(await hasBookkeeping(db))) await makeBookkeeping(db);
  for (const migration of pending) await applyMigration(db, migration, state);
  return pending.map(({ tag }) => tag);
}

interface AppliedMigration extends Record<string, unknown> {
  readonly tag: string;
  readonly hash: string;
}

async function hasBookkeeping(db: Database): Promise<boolean> {
  const { rows } = await db.execute(sql`select where to_regclass('cph.migrations') is not null`);
  return rows.length > 0;
}

async function readApplied(db: Database): Promise<AppliedMigration[]> {
  if (!(await hasBookkeeping(db))) return [];
  const { rows } = await db.execute<AppliedMigration>(sql`select tag, hash from cph.migrations order by tag`);
  return rows;
}

function compare(migrations: readonly MigrationFile[], applied: readonly AppliedMigration[]): MigrationState {
  const hashes = new Map(applied.map(({ tag, hash }) => [tag, hash]));
  const known = new Set(migrations.map(({ tag }) => tag));
  return {
    applied: applied.map(({ tag }) => tag),
    pending: migrations.filter(({ tag }) => !hashes.has(tag)).map(({ tag }) => tag),
    newer: applied.filter(({ tag }) => !known.has(tag)).map(({ tag }) => tag),
    changed: migrations.filter(({ tag, hash }) => (hashes.get(tag) ?? hash) !== hash).map(({ tag }) => tag),
  };
}

function refuse({ newer, changed }: MigrationState): void {
  if (newer.length > 0) throw new NewerDatabaseError(newer);
  if (changed.length > 0) {
    throw new MigrationError(
      `Changed after it was applied: ${changed.join(', ')}. Restore the file as it was; a further change takes a further migration.`,
    );
  }
}

async function makeBookkeeping(db: Database): Promise<void> {
  try {
    const found = await db.execute(sql`select 1 where to_regnamespace('cph') is not null`);
    // Not `if not exists`: Postgres asks for the privilege even when the schema is there.
    if (found.rows.length === 0) await db.execute(sql`create schema cph`);
    await db.execute(sql`create table cph.migrations (
      tag text primary key,
      hash text not null,
      applied_at timestamptz not null default now()
    )`);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new MigrationError(
      `Cannot make schema cph (${reason(error)}). The user of DATABASE_URL needs \`grant create on database …\`, or an administrator to run \`create schema cph authorization …\` for it.`,
      { cause: error },
    );
  }
}

async function applyMigration(
  db: Database,
  { tag, hash, statements }: MigrationFile,
  { pending }: MigrationState,
): Promise<void> {
  try {
    for (const statement of statements) await db.execute(sql.raw(statement));
    await db.execute(sql`insert into cph.migrations (tag, hash) values (${tag}, ${hash})`);
  } catch (error) {
    throw new MigrationError(
      isForbidden(error)
        ? `The database is not up to date (missing: ${pending.join(', ')}), and the user of DATABASE_URL may not change it (${reason(error)}). Run \`cph-inventory migrate\` as the owner of schema cph.`
        : `Migration ${tag} failed and the database is as it was: ${reason(error)}`,
      { cause: error },
    );
  }
}

/** Postgres' insufficient_privilege. */
function isForbidden(error: unknown): boolean {
  return error instanceof DrizzleQueryError && Object(error.cause).code === '42501';
}

/** What Postgres said. The message of drizzle is the whole statement. */
function reason(error: unknown): string {
  const said = error instanceof DrizzleQueryError ? (error.cause ?? error) : error;
  return said instanceof Error ? said.message : String(said);
}
