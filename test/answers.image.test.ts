import { beforeAll, describe, expect, test } from 'vitest';
import { readImageAnswer } from '../src/answers/image.ts';
import { readRun, readRuns } from '../src/answers/runs.ts';
import { validEvent } from './support/event-schema.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { lookTimes, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute));
const answerOf = (image_id: string) => readImageAnswer(database.db, { project_id: 'p1', image_id });

/** Seen at 0, failed and renamed at 10, the same at 20. `gone` is gone at 20, `lost` is missing at 20. */
beforeAll(async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const sweepAt = (minute: number) => sweep({ now: lookTimes(at(minute), at(minute + 1)) });
  const phone = phoneRecord('x', { os_name: 'AOSP 11' });
  const others = [imagesRecord('gone'), imagesRecord('lost')];
  api.records = [imagesRecord('x', { status_code: 0 }), phone, ...others];
  await sweepAt(0);
  api.records = [imagesRecord('x', { status_code: 2, image_name: 'renamed' }), phone, imagesRecord('lost')];
  await sweepAt(10);
  api.records = api.records.filter(({ image_id }) => image_id !== 'lost');
  await sweepAt(20);
});

describe('one image', () => {
  test('has its row, its events, its changes of status, and its life with one change a line', async () => {
    const answer = await answerOf('x');
    expect(answer).toMatchObject({ image_id: 'x', status: 'failed', region: 'ap-southeast-3' });
    expect(answer?.events.map((event) => validEvent(event).type)).toEqual([
      'cph.image.created',
      'cph.image.status_changed',
    ]);
    expect(answer?.transitions.at(-1)).toMatchObject({
      ...{ from_status: 'creating', to_status: 'failed', time_in_status: 600 },
      ...{ previous_observed_at: at(0), observed_at: at(11) },
    });
    const lines = answer?.timeline.map(({ at, change, field, from, to }) => [at, change, field, from, to]);
    expect(lines).toEqual([
      [at(1), 'first_seen', null, null, 'creating'],
      [at(11), 'status', 'status', 'creating', 'failed'],
      [at(11), 'field', 'image_name', 'name of x', 'renamed'],
    ]);
    expect(answer?.timeline[1]).toMatchObject({ not_before: at(0), time_in_status: 600 });
    expect(answer?.timeline[1]?.request_ids).toContain('request-1');
  });

  test('says of each field who says so, since when, and who confirmed it last', async () => {
    const answer = await answerOf('x');
    const evidence = (field: string) => answer?.explain.find((one) => one.field === field);
    const runs = await rowsOf(database.db, 'select id from cph.sync_runs order by id');
    const [first, second, third] = runs.map(({ id }) => id);
    expect(evidence('status')).toMatchObject({
      ...{ value: 'failed', source: 'images', listing: 'images/private' },
      since: { run_id: second, from: at(10), to: at(11), not_before: at(0) },
      confirmed: { run_id: third, kind: 'sweep', from: at(20), to: at(21) },
    });
    expect(evidence('os_name')).toMatchObject({
      ...{ value: 'AOSP 11', source: 'phone-images', listing: 'phone-images' },
      since: { run_id: first, from: at(0), to: at(1), not_before: null },
      confirmed: { run_id: third },
    });
    expect(evidence('image_name')?.source).toBe('images');
  });

  test('that is gone is told of; what it was is confirmed by nobody', async () => {
    const gone = await answerOf('gone');
    expect(gone?.removed_at).toEqual(at(21));
    expect(gone?.timeline.at(-1)).toMatchObject({ change: 'removed', from: 'usable', to: null });
    expect(gone?.explain.map(({ confirmed }) => confirmed)).not.toContainEqual(expect.anything());
  });

  test('that is missing was last confirmed by no look that counts', async () => {
    const lost = await answerOf('lost');
    expect(lost?.missing_since).toEqual(at(21));
    expect(lost?.explain.find(({ field }) => field === 'status')?.confirmed).toBeNull();
  });

  test('that was never shown is none', async () => {
    expect(await answerOf('nobody')).toBeNull();
  });
});

describe('runs', () => {
  test('come newest first, in pages that are the whole', async () => {
    const all = (await readRuns(database.db, {})).items.map(({ run_id }) => run_id);
    expect(all).toHaveLength(3);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
    const first = await readRuns(database.db, { limit: 2 });
    const second = await readRuns(database.db, { limit: 2, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ run_id }) => run_id)).toEqual(all);
    expect(second.next).toBeNull();
    expect((await readRuns(database.db, { kind: 'watch' })).items).toEqual([]);
  });

  test('tell what each listing proved, the requests, and what was written', async () => {
    const { items } = await readRuns(database.db, { project: 'p1' });
    const run = await readRun(database.db, items.at(-1)?.run_id ?? 0);
    expect(run).toMatchObject({ status: 'succeeded', created: 3, took: 60, rejections: [] });
    expect(run?.listings).toContainEqual(
      expect.objectContaining({ source: 'images', image_type: 'private', proof: 'complete', listed: 3 }),
    );
    expect(run?.request_ids).toContain('request-1');
    expect(run?.events.map(({ subject }) => subject).toSorted()).toEqual(['gone', 'lost', 'x']);
    expect(await readRun(database.db, 999)).toBeNull();
  });
});
