import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const FORTY = Array.from({ length: 40 }, (_, i) => imagesRecord(`i${String(i).padStart(2, '0')}`));

const newsOf = async () => {
  const log = await wholeLog(database.db);
  return log.filter(({ baseline }) => !baseline).map(({ type, image_id }) => `${type.slice(10)} ${image_id}`);
};

const missingImages = () =>
  rowsOf(database.db, 'select * from cph.images where missing_since is not null and removed_at is null');

const approve = () =>
  rowsOf(database.db, 'update cph.images set removal_approved = true where missing_since is not null');

describe('a mass disappearance', () => {
  async function afterDisappearance() {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [...FORTY];
    await sweep();
    api.records = [...api.records.slice(12), imagesRecord('new')];
    return { api, sweep };
  }

  test('is held from the first sweep that sees it, which applies everything else', async () => {
    const { api, sweep } = await afterDisappearance();
    expect(await sweep()).toMatchObject({ status: 'held', held_removals: 12, created: 1, removed: 0 });
    expect(await sweep()).toMatchObject({ status: 'held', held_removals: 12, created: 0, removed: 0 });
    expect(await sweep()).toMatchObject({ status: 'held', removed: 0 });
    expect(api.asked).toEqual([]);
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_run_status: 'held', held_removals: 12 },
    ]);
    expect(await newsOf()).toEqual(['created new']);
    expect(await missingImages()).toHaveLength(12);
  });

  test('is held also where only phone-images lists them, which cannot be asked', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = FORTY.map(({ image_id }) => phoneRecord(image_id));
    await sweep();
    api.records = api.records.slice(12);
    for (const _ of [1, 2, 3]) expect(await sweep()).toMatchObject({ status: 'held', removed: 0 });
    expect(await missingImages()).toHaveLength(12);

    await approve();
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 12 });
  });

  test('goes through at the next sweep once a person has approved it, for the images approved', async () => {
    const { api, sweep } = await afterDisappearance();
    await sweep();
    await approve();
    api.records = api.records.slice(1);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 12, held_removals: 0 });
    // And one that it still lists, to see that the API does not deny everything.
    expect(api.asked).toHaveLength(13);
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([{ held_removals: 0 }]);
    expect(await missingImages()).toMatchObject([{ image_id: 'i12' }]);
  });

  test('loses its approval where an image is seen again', async () => {
    const { api, sweep } = await afterDisappearance();
    await sweep();
    await approve();
    api.records.push(imagesRecord('i00'));
    await sweep();
    expect(await rowsOf(database.db, `select * from cph.images where image_id = 'i00'`)).toMatchObject([
      { removal_approved: false, removed_at: null },
    ]);
  });

  test('loses its approval where one of two sources shows an image again', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = FORTY.flatMap((record) => [record, phoneRecord(record.image_id)]);
    await sweep();
    api.records = api.records.slice(24);
    await sweep();
    await approve();
    api.records.push(phoneRecord('i00'));
    api.refused = ['i00', 'i01'];
    await sweep();
    const approved = `select image_id, removal_approved from cph.images where image_id in ('i00', 'i01') order by 1`;
    expect(await rowsOf(database.db, approved)).toEqual([
      { image_id: 'i00', removal_approved: false },
      { image_id: 'i01', removal_approved: true },
    ]);
  });

  test('ends by itself when the images are back', async () => {
    const { api, sweep } = await afterDisappearance();
    await sweep();
    api.records = [...FORTY];
    api.records.push(imagesRecord('new'));
    expect(await sweep()).toMatchObject({ status: 'succeeded', held_removals: 0 });
    expect(await missingImages()).toEqual([]);
    expect(await newsOf()).toEqual(['created new']);
  });
});
