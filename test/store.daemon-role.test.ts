import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { readPrivileges } from '../src/store/privileges.ts';
import { pruneEvents, pruneRuns } from '../src/store/retention.ts';
import { registerSinks } from '../src/store/sinks.ts';
import { imagesRecord } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();

/** The statements of README, word for word. */
const [, STATEMENTS = ''] =
  /```sql\n(create role cph_daemon[\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];

const asDaemon = () => {
  const url = new URL(database.directUrl);
  url.username = 'cph_daemon';
  url.password = 'change me';
  return { url: url.href, ...openDatabase({ url: url.href, applicationName: 'test', maxConnections: 2 }) };
};

beforeAll(async () => {
  await database.db.execute(sql.raw('drop role if exists cph_daemon'));
  await database.db.execute(sql.raw(STATEMENTS));
});
afterAll(() => database.db.execute(sql.raw('drop owned by cph_daemon; drop role cph_daemon')));

test('the role that README describes lacks nothing, and can sweep, register sinks and prune', async () => {
  const daemon = asDaemon();
  try {
    expect((await readPrivileges(daemon.db)).missing).toEqual([]);
    expect(await migrateDatabase({ url: daemon.url })).toEqual([]);
    const scripted = await scriptedProject(daemon.db, 'p1');
    scripted.api.records = [imagesRecord('a'), imagesRecord('b')];
    expect(await scripted.sweep()).toMatchObject({ status: 'succeeded', created: 2 });
    await registerSinks(daemon.db, [{ name: 'webhook', kind: 'webhook' }], new Date());
    const signal = new AbortController().signal;
    await pruneEvents(daemon.db, new Date(), signal);
    await pruneRuns(daemon.db, new Date(), signal);
  } finally {
    await daemon.close();
  }
});

test('it may not change the log, drop what it is kept in, or make tables of its own', async () => {
  const daemon = asDaemon();
  try {
    for (const statement of [
      "update cph.image_events set type = 'cph.image.removed'",
      'delete from cph.images',
      'drop table cph.projects',
      'create table cph.mine ()',
    ]) {
      await expect(daemon.db.execute(sql.raw(statement))).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  } finally {
    await daemon.close();
  }
});
