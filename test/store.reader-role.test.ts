import pg from 'pg';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { append, created } from './support/event-log.ts';
import { wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

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
