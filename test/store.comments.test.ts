import { describe, expect, test } from 'vitest';
import { OTHER_COMMENTS } from '../src/store/comments/other-objects.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
const rows = (statement: string) => rowsOf(database.db, statement);
const migrateAgain = () => migrateDatabase({ url: database.directUrl });

/** Everything of schema `cph` that a person can look at, with what it says. */
const OBJECTS = `
  select 'schema cph' as object, obj_description('cph'::regnamespace, 'pg_namespace') as comment
  union all
  select c.oid::regclass::text, obj_description(c.oid, 'pg_class')
  from pg_class c where c.relnamespace = 'cph'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  union all
  select c.oid::regclass || '.' || a.attname, col_description(c.oid, a.attnum)
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = 'cph'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
  union all
  select p.oid::regprocedure::text, obj_description(p.oid, 'pg_proc') from pg_proc p where p.pronamespace = 'cph'::regnamespace`;

const WRITTEN = 'select objoid, objsubid, xmin::text as xmin from pg_description order by 1, 2';

describe('the comments of schema cph', () => {
  test('are on every table, view, column and function', async () => {
    const objects = await rows(OBJECTS);
    expect(objects.length).toBeGreaterThan(200);
    expect(objects.filter(({ comment }) => typeof comment !== 'string' || comment.length < 10)).toEqual([]);
  });

  test('say what null means wherever a column of a table can be null', async () => {
    const nullable = await rows(`
      select c.oid::regclass || '.' || a.attname as object, col_description(c.oid, a.attnum) as comment
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and not a.attnotnull
      where c.relnamespace = 'cph'::regnamespace and c.relkind = 'r'`);
    expect(nullable.length).toBeGreaterThan(40);
    expect(nullable.filter(({ comment }) => !/\bnull\b/i.test(String(comment)))).toEqual([]);
  });

  test('are of objects that there are', async () => {
    const found = await rows(
      `select 'function cph.' || proname || '(' || oidvectortypes(proargtypes) || ')' as object from pg_proc where pronamespace = 'cph'::regnamespace`,
    );
    const functions = Object.keys(OTHER_COMMENTS).filter((object) => object.startsWith('function '));
    expect(functions.toSorted()).toEqual(found.map(({ object }) => object).toSorted());
  });

  test('are written once, and put right where they differ', async () => {
    const written = await rows(WRITTEN);
    await migrateAgain();
    expect(await rows(WRITTEN)).toEqual(written);
    await rows(`comment on column cph.images.status is 'something else'`);
    await rows('comment on view cph.image_summary is null');
    await migrateAgain();
    const said = await rows(
      `select col_description('cph.images'::regclass, attnum) as status, obj_description('cph.image_summary'::regclass, 'pg_class') as summary
       from pg_attribute where attrelid = 'cph.images'::regclass and attname = 'status'`,
    );
    expect(said).toMatchObject([
      { status: expect.stringContaining('creating, usable'), summary: expect.stringContaining('bytes') },
    ]);
  });

  test('wait for the next time while somebody holds a table', async () => {
    await rows(`comment on table cph.images is 'something else'`);
    await database.db.transaction(async (tx) => {
      await rowsOf(tx, 'lock table cph.images in share update exclusive mode');
      expect(await migrateAgain()).toEqual([]);
    });
    expect(await rows(`select obj_description('cph.images'::regclass, 'pg_class') as said`)).toEqual([
      { said: 'something else' },
    ]);
    await migrateAgain();
    expect(await rows(`select obj_description('cph.images'::regclass, 'pg_class') as said`)).toEqual([
      { said: expect.stringContaining('Every image') },
    ]);
  });

  test('are left alone on what others made', async () => {
    await rows('create table cph.mine (one int)');
    await rows(`comment on table cph.mine is 'ours'`);
    await migrateAgain();
    expect(await rows(`select obj_description('cph.mine'::regclass, 'pg_class') as said`)).toEqual([
      { said: 'ours' },
    ]);
    await rows('drop table cph.mine');
  });
});
