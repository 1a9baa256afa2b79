import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { trendOf } from '../src/answers/build-trend.ts';
import { readBuilds } from '../src/answers/builds.ts';
import { type ChangesAsked, readChanges } from '../src/answers/changes.ts';
import { imagesRecord } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { lookTimes, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const DAY = 86_400_000;
const NOW = new Date(Date.UTC(2026, 5, 1, 12));
/** So many days ago. */
const ago = (days: number) => new Date(NOW.getTime() - days * DAY);

/** Three hundred days with a life here and there: steps of all lengths have to be taken. */
beforeAll(async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const at = (days: number) => sweep({ now: lookTimes(new Date(ago(days).getTime() - 1000), ago(days)) });
  const image = (id: string, status_code: number) => imagesRecord(id, { status_code });
  const many = (status_code: number) => Array.from({ length: 30 }, (_, i) => image(`many${i}`, status_code));
  api.records = [image('old', 1), image('back', 1), ...many(0)];
  await at(300);
  api.records = [image('old', 2), image('back', 2), ...many(1)];
  await at(40);
  api.records = [image('old', 2), image('back', 1), ...many(1).slice(1), ...[image('new', 0)]];
  await at(3);
  await at(2);
  api.records = [...api.records.slice(0, -1), image('new', 1)];
  await at(1);
});

describe('changes between two times', () => {
  const ask = (asked: ChangesAsked) => readChanges(database.db, asked, NOW);

  test.each([
    [301, 0],
    [299, 0],
    [41, 2.5],
    [40, 1],
    [3, 3],
    [2, 2.5],
    [250, 50],
  ])('from %s to %s days ago are those of SQL, in pages that are the whole', async (since, until) => {
    const { rows } = await database.db.execute(sql`
      select * from cph.changes_between(${ago(since).toISOString()}, ${ago(until).toISOString()})
      order by changed_at desc, event_seq desc`);
    const span = { since: ago(since), until: ago(until) };
    expect((await ask({ ...span, limit: 1000 })).items).toEqual(rows);
    const walked: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ ...span, limit: 7, cursor });
      walked.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(walked).toEqual(rows);
  });

  test('are narrowed by what the image is, or was', async () => {
    const ids = async (asked: ChangesAsked) =>
      (await ask({ since: ago(41), ...asked })).items.map(({ image_id }) => image_id);
    expect(await ids({ status: 'failed' })).toEqual(['old']);
    expect(await ids({ q: 'NEW' })).toEqual(['new']);
    expect(await ids({ q: 'many0' })).toEqual(['many0']);
    expect(await ids({ type: 'share' })).toEqual([]);
    await expect(ids({ project: 'p9' })).rejects.toThrow(/^no project/);
  });

  test('are those of the last day unless it is said', async () => {
    const { since, until } = await ask({});
    expect([since, until]).toEqual([ago(1), NOW]);
  });

  test('of a later page are about the times of the first', async () => {
    const first = await ask({ since: 41 * DAY, limit: 1 });
    const second = await readChanges(
      database.db,
      { cursor: first.next ?? '' },
      new Date(NOW.getTime() + DAY),
    );
    expect([second.since, second.until]).toEqual([first.since, first.until]);
    const forged = Buffer.from(JSON.stringify(['changes', 1e17, 1, 0, 0])).toString('base64url');
    await expect(ask({ cursor: forged })).rejects.toThrow(/^cursor takes/);
  });
});

describe('builds', () => {
  test('are counted by day, project and version, beside the four weeks before', async () => {
    const builds = await readBuilds(database.db, {}, NOW);
    expect(builds.days).toEqual([
      { day: '2026-05-31', finished: 1, failed: 0, failed_percent: 0, p50: 2 * 86_400, p95: 2 * 86_400 },
    ]);
    expect(builds.all).toMatchObject({ finished: 1, before: { finished: 30, failed: 0, p50: 260 * 86_400 } });
    expect(builds.all.trend).toMatchObject({ failures: 'unknown', duration: 'unknown' });
    expect(builds.projects).toMatchObject([{ project_id: 'p1', finished: 1, before: { finished: 30 } }]);
    expect(builds.versions).toMatchObject([{ image_version: 'AOSP 9.0', finished: 1 }]);
    expect((await readBuilds(database.db, { until: ago(100) }, NOW)).days).toEqual([]);
  });

  test('that failed are named, newest first, with what became of them since', async () => {
    const { failures, failures_total } = await readBuilds(database.db, { since: ago(60) }, NOW);
    expect(failures_total).toBe(2);
    expect(failures).toMatchObject([
      { image_id: 'old', failed_at: ago(40), creating_for: null, outcome: 'failed', outcome_at: null },
      { image_id: 'back', project_id: 'p1', from_status: 'usable', outcome: 'usable', outcome_at: ago(3) },
    ]);
    const other = await readBuilds(database.db, { since: ago(60), until: ago(50) }, NOW);
    expect(other).toMatchObject({ failures: [], failures_total: 0 });
  });

  const figures = (failed: number, finished: number, p50 = 600) => ({
    ...{ failed, finished, p50, p95: 2 * p50 },
    failed_percent: Math.round((1000 * failed) / (failed + finished)) / 10,
  });

  test.each([
    ['many more failures', figures(20, 80), figures(2, 98), 'worse', 'same'],
    ['many fewer', figures(2, 98), figures(20, 80), 'better', 'same'],
    ['one more, which is chance', figures(3, 97), figures(2, 98), 'same', 'same'],
    ['all of them failed, as before', figures(20, 0), figures(20, 0), 'same', 'unknown'],
    ['too few to tell', figures(3, 3), figures(0, 9), 'unknown', 'unknown'],
    ['half as long again', figures(0, 50, 900), figures(0, 50, 600), 'same', 'worse'],
    ['half as long', figures(0, 50, 300), figures(0, 50, 600), 'same', 'better'],
  ])('%s: a judgement', (_, now, before, failures, duration) => {
    expect(trendOf(now, before)).toMatchObject({ failures, duration });
  });

  test('that are too few are told of without a comparison', () => {
    const { sentence } = trendOf(figures(3, 3), figures(0, 9));
    expect(sentence).toBe(
      '3 of 6 builds failed (50 %); half of the others took 10 min 0 s or less. ' +
        'Now or in the four weeks before, there were too few builds to compare.',
    );
  });

  test('are told of in a sentence', () => {
    expect(trendOf(figures(20, 80, 680), figures(2, 98, 600)).sentence).toBe(
      '20 of 100 builds failed (20 %), more than the four weeks before (2 %). ' +
        'Half of the others took 11 min 20 s or less, about as long as before (10 min 0 s).',
    );
  });
});
