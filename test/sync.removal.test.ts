import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord, nameless, phoneRecord } from './support/image-records.ts';
import { currentImages, foldedLog, rowsOf, runsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const imageRow = async (image_id: string) =>
  (await rowsOf(database.db, `select * from cph.images where image_id = '${image_id}'`))[0];

/** Type, image and, where there is one, transition of each event after the baseline. */
const news = async () => {
  const log = await wholeLog(database.db);
  return log.filter(({ baseline }) => !baseline).map(({ type, image_id }) => `${type.slice(10)} ${image_id}`);
};

describe('an image that is deleted upstream', () => {
  test('is missing, then missing again, then asked for by id, and only then removed', async () => {
    const { world, cloud, sweep } = await simulatedProject(database.db);
    world.create({ image_id: 'stays', status: 1 });
    world.create({ image_id: 'goes', status: 1 });
    await sweep();
    const known = await imageRow('goes');

    world.remove('goes');
    world.advance(60_000);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0, updated: 0 });
    const missing_since = world.now();
    expect(await imageRow('goes')).toMatchObject({
      missing_since,
      removed_at: null,
      changed_at: known?.changed_at,
    });
    expect(await news()).toEqual([]);

    world.advance(60_000);
    const asked = cloud.requests.length;
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 1 });
    const byId = cloud.requests.slice(asked).filter(({ query }) => query.image_id !== undefined);
    // And one that it lists: an API that denies that too would have denied everything.
    const asked_for = ['goes', 'stays'].map((image_id) => ({ image_id, image_type: 'private' }));
    expect(byId.map(({ query }) => query)).toEqual(asked_for);
    const removed_at = world.now();
    expect(await imageRow('goes')).toEqual({
      ...known,
      missing_since,
      removed_at,
      changed_at: removed_at,
      missing_from: ['images', 'phone-images'],
      out_of_sight: true,
      seen_at: known?.seen_at,
      digest: null,
    });
    expect(await news()).toEqual(['removed goes']);
    expect([...(await currentImages(database.db, 'p1')).keys()]).toEqual(['stays']);

    expect(await sweep()).toMatchObject({ removed: 0, updated: 0 });
    expect(await news()).toEqual(['removed goes']);
  });

  test('is removed after two complete sweeps where only phone-images lists it, which cannot be asked', async () => {
    const { world, cloud, sweep } = await simulatedProject(database.db);
    world.create({ image_id: 'public', image_type: 'public', listed_in: ['phone-images'] });
    await sweep();
    world.remove('public');
    await sweep();
    expect(await imageRow('public')).toMatchObject({ removed_at: null });
    expect(await sweep()).toMatchObject({ removed: 1 });
    expect(cloud.requests.filter(({ query }) => query.image_id !== undefined)).toEqual([]);
  });

  test('is not removed by partial sweeps, and they do not undo what a complete one has noticed', async () => {
    const { world, cloud, sweep } = await simulatedProject(database.db);
    world.create({ image_id: 'goes', status: 1, listed_in: ['images'] });
    await sweep();
    world.remove('goes');
    await sweep();
    const missing = await imageRow('goes');
    expect(missing?.missing_since).not.toBeNull();

    cloud.setFaults([{ when: { endpoint: 'phone-images' }, effect: { kind: 'error', code: 'CPS.0001' } }]);
    for (const _ of [1, 2, 3]) expect(await sweep()).toMatchObject({ status: 'partial', removed: 0 });
    expect(await imageRow('goes')).toEqual(missing);

    cloud.setFaults([]);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 1 });
  });

  test('stays while the question by id is not answered, and the run says why', async () => {
    const { world, cloud, sweep } = await simulatedProject(database.db);
    world.create({ image_id: 'goes', status: 1 });
    await sweep();
    world.remove('goes');
    await sweep();
    const when = { query: { image_id: 'goes' } };
    cloud.setFaults([{ when, effect: { kind: 'error', code: 'CPS.0003' } }]);
    for (const _ of [1, 2, 3])
      expect(await sweep()).toMatchObject({ removed: 0, error: { code: 'CPS.0003' } });
    expect((await runsOf(database.db)).at(-1)).toMatchObject({ status: 'succeeded', error_code: 'CPS.0003' });
    cloud.setFaults([]);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 1 });
  });
});

