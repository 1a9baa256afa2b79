import pg from 'pg';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { migrate } from '../src/commands/migrate.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { outcomeOf } from './support/command-context.ts';
import { append, created } from './support/event-log.ts';
import { rowsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { query, useEmbedded } from './support/postgres-embedded.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

describe('the role cph_reader', () => {
  async function reader(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.directUrl });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query('set role cph_reader');
    return client;
  }

  test('reads every table and view, and asks how things were', async () => {
    const client = await reader();
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c
       join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'cph' and c.relkind in ('r', 'v', 'm')`,
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const { name } of rows) await client.query(`select * from ${name} limit 1`);
    await client.query(`select * from cph.images_as_of(now())`);
  });

  test('writes nothing', async () => {
    await append(database.db, [created('a')]);
    const client = await reader();
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'cph'`,
    );
    for (const { name } of rows) {
      for (const statement of [
        `delete from ${name}`,
        `truncate ${name}`,
        `insert into ${name} default values`,
      ]) {
        await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      }
    }
    await expect(client.query('update cph.projects set name = null')).rejects.toMatchObject({
      code: '42501',
    });
    await expect(client.query('create table cph.mine ()')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`select nextval('cph.image_events_seq_seq')`)).rejects.toMatchObject({
      code: '42501',
    });
    expect((await wholeLog(database.db)).map(({ seq }) => seq)).toEqual([1]);
  });
});

describe('where it was missing when the database was migrated', () => {
  // Roles belong to the server, and that of the other tests has this one.
  const embedded = useEmbedded();

  /** Two users of one new server: one that may do everything, and the owner of a database who may not make roles. */
  async function users() {
    const server = await embedded.start();
    await query(server.url, `create role owner login password 'secret'`);
    await query(server.url, 'create database inventory owner owner');
    const administrator = new URL(server.url);
    administrator.pathname = '/inventory';
    const owner = new URL(administrator);
    owner.username = 'owner';
    owner.password = 'secret';
    return { administrator: administrator.href, owner: owner.href };
  }

  test('migrate says what to run, and grants what is lacking once it is there', async () => {
    const { administrator, owner } = await users();
    const migrated = async () =>
      (await outcomeOf(migrate, { env: { DATABASE_URL: owner }, now: new Date() })).text;
    expect(await migrated()).toMatch(/^Note: role cph_reader.*`create role cph_reader nologin`/m);
    await query(administrator, 'create role cph_reader nologin');
    expect(await migrated()).toBe('The database is up to date.\n');
    const read = `set role cph_reader; select * from cph.image_inventory; select * from cph.images_as_of(now())`;
    await query(administrator, read);

    // What somebody else has made is theirs to grant.
    await query(administrator, 'create table cph.later ()');
    expect(await migrated()).toMatch(/^Note: role cph_reader lacks select on cph.later: /m);
    expect(await migrateDatabase({ url: administrator })).toEqual([]);
    expect(await migrated()).toBe('The database is up to date.\n');
  });

  test('a migration that finds nothing lacking changes no grant', async () => {
    const grants = () => rowsOf(database.db, 'select oid, xmin::text from pg_class order by oid');
    const before = await grants();
    await migrateDatabase({ url: database.directUrl });
    expect(await grants()).toEqual(before);
  });
});
