/** What is said of a Postgres that does not do what it is asked: who said it, and what to do about it. */
import { createServer } from 'node:net';
import { DrizzleQueryError, sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { databaseFailure } from '../src/store/database-failure.ts';
import { errorText } from '../src/sync/trouble.ts';
import { createTestDatabase, useTestDatabase } from './support/postgres.ts';
import { administer } from './support/postgres-server.ts';

const database = useTestDatabase();

/** What is said of a statement at `url`. */
async function said(url: string, statement = 'select 1'): Promise<string> {
  const { db, close } = openDatabase({ url, applicationName: 'test', maxConnections: 1 });
  onTestFinished(close);
  return await db.execute(sql.raw(statement)).then(
    () => 'nothing',
    (error: unknown) => errorText(error),
  );
}

const at = (change: (url: URL) => void) => {
  const url = new URL(database.directUrl);
  change(url);
  return url.href;
};

/** As the daemon's URL says it. */
const host = () => new URL(database.directUrl).host;

test('a database that is not there is named with its server', async () => {
  const text = await said(at((url) => (url.pathname = '/nowhere')));
  expect(text).toBe(
    `Postgres at ${host()}: database "nowhere" does not exist. Check the name behind the last slash of DATABASE_URL, or make the database (createdb).`,
  );
});

test('a server that is not there is named once', async () => {
  expect(await said('postgres://u:p@127.0.0.1:1/x')).toBe(
    'Postgres at 127.0.0.1:1: no connection (ECONNREFUSED). Nothing listens there: see whether Postgres runs, then check host and port in DATABASE_URL.',
  );
});

test('a host of several addresses, of which Node says nothing but a code, is no empty message', async () => {
  expect(await said('postgres://u:p@localhost:1/x')).toMatch(
    /^Postgres at localhost:1: no connection \(ECONNREFUSED\)\. /,
  );
});

test('something else than Postgres is taken for what it is', async () => {
  const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(await said(`postgres://u:p@127.0.0.1:${port}/x`)).toMatch(
    /no Postgres .*: check host and port in DATABASE_URL$/,
  );
});

test('a role that may have no more connections is told where the limits are', async () => {
  const role = `${new URL(database.directUrl).pathname.slice(1)}_words`;
  await administer(database.directUrl, `create role ${role} login password 'p' connection limit 0`);
  onTestFinished(() => administer(database.directUrl, `drop role ${role}`));
  const text = await said(at((url) => Object.assign(url, { username: role, password: 'p' })));
  expect(text).toMatch(/too many connections for role .*\. No connection is left/);
});

test.each([
  ['42501', `set role cph_reader; delete from cph.images`, /lacks this right/],
  ['25006', `set transaction read only; delete from cph.images`, /standby, or read-only/],
  ['57014', `set local statement_timeout = 1; select pg_sleep(9)`, /longer than its limit/],
  ['42P01', `select 1 from cph.nothing`, /cph-inventory migrate/],
  ['55P03', `set local lock_timeout = 1; do $$ begin raise sqlstate '55P03'; end $$`, /pg_stat_activity/],
  [
    '53100',
    `do $$ begin raise sqlstate '53100' using message = 'could not extend file'; end $$`,
    /disk .* is full/,
  ],
  ['58030', `do $$ begin raise sqlstate '58030' using message = 'could not read'; end $$`, /its own disk/],
])('what Postgres says with %s comes with advice, and with its server', async (_, statement, advice) => {
  const parts = statement.split('; ');
  const { db, close } = openDatabase({ url: database.directUrl, applicationName: 'test', maxConnections: 1 });
  onTestFinished(close);
  const failed = await db
    .transaction(async (tx) => {
      for (const part of statement.includes('$$') ? [statement.slice(statement.indexOf('do '))] : parts)
        await tx.execute(sql.raw(part));
    })
    .catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(DrizzleQueryError);
  expect(errorText(failed)).toMatch(new RegExp(`^Postgres at ${host()}: .+\\. `));
  expect(errorText(failed)).toMatch(advice);
});

test('a failure that nobody knows is told as it is', () => {
  expect(databaseFailure(Object.assign(new Error('division by zero'), { code: '22012' }))).toEqual({
    message: 'Postgres: division by zero',
    advice: null,
  });
});

test('the schema may be missing for another reason than a right that is', async () => {
  const empty = await createTestDatabase('template0');
  onTestFinished(empty.close);
  const name = new URL(empty.directUrl).pathname.slice(1);
  await administer(database.directUrl, `alter database ${name} set default_transaction_read_only = on`);
  const { migrateDatabase } = await import('../src/store/migrate.ts');
  const failed = await migrateDatabase({ url: empty.directUrl }).catch((error: unknown) => error);
  expect(errorText(failed)).toMatch(/read-only transaction\. The server is a standby, or read-only/);
});
