import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { MigrationError, migrateDatabase, migrationState, NewerDatabaseError } from '../src/store/migrate.ts';
import { createTestDatabase, useTestDatabase } from './support/postgres.ts';
import { administer } from './support/postgres-server.ts';

const FIRST = 'CREATE SCHEMA "cph";\n--> statement-breakpoint\ncreate table cph.a (n int);\n';
const SECOND = 'create table cph.b (n int);\n--> statement-breakpoint\ninsert into cph.a values (1);';

let migrationsFolder: string;
let empty: Awaited<ReturnType<typeof createTestDatabase>>;

beforeEach(async () => {
  migrationsFolder = await mkdtemp(join(tmpdir(), 'cph-inventory-migrations-'));
  empty = await createTestDatabase('template0');
});

afterEach(async () => {
  await empty.close();
  await rm(migrationsFolder, { recursive: true });
});

/** The program's migrations, as drizzle-kit would have written them. */
async function program(files: Record<string, string>): Promise<void> {
  const entries = Object.keys(files).map((tag, idx) => ({ idx, tag, breakpoints: true }));
  await mkdir(join(migrationsFolder, 'meta'), { recursive: true });
  await writeFile(join(migrationsFolder, 'meta', '_journal.json'), JSON.stringify({ entries }));
  for (const [tag, text] of Object.entries(files))
    await writeFile(join(migrationsFolder, `${tag}.sql`), text);
}

const migrate = (url = empty.url) => migrateDatabase({ url, migrationsFolder });

async function tables(): Promise<unknown[]> {
  const { rows } = await empty.db.execute(
    sql`select tablename from pg_tables where schemaname = 'cph' order by tablename`,
  );
  return rows.map(({ tablename }) => tablename);
}

describe('applying', () => {
  test('brings an empty database up to date, and has nothing to do the second time', async () => {
    await program({ '0000_a': FIRST, '0001_b': SECOND });
    expect(await migrationState(empty.db, migrationsFolder)).toMatchObject({
      applied: [],
      pending: ['0000_a', '0001_b'],
    });
    expect(await migrate()).toEqual(['0000_a', '0001_b']);
    expect(await migrate()).toEqual([]);
    expect(await tables()).toEqual(['a', 'b', 'migrations']);
    expect(await migrationState(empty.db, migrationsFolder)).toEqual({
      applied: ['0000_a', '0001_b'],
      pending: [],
      newer: [],
      changed: [],
    });
  });

  test('applies only what is new to a database of an earlier version', async () => {
    await program({ '0000_a': FIRST });
    await migrate();
    await program({ '0000_a': FIRST, '0001_b': SECOND });
    expect(await migrate()).toEqual(['0001_b']);
  });

  test('happens once when several programs start together', async () => {
    await program({ '0000_a': FIRST, '0001_b': SECOND });
    const applied = await Promise.all([migrate(), migrate(), migrate(), migrate()]);
    expect(applied.flat()).toEqual(['0000_a', '0001_b']);
    expect((await empty.db.execute(sql`select * from cph.a`)).rows).toEqual([{ n: 1 }]);
  });

  test('a migration that fails takes those before it back, and is named', async () => {
    await program({ '0000_a': FIRST });
    await migrate();
    await program({ '0000_a': FIRST, '0001_b': SECOND, '0002_c': 'create table cph.c (); select 1 / 0' });
    const failure = await migrate().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(MigrationError);
    expect(String(failure)).toContain('0002_c');
    expect(String(failure)).toContain('division by zero');
    expect(await tables()).toEqual(['a', 'migrations']);
    expect((await empty.db.execute(sql`select * from cph.a`)).rows).toEqual([]);
    expect(await migrationState(empty.db, migrationsFolder)).toMatchObject({
      applied: ['0000_a'],
      pending: ['0001_b', '0002_c'],
    });
  });
});

describe('refusing', () => {
  test('a database that a later version has migrated', async () => {
    await program({ '0000_a': FIRST, '0001_b': SECOND });
    await migrate();
    await program({ '0000_a': FIRST, '0001_other': 'create table cph.other ()' });
    await expect(migrate()).rejects.toThrow(NewerDatabaseError);
    await expect(migrate()).rejects.toThrow(/0001_b.*Upgrade/);
    expect(await tables()).toEqual(['a', 'b', 'migrations']);
    expect(await migrationState(empty.db, migrationsFolder)).toMatchObject({ newer: ['0001_b'] });
  });

  test('a migration whose file was changed after it was applied', async () => {
    await program({ '0000_a': FIRST });
    await migrate();
    await program({ '0000_a': `${FIRST}-- a remark`, '0001_b': SECOND });
    await expect(migrate()).rejects.toThrow(/0000_a/);
    expect(await tables()).toEqual(['a', 'migrations']);
    expect(await migrationState(empty.db, migrationsFolder)).toMatchObject({ changed: ['0000_a'] });
  });
});

describe('a user who may not create schemas', () => {
  const role = `cph_test_${randomBytes(4).toString('hex')}`;
  const asRole = () => {
    const url = new URL(empty.directUrl);
    url.username = role;
    url.password = 'secret';
    return url.href;
  };

  beforeEach(() => administer(inject('postgresUrl'), `create role ${role} login password 'secret'`));
  afterEach(async () => {
    await empty.db.execute(sql.raw(`drop owned by ${role}`));
    await administer(inject('postgresUrl'), `drop role ${role}`);
  });

  test('is told which privilege is missing', async () => {
    await program({ '0000_a': FIRST });
    await expect(migrate(asRole())).rejects.toThrow(/permission denied.*grant create on database/);
  });

  test('is told which migrations are missing, and who may apply them, where others have migrated before', async () => {
    await program({ '0000_a': FIRST });
    await migrate();
    await empty.db.execute(
      sql.raw(`grant usage on schema cph to ${role}; grant select on cph.migrations to ${role}`),
    );
    expect(await migrate(asRole())).toEqual([]);
    await program({ '0000_a': FIRST, '0001_b': SECOND });
    const failure = String(await migrate(asRole()).catch((error: unknown) => error));
    expect(failure).toContain('missing: 0001_b');
    expect(failure).toContain('permission denied for schema cph');
    expect(failure).toContain('`cph-inventory migrate` as the owner of schema cph');
    expect(failure).not.toContain('grant create');
  });

  test('can use a schema that an administrator made', async () => {
    await program({ '0000_a': FIRST });
    await empty.db.execute(sql.raw(`create schema cph authorization ${role}`));
    expect(await migrate(asRole())).toEqual(['0000_a']);
  });
});

describe('the migrations of this program', () => {
  const migrated = useTestDatabase();

  test('are all known, applied and unchanged in a fresh database', async () => {
    const { applied, ...rest } = await migrationState(migrated.db);
    expect(applied).not.toEqual([]);
    expect(rest).toEqual({ pending: [], newer: [], changed: [] });
  });
});
