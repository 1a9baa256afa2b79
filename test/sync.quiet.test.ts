import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord, nameless, phoneRecord } from './support/image-records.ts';
import { currentImages, rowsOf, rowVersions, runsOf } from './support/inventory-rows.ts';
import { holdLock, untilWaiting } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';
import { type ScriptedProject, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const SETTLED = [
  imagesRecord('a'),
  phoneRecord('a'),
  imagesRecord('b', { status_code: 0 }),
  phoneRecord('public', { is_public: 1 }),
];

/** A project whose sweep has left nothing to do. */
async function settledProject(): Promise<ScriptedProject> {
  const scripted = await scriptedProject(database.db);
  scripted.api.records = [...SETTLED];
  await scripted.sweep();
  return scripted;
}

const digest = async () =>
  (await rowsOf(database.db, 'select snapshot_digest from cph.projects'))[0]?.snapshot_digest;

describe('a sweep that sees what the last one saw', () => {
  test('neither reads nor writes an image, an event or a transition', async () => {
    const { api, sweep } = await settledProject();
    const tables = 'cph.images, cph.image_events, cph.image_status_transitions';
    const { release } = await holdLock(database.directUrl, `lock table ${tables} in access exclusive mode`);
    expect(await sweep()).toMatchObject({ status: 'succeeded', listed: 3, created: 0, updated: 0 });

    // Whoever has to look at them does wait.
    api.records.push(imagesRecord('new'));
    const other = sweep();
    await untilWaiting(database.db, 1);
    await release();
    expect(await other).toMatchObject({ status: 'succeeded', created: 1 });
  });

  test('writes no version of a row of the inventory', async () => {
    const { sweep } = await settledProject();
    const before = await rowVersions(database.db);
    await sweep();
    await sweep();
    expect(await rowVersions(database.db)).toEqual(before);
  });

  test('does so whatever order the records come in', async () => {
    const { api, sweep } = await settledProject();
    const before = await digest();
    api.records = SETTLED.toReversed();
    const versions = await rowVersions(database.db);
    await sweep();
    expect(await digest()).toBe(before);
    expect(await rowVersions(database.db)).toEqual(versions);
  });

  test('moves the freshness of the project on, and its own run', async () => {
    const { sweep } = await settledProject();
    const now = () => new Date('2030-01-01T00:00:00Z');
    await sweep({ now });
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_complete_at: now(), last_run_at: now(), last_run_status: 'succeeded', last_applied_run_id: 2 },
    ]);
    expect((await runsOf(database.db)).at(-1)).toMatchObject({
      status: 'succeeded',
      listed: 3,
      requests: 4,
      request_ids: ['request-1', 'request-2', 'request-3', 'request-4'],
    });
  });

  test('still says which records it could not read', async () => {
    const { api, sweep } = await settledProject();
    const rejected = [nameless('images')];
    api.circumstances = { rejected };
    await sweep();
    const before = await rowVersions(database.db);
    await sweep();
    expect(await rowVersions(database.db)).toEqual(before);
    expect((await runsOf(database.db)).at(-1)).toMatchObject({ rejected: 1, rejections: rejected });
  });
});

describe('what a sweep saw', () => {
  test('is not taken for known after a watch that changed something', async () => {
    const { api, sweep, watch } = await settledProject();
    api.records = [...SETTLED.slice(0, 2), imagesRecord('b', { status_code: 2 }), ...SETTLED.slice(3)];
    expect(await watch()).toMatchObject({ status_changed: 1 });
    expect(await digest()).toBeNull();

    api.records = [...SETTLED];
    expect(await sweep()).toMatchObject({ status_changed: 1 });
    expect((await currentImages(database.db, 'p1')).get('b')).toMatchObject({ status: 'creating' });
  });

  test('stays known after a watch and a partial sweep that changed nothing', async () => {
    const { api, sweep, watch } = await settledProject();
    const before = await digest();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    await watch();
    api.circumstances = { proofs: { all: 'denied' } };
    expect(await sweep()).toMatchObject({ status: 'partial' });
    expect(await digest()).toBe(before);
  });

  test('is not taken for known after a partial sweep that changed something', async () => {
    const { api, sweep } = await settledProject();
    api.circumstances = { proofs: { all: 'denied' } };
    api.records = [imagesRecord('a', { image_name: 'renamed' }), ...SETTLED.slice(1)];
    expect(await sweep()).toMatchObject({ status: 'partial', updated: 1 });
    api.circumstances = {};
    api.records = [...SETTLED];
    expect(await sweep()).toMatchObject({ status: 'succeeded', updated: 1 });
  });

  test('is not taken for known while a removal is pending', async () => {
    const { api, sweep } = await settledProject();
    api.records = SETTLED.slice(2);
    await sweep();
    expect(await digest()).toBeNull();
    expect(await sweep()).toMatchObject({ removed: 1 });
    expect(await digest()).not.toBeNull();
  });

  test('is not taken for known while removals are held', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = Array.from({ length: 20 }, (_, i) => imagesRecord(`i${i}`));
    await sweep();
    api.records = [];
    for (const _ of [1, 2, 3]) {
      expect(await sweep()).toMatchObject({ status: 'held', held_removals: 20 });
      expect(await digest()).toBeNull();
    }
  });

  test('is not taken for known when an image was found only by asking for it', async () => {
    const { api, sweep } = await settledProject();
    api.records = SETTLED.slice(2);
    api.unlisted = [imagesRecord('a')];
    await sweep();
    await sweep();
    expect(api.asked).toEqual(['a']);
    expect((await currentImages(database.db, 'p1')).has('a')).toBe(true);

    api.unlisted = [];
    await sweep();
    await sweep();
    expect((await currentImages(database.db, 'p1')).has('a')).toBe(false);
  });
});
