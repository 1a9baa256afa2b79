import { readFileSync } from 'node:fs';
import pg from 'pg';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { listenToLog } from '../src/store/notifications.ts';
import { append, appendIn, built, created, imageIds } from './support/event-log.ts';
import { compile } from './support/event-schema.ts';
import { rowsOf, wholeLog } from './support/inventory-rows.ts';
import { startLossyProxy } from './support/lossy-proxy.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

/** What a client hears that knows nothing but the channel's name. */
async function listen(): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.directUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const heard: string[] = [];
  client.on('notification', ({ payload = '' }) => heard.push(payload));
  await client.query('listen cph_events');
  return heard;
}

describe('NOTIFY cph_events', () => {
  test('tells of each event, in the order of the log', async () => {
    const heard = await listen();
    await append(database.db, [created('a'), built('b', 2), ...imageIds(500).map((id) => created(id))]);
    await until(() => heard.length === 502);
    const log = await wholeLog(database.db);
    expect(heard.map((payload) => JSON.parse(payload))).toEqual(
      log.map(({ seq, type, project_id, image_id }) => ({ seq, type, project_id, image_id })),
    );
    const { payload } = parse(readFileSync('docs/asyncapi.yaml', 'utf8')).components.messages.announcement;
    const isAnnouncement = compile(payload);
    expect(heard.filter((said) => !isAnnouncement(JSON.parse(said)))).toEqual([]);
  });

  test('comes with the commit, and not at all after a rollback', async () => {
    const heard = await listen();
    const rollback = database.db.transaction(async (tx) => {
      await appendIn(tx, [created('rolled back')]);
      throw new Error('rollback');
    });
    await expect(rollback).rejects.toThrow('rollback');
    await append(database.db, [created('committed')]);
    await until(() => heard.length > 0);
    expect(heard.map((payload) => JSON.parse(payload).image_id)).toEqual(['committed']);
  });

  test('has room for the longest ids, in whatever script', async () => {
    const heard = await listen();
    const ids = ['x'.repeat(128), '😀'.repeat(64), '"\\\u0001'.repeat(42)];
    await append(
      database.db,
      ids.map((id) => created(id)),
    );
    await until(() => heard.length === 3);
    expect(heard.map((payload) => JSON.parse(payload).image_id)).toEqual(ids);
  });
});

describe('the listening connection', () => {
  test('hears of every append, and is made again when it is lost', async () => {
    let heard = 0;
    const listener = listenToLog(database.directUrl, () => {
      heard += 1;
    });
    onTestFinished(listener.stop);
    await until(() => heard === 1);
    await append(database.db, [created('a')]);
    await until(() => heard === 2);

    const lost = await listeners();
    await rowsOf(database.db, `select pg_terminate_backend(${lost[0]})`);
    // Heard once more without an append: somebody may have written while nobody listened.
    await until(() => heard === 3);
    expect(await listeners()).not.toEqual(lost);
    await append(database.db, [created('b')]);
    await until(() => heard === 4);
  });

  test('is closed although nobody is left at its other end', async () => {
    const proxy = await startLossyProxy(database.directUrl);
    onTestFinished(proxy.close);
    const heard = moment();
    const listener = listenToLog(proxy.url, heard.now);
    await heard.come;
    proxy.silence();
    await listener.stop();

    proxy.silence('listen cph_events');
    const unanswered = listenToLog(proxy.url, () => undefined);
    await until(() => proxy.unheard().includes('listen'));
    await unanswered.stop();
  });

  test.each(['postgres://nobody@127.0.0.1:1/nothing', 'not a url'])(
    'to nowhere (%s) is quiet, and can be closed at once',
    async (url) => {
      const listener = listenToLog(url, () => {
        throw new Error('heard something');
      });
      await listener.stop();
      await listener.stop();
    },
  );
});

async function listeners(): Promise<unknown[]> {
  const rows = await rowsOf(
    database.db,
    `select pid from pg_stat_activity
     where datname = current_database() and application_name = 'cph-inventory listen'`,
  );
  return rows.map(({ pid }) => pid);
}
