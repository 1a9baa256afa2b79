import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenDatabase, openDatabase } from '../src/store/database.ts';
import { beginRun } from '../src/store/runs.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { currentImages, foldedLog, rowsOf, runsOf, wholeLog } from './support/inventory-rows.ts';
import { holdLock, untilWaiting } from './support/locks.ts';
import { type LossyProxy, startLossyProxy } from './support/lossy-proxy.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
let proxy: LossyProxy;
let lossy: OpenDatabase;

beforeEach(async () => {
  await database.truncate();
  proxy = await startLossyProxy(database.url);
  lossy = openDatabase({ url: proxy.url, applicationName: 'lossy', maxConnections: 3 });
});
afterEach(async () => {
  await lossy.close();
  await proxy.close();
});

const failures = async () =>
  (await rowsOf(database.db, 'select consecutive_failures from cph.projects'))[0]?.consecutive_failures;

describe('a sweep that loses its connection', () => {
  test('while it applies what it found, applies it over another one', async () => {
    const { api, sweep } = await scriptedProject(lossy.db);
    api.records = [imagesRecord('a'), phoneRecord('a')];
    const { release } = await holdLock(database.directUrl, 'lock table cph.image_events in exclusive mode');
    const swept = sweep();
    await untilWaiting(database.db, 1);
    await database.db.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lossy' and wait_event_type = 'Lock'`);
    await release();
    expect(await swept).toMatchObject({ status: 'succeeded', created: 1 });
    expect(await wholeLog(database.db)).toHaveLength(1);
    expect(await foldedLog(database.db, 'p1')).toEqual(await currentImages(database.db, 'p1'));
  });

  test('between the commit and its answer, has applied it once', async () => {
    const { api, sweep } = await scriptedProject(lossy.db);
    api.records = [imagesRecord('a', { status_code: 0 })];
    proxy.loseAnswer({ text: 'commit', after: 'cph.image_events' });
    expect(await sweep()).toMatchObject({ status: 'succeeded', created: 1 });
    expect(proxy.lost()).toBe(true);
    expect(await wholeLog(database.db)).toHaveLength(1);
    expect(await rowsOf(database.db, 'select * from cph.image_status_transitions')).toHaveLength(1);
    expect(await runsOf(database.db)).toMatchObject([{ status: 'succeeded', created: 1 }]);
  });

  test('between the one statement of a quiet sweep and its answer, has succeeded once', async () => {
    const { api, sweep } = await scriptedProject(lossy.db);
    api.records = [imagesRecord('a')];
    await sweep();
    proxy.loseAnswer({ text: 'snapshot_digest is distinct' });
    expect(await sweep()).toMatchObject({ status: 'succeeded', created: 0, updated: 0 });
    expect(proxy.lost()).toBe(true);
    expect(await runsOf(database.db)).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
    expect(await rowsOf(database.db, 'select last_applied_run_id from cph.projects')).toEqual([
      { last_applied_run_id: 2 },
    ]);
  });

  test('between its beginning and the answer, begins again, and what it began is abandoned', async () => {
    const { sweep } = await scriptedProject(lossy.db);
    proxy.loseAnswer({ text: 'looking_run_id = nextval' });
    expect(await sweep()).toMatchObject({ status: 'succeeded', run_id: 2 });
    expect(await runsOf(database.db)).toMatchObject([{ status: 'abandoned' }, { status: 'succeeded' }]);
  });

  test('between its beginning and the answer, and then fails, leaves no run behind but that of an older look', async () => {
    const { api, sweep } = await scriptedProject(lossy.db);
    await beginRun(database.db, 'p1', 'sweep', new Date('2026-08-01T12:00:00Z'));
    api.circumstances = { proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' } };
    proxy.loseAnswer({ text: 'looking_run_id = nextval' });
    expect(await sweep()).toMatchObject({ status: 'failed', run_id: 3 });
    expect(await runsOf(database.db)).toMatchObject([
      { status: 'running' },
      { status: 'abandoned', error_message: expect.stringContaining('run 3') },
      { status: 'failed' },
    ]);
  });

  test('between the end of its failure and the answer, has failed once', async () => {
    const { api, sweep } = await scriptedProject(lossy.db);
    api.circumstances = { proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' } };
    proxy.loseAnswer({ text: 'commit', after: 'consecutive_failures' });
    expect(await sweep()).toMatchObject({ status: 'failed' });
    expect(proxy.lost()).toBe(true);
    expect(await failures()).toBe(1);
  });

  test('for good, does not try again once it is stopped', async () => {
    const { api, sweep } = await scriptedProject(lossy.db);
    const stop = new AbortController();
    api.hold = () => {
      proxy.refuse();
      stop.abort(new Error('stopped'));
    };
    await sweep({ signal: stop.signal }).catch(() => undefined);
    const tried = proxy.connections();
    // The first was there already; the end of the run is worth one more.
    expect(tried).toBeLessThanOrEqual(2);
    expect(await runsOf(database.db)).toMatchObject([{ status: 'running' }]);
  });
});