describe('an image that is listed again', () => {
  test('before it was removed was never gone', async () => {
    const { world, sweep } = await simulatedProject(database.db);
    world.create({ image_id: 'flaps', status: 1 });
    await sweep();
    const image = world.remove('flaps');
    await sweep();
    world.create(image);
    await sweep();
    expect(await imageRow('flaps')).toMatchObject({
      missing_since: null,
      missing_from: [],
      out_of_sight: false,
    });
    expect(await news()).toEqual([]);
  });

  test('after it was removed is restored, with its first sight kept and the status it has now', async () => {
    const { world, sweep } = await simulatedProject(database.db);
    world.create({ image_id: 'back', status: 1 });
    await sweep();
    const first = await imageRow('back');
    const image = world.remove('back');
    await sweep();
    await sweep();

    world.advance(60_000);
    world.create({ ...image, status: 2 });
    expect(await sweep()).toMatchObject({ restored: 1, created: 0 });
    expect(await imageRow('back')).toMatchObject({
      status: 'failed',
      status_since: world.now(),
      first_seen_at: first?.first_seen_at,
      changed_at: world.now(),
      missing_since: null,
      missing_from: [],
      removed_at: null,
    });
    expect((await wholeLog(database.db)).at(-1)).toMatchObject({
      type: 'cph.image.restored',
      before: null,
      after: { status: 'failed' },
      transition: { from: 'usable', to: 'failed' },
    });
    expect(await foldedLog(database.db, 'p1')).toEqual(await currentImages(database.db, 'p1'));
  });

  test('with nothing but its id that can be read is not gone', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [imagesRecord('torn'), imagesRecord('goes')];
    await sweep();
    api.records = [];
    await sweep();
    const unreadable = ['status: text instead of a status', 'update_time: text instead of a time'];
    api.records = [imagesRecord('torn', { status_code: null, update_time: null, unreadable })];
    expect(await sweep()).toMatchObject({ removed: 1, rejected: 0, unreadable_fields: 2, updated: 0 });
    expect(await sweep()).toMatchObject({ removed: 0, unreadable_fields: 2 });
    expect(await imageRow('torn')).toMatchObject({
      removed_at: null,
      missing_since: null,
      status: 'usable',
      update_time: new Date('2024-04-11T06:38:21Z'),
    });
  });

  test('as a row without an id may be there: no image of its source is removed, and the sweep is partial', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [imagesRecord('a'), imagesRecord('stays')];
    await sweep();
    api.records = api.records.slice(1);
    api.circumstances = { rejected: [nameless('images')] };
    for (const _ of [1, 2, 3]) {
      expect(await sweep()).toMatchObject({
        status: 'partial',
        removed: 0,
        rejected: 1,
        error: { code: 'unreadable_records' },
      });
    }
    expect(await imageRow('a')).toMatchObject({ removed_at: null, missing_since: null });
    expect(api.asked).toEqual([]);
    api.circumstances = {};
    await sweep();
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 1 });
  });
});

describe('an image of both endpoints', () => {
  const both = [imagesRecord('a'), phoneRecord('a')];

  test('keeps what the images endpoint says when phone-images no longer lists it', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [...both];
    await sweep();
    api.records = both.slice(0, 1);
    expect(await sweep()).toMatchObject({ updated: 0 });
    expect(await imageRow('a')).toMatchObject({ missing_from: ['phone-images'], missing_since: null });
    expect(await sweep()).toMatchObject({ updated: 1, removed: 0 });
    expect(await imageRow('a')).toMatchObject({
      listed_in: ['images'],
      missing_from: [],
      status: 'usable',
      os_type: null,
      image_label: null,
    });
  });

  test('keeps what phone-images says when the images endpoint no longer has it', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [...both];
    await sweep();
    api.records = both.slice(1);
    await sweep();
    expect(api.asked).toEqual([]);
    expect(await sweep()).toMatchObject({ updated: 1, removed: 0 });
    expect(api.asked).toEqual(['a']);
    expect(await imageRow('a')).toMatchObject({
      listed_in: ['phone-images'],
      status: null,
      status_code: null,
      status_since: null,
      image_type: null,
      os_type: 'aosp',
      missing_since: null,
    });
    expect(await foldedLog(database.db, 'p1')).toEqual(await currentImages(database.db, 'p1'));
  });

  test('is removed in one piece when both lose it, one sweep apart', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [...both];
    await sweep();
    api.records = both.slice(1);
    await sweep();
    api.records = [];
    for (const _ of [1, 2, 3]) await sweep();
    expect(await imageRow('a')).toMatchObject({ missing_from: ['images', 'phone-images'] });
    expect((await imageRow('a'))?.removed_at).not.toBeNull();
    expect((await news()).filter((event) => event === 'removed a')).toHaveLength(1);
    expect(await currentImages(database.db, 'p1')).toEqual(new Map());
    expect(await foldedLog(database.db, 'p1')).toEqual(new Map());
  });
});
