import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../src/store/database.ts';
import { retryTransient } from '../src/store/transient.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();

// One connection, past any pooler: the process at its other end tells whether it is still the same.
let single: OpenDatabase;
beforeEach(() => {
  single = openDatabase({ url: database.directUrl, applicationName: 'single', maxConnections: 1 });
});
afterEach(() => single.close());

const raise = (code: string) => sql.raw(`do $$ begin raise exception using errcode = '${code}'; end $$`);
const server = async () => (await single.db.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid;

/** Fails with a code at first, and then no more; returns the servers that were asked. */
async function failingOnce(code: string): Promise<unknown[]> {
  const servers: unknown[] = [];
  await retryTransient(() =>
    single.db.transaction(async (tx) => {
      servers.push((await tx.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid);
      if (servers.length === 1) await tx.execute(raise(code));
    }),
  );
  return servers;
}

describe('a transaction is tried again', () => {
  test.each([
    ['the server is stopped', '57P01'],
    ['the session was idle for too long', '57P05'],
    ['the server has no connection left', '53300'],
    ['the server has become a standby', '25006'],
  ])('over another connection when %s (%s)', async (_, code) => {
    const [first, second, ...more] = await failingOnce(code);
    expect(second).not.toBe(first);
    expect(more).toEqual([]);
  });

  test('over the same connection when it met another one', async () => {
    const [first, second] = await failingOnce('40001');
    expect(second).toBe(first);
  });
});

test('any other failure is told at once, and keeps the connection', async () => {
  const before = await server();
  await expect(failingOnce('23514')).rejects.toMatchObject({ cause: { code: '23514' } });
  expect(await server()).toBe(before);
});

test('a server that takes nothing for writing is not asked again over the same connection', async () => {
  const before = await server();
  const writing = single.db.transaction((tx) => tx.execute(sql`create table cph.never ()`), {
    accessMode: 'read only',
  });
  await expect(writing).rejects.toMatchObject({ cause: { code: '25006' } });
  expect(await server()).not.toBe(before);
});
