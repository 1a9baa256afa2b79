/** Consecutive looks of a kind that found nothing new share one row of `cph.sync_runs`, and nothing of them is lost. */
import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord, nameless } from './support/image-records.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { lookTimes, type ScriptedProject, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
/** A look that takes a minute. */
const from = (minute: number) => ({ now: lookTimes(at(minute), at(minute + 1)) });

const rows = async () =>
  (await runsOf(database.db)).map(({ id, kind, status, looks, started_at, finished_at, requests }) => ({
    ...{ id, kind, status, looks, requests },
    minutes: [started_at, finished_at].map((time) => (Number(time) - Number(at(0))) / 60_000),
  }));

async function project(): Promise<ScriptedProject> {
  const scripted = await scriptedProject(database.db);
  scripted.api.records = [imagesRecord('a')];
  await scripted.sweep(from(0));
  return scripted;
}

describe('looks that find nothing new', () => {
  test('share a row with those of their kind, whatever the other kind does', async () => {
    const { sweep, watch } = await project();
    for (const minute of [10, 20, 40]) {
      await sweep(from(minute));
      await watch(from(minute + 5));
    }
    expect(await rows()).toEqual([
      { id: 1, kind: 'sweep', status: 'succeeded', looks: 1, requests: 4, minutes: [0, 1] },
      { id: 2, kind: 'sweep', status: 'succeeded', looks: 3, requests: 12, minutes: [10, 41] },
      { id: 3, kind: 'watch', status: 'succeeded', looks: 3, requests: 3, minutes: [15, 46] },
    ]);
    const pauses = await rowsOf(
      database.db,
      `select (extract(epoch from longest_pause) / 60)::int as pause from cph.run_timeline order by run_id`,
    );
    expect(pauses).toEqual([{ pause: null }, { pause: 19 }, { pause: 19 }]);
  });

  test('share one, too, while an image is being created, which is read each time', async () => {
    const { api, sweep, watch } = await project();
    api.records.push(imagesRecord('b', { status_code: 0 }));
    await sweep(from(2));
    for (const minute of [10, 20, 30]) await watch(from(minute));
    expect((await rows()).slice(2)).toMatchObject([{ kind: 'watch', looks: 3, minutes: [10, 31] }]);
  });

  test('are told from one that found something, failed or was overtaken, and go on behind it', async () => {
    const { api, sweep } = await project();
    const quiet = async (minute: number) => {
      await sweep(from(minute));
      await sweep(from(minute + 2));
    };
    await quiet(10);
    api.records.push(imagesRecord('b'));
    await sweep(from(20));
    await quiet(30);
    api.circumstances = { proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' } };
    await sweep(from(40));
    api.circumstances = {};
    await quiet(50);
    expect((await rows()).slice(1)).toMatchObject([
      { looks: 2, status: 'succeeded', minutes: [10, 13] },
      { looks: 1, status: 'succeeded', minutes: [20, 21] },
      { looks: 2, status: 'succeeded', minutes: [30, 33] },
      { looks: 1, status: 'failed', minutes: [40, 41] },
      { looks: 2, status: 'succeeded', minutes: [50, 53] },
    ]);
  });

  test('share no row with one that says something else', async () => {
    const { api, sweep } = await project();
    await sweep(from(10));
    api.circumstances = { rejected: [nameless('images')] };
    for (const minute of [20, 30, 40]) await sweep(from(minute));
    api.circumstances = {};
    await sweep(from(50));
    expect(await rows()).toMatchObject([{ looks: 1 }, { looks: 1 }, { looks: 3 }, { looks: 1 }]);
    expect((await runsOf(database.db))[2]).toMatchObject({ rejected: 1, looks: 3 });
  });

  test('begin another row after a day, and when the clock was set back', async () => {
    const { sweep } = await project();
    const day = 24 * 60;
    for (const minute of [10, 10 + day - 1, 10 + day, 10 + day + 5, 60]) await sweep(from(minute));
    expect((await rows()).slice(1)).toMatchObject([
      { looks: 2, minutes: [10, day + 10] },
      { looks: 2, minutes: [day + 10, day + 16] },
      { looks: 1, minutes: [60, 61] },
    ]);
  });
});

test('a look that was cut off between quiet ones leaves a row of its own', async () => {
  const { api, sweep } = await project();
  for (const minute of [10, 20]) await sweep(from(minute));
  let cutOff: Promise<unknown> | undefined;
  const ours = new AbortController();
  await new Promise<void>((come) => {
    api.hold = () => {
      come();
      return new Promise(() => undefined);
    };
    cutOff = Promise.race([sweep({ ...from(25), signal: ours.signal }), Promise.resolve()]);
  });
  await cutOff;
  api.hold = () => undefined;
  for (const minute of [30, 40]) await sweep(from(minute));
  expect((await rows()).slice(1)).toMatchObject([
    { looks: 2, status: 'succeeded', minutes: [10, 21] },
    { looks: 1, status: 'abandoned', minutes: [25, 31] },
    { looks: 2, status: 'succeeded', minutes: [30, 41] },
  ]);
});
