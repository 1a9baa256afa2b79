import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { check } from '../src/commands/check.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { outcomeOf } from './support/command-context.ts';
import { startIdleLocks } from './support/idle-locks.ts';
import { hasPgBouncer, startPgBouncer } from './support/pgbouncer.ts';
import { createTestDatabase } from './support/postgres.ts';
import { administer } from './support/postgres-server.ts';
import { startOwnPostgres } from './support/replica-postgres.ts';
import { projectEnv } from './support/simulated-project.ts';

/** What is said of the database; nothing else answers. */
async function databaseLines(url: string): Promise<[result: string, details: string][]> {
  const { text } = await outcomeOf((context) => check({ json: true }, context), {
    env: { ...projectEnv({ url: 'http://127.0.0.1:1', token: 'a-token' }, 'p1'), DATABASE_URL: url },
    now: new Date(),
  });
  const lines: Record<string, string>[] = JSON.parse(text);
  return lines
    .filter(({ what }) => what === 'database')
    .map(({ result = '', details = '' }) => [result, details]);
}

async function testDatabase(template?: string): Promise<string> {
  const database = await createTestDatabase(template);
  onTestFinished(database.close);
  return database.directUrl;
}

test('a database that is up to date is ok', async () => {
  expect(await databaseLines(await testDatabase())).toEqual([
    ['ok', expect.stringMatching(/may be written/)],
  ]);
});

test('an empty database is a note', async () => {
  expect(await databaseLines(await testDatabase('template0'))).toEqual([
    ['note', expect.stringMatching(/^empty: .*`migrate`/)],
  ]);
});

test('an empty database in which the role may not make the schema is a failure', async () => {
  const url = new URL(await testDatabase('template0'));
  const role = `${url.pathname.slice(1)}_role`;
  await administer(url.href, `create role ${role} login password 'p'`);
  onTestFinished(() => administer(inject('postgresUrl'), `drop role ${role}`));
  url.username = role;
  url.password = 'p';
  expect(await databaseLines(url.href)).toEqual([
    ['failed', expect.stringMatching(/grant create on database/)],
  ]);
});

test.each(['database', 'role'])('a database that is read-only by its %s is a failure', async (by) => {
  const url = await testDatabase();
  const { pathname, username } = new URL(url);
  const name = pathname.slice(1);
  const whose = by === 'database' ? `database ${name}` : `role ${username} in database ${name}`;
  await administer(inject('postgresUrl'), `alter ${whose} set default_transaction_read_only = on`);
  expect(await databaseLines(url)).toEqual([['failed', expect.stringMatching(/read-only for this role/)]]);
});

test.each([true, false])('a hot standby is a failure, migrated: %s', async (migrated) => {
  const server = await startOwnPostgres({ migrated });
  onTestFinished(server.close);
  await server.restart(async (data, owned) => {
    await writeFile(join(data, 'standby.signal'), '');
    await owned(join(data, 'standby.signal'));
  });
  expect(await databaseLines(server.url)).toEqual([
    ['failed', expect.stringMatching(/standby .*target_session_attrs/)],
  ]);
});

test.each(['LATIN1', 'SQL_ASCII'])('a database in %s is a failure, migrated or empty', async (encoding) => {
  const url = new URL(await testDatabase('template0'));
  url.pathname += '_foreign';
  const name = url.pathname.slice(1);
  await administer(
    inject('postgresUrl'),
    `create database ${name} encoding ${encoding} locale 'C' template template0`,
  );
  onTestFinished(() => administer(inject('postgresUrl'), `drop database ${name} with (force)`));
  const failure = [['failed', expect.stringMatching(new RegExp(`encoding .* ${encoding}.* UTF8`))]];
  expect(await databaseLines(url.href)).toEqual(failure);
  await migrateDatabase({ url: url.href });
  expect(await databaseLines(url.href)).toEqual(failure);
});

test('a database that speaks the protocol, and whose advisory locks do nothing, is a failure', async () => {
  const proxy = await startIdleLocks(await testDatabase());
  onTestFinished(proxy.close);
  expect(await databaseLines(proxy.url)).toEqual([['failed', expect.stringMatching(/advisory locks/)]]);
});

test.skipIf(!hasPgBouncer())(
  'through a pooler that lends connections by the transaction, locks hold',
  async () => {
    const proxy = await startPgBouncer(inject('postgresUrl'), { connections: 2 });
    onTestFinished(proxy.close);
    expect(await databaseLines(proxy.through(await testDatabase()))).toEqual([['ok', expect.any(String)]]);
  },
);
