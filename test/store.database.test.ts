import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type OpenDatabase, openDatabase } from '../src/store/database.ts';
import { startLossyProxy } from './support/lossy-proxy.ts';
import { createTestDatabase, useTestDatabase } from './support/postgres.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();

// One connection: a statement that would need a second, or a connection that is not given back, shows at once.
let single: OpenDatabase;

beforeEach(() => {
  single = openDatabase({ url: database.url, applicationName: 'single', maxConnections: 1 });
});

afterEach(() => single.close());

async function first(statement: ReturnType<typeof sql>): Promise<Record<string, unknown> | undefined> {
  return (await single.db.execute(statement)).rows[0];
}

test('raw statements return int8 as numbers and timestamptz as dates', async () => {
  const row = await first(sql`
    select 20000000000000::int8 as size, count(*) as count, '2026-01-02T03:04:05.678Z'::timestamptz as at, null::int8 as none
    from cph.projects`);
  expect(row).toEqual({
    size: 20_000_000_000_000,
    count: 0,
    at: new Date('2026-01-02T03:04:05.678Z'),
    none: null,
  });
});

test('an int8 that no number can hold is an error, not another number', async () => {
  await expect(first(sql`select 9007199254740993::int8`)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('9007199254740993') },
  });
  expect(await first(sql`select 1 as up`)).toEqual({ up: 1 });
});

test('time limits hold inside a transaction and do not stay on its connection', async () => {
  const limits = sql`select current_setting('statement_timeout') as statement,
    current_setting('idle_in_transaction_session_timeout') as idle`;
  const inside = await single.db.transaction(async (tx) => (await tx.execute(limits)).rows[0]);
  expect(inside).toEqual({ statement: '2min', idle: '1min' });
  expect(await first(limits)).toEqual({ statement: '0', idle: '0' });
});

test('an idle connection that dies is replaced', async () => {
  await first(sql`select 1`);
  await vi.waitUntil(
    async () => {
      const found = await database.db.execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'single'`,
      );
      return found.rows.length === 0;
    },
    { timeout: 10_000 },
  );
  expect(await first(sql`select 1 as up`)).toEqual({ up: 1 });
});

test('a transaction whose connection dies reports why, and gives the connection back', async () => {
  const dying = single.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`);
  });
  await expect(dying).rejects.toMatchObject({ cause: { code: '57P01' } });
  expect(await first(sql`select 1 as up`)).toEqual({ up: 1 });
});

test('a transaction that gets no answer is given up when that is overdue, without waiting for its rollback', async () => {
  const proxy = await startLossyProxy(database.url);
  onTestFinished(proxy.close);
  const lossy = openDatabase({ url: proxy.url, applicationName: 'lossy', maxConnections: 1 });
  onTestFinished(lossy.close);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  for (const last of ['as overdue', 'commit']) {
    proxy.silence(last);
    const unanswered = lossy.db.transaction((tx) => tx.execute(sql`select 1 as overdue`));
    const failed = expect(unanswered).rejects.toMatchObject({ cause: { message: expect.any(String) } });
    await until(() => proxy.unheard().includes(last));
    await vi.advanceTimersByTimeAsync(130_000);
    await failed;
  }
  expect((await lossy.db.execute(sql`select 1 as up`)).rows).toEqual([{ up: 1 }]);
});

test('a transaction that cannot begin gives the connection back', async () => {
  const impossible = { isolationLevel: 'none at all' as 'serializable' };
  await expect(single.db.transaction(async () => undefined, impossible)).rejects.toThrow();
  expect(await first(sql`select 1 as up`)).toEqual({ up: 1 });
});

test('a connection left open fails the test that left it', async () => {
  const other = await createTestDatabase();
  const leaked = new pg.Client({ connectionString: other.directUrl, application_name: 'forgotten' });
  leaked.on('error', () => undefined);
  await leaked.connect();
  await expect(other.close()).rejects.toThrow(/left open.*forgotten/);
});
