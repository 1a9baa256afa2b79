/** By its digest, a sweep passes over an image. It must never pass over one for which something is to be done. */
import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { currentImages, foldedLog, rowsOf, rowVersions, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { type ScriptedProject, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
let project: ScriptedProject;

beforeEach(async () => {
  await database.truncate();
  project = await scriptedProject(database.db);
  project.api.records = ['a', 'b', 'c'].flatMap((id) => [imagesRecord(id), phoneRecord(id)]);
  await project.sweep();
});

/** Of each image whether it has a digest, by id. */
async function noted(): Promise<Record<string, boolean>> {
  const rows = await rowsOf(database.db, 'select image_id, digest from cph.images order by image_id');
  return Object.fromEntries(rows.map(({ image_id, digest }) => [String(image_id), digest !== null]));
}

/** One image changes, so that the sweep is no quiet one; `said` is what is seen of the others. */
function say(...said: ScriptedProject['api']['records']): void {
  const version = `AOSP ${Math.random()}`;
  project.api.records = [imagesRecord('c', { image_version: version }), phoneRecord('c'), ...said];
}

const AS_BEFORE = ['a', 'b'].flatMap((id) => [imagesRecord(id), phoneRecord(id)]);

describe('a sweep in which one image of three changed', () => {
  test('writes that one alone, and all have a digest', async () => {
    const before = await rowVersions(database.db);
    say(...AS_BEFORE);
    expect(await project.sweep()).toMatchObject({ status: 'succeeded', updated: 1 });
    const { images } = await rowVersions(database.db);
    const untouched = ({ image_id }: Record<string, unknown>) => image_id !== 'c';
    expect(images.filter(untouched)).toEqual(before.images.filter(untouched));
    expect(await noted()).toEqual({ a: true, b: true, c: true });
    expect(await foldedLog(database.db, 'p1')).toEqual(await currentImages(database.db, 'p1'));
  });

  test('finds what is wrong in a row only where the digest does not say that it was compared', async () => {
    const wrong = `update cph.images set image_size = 7 where image_id in ('a', 'b')`;
    await rowsOf(database.db, wrong);
    await rowsOf(database.db, `update cph.images set digest = null where image_id = 'b'`);
    say(...AS_BEFORE);
    expect(await project.sweep()).toMatchObject({ updated: 2 });
    expect((await wholeLog(database.db)).slice(3).map(({ image_id }) => image_id)).toEqual(['b', 'c']);
  });
});

describe('an image has no digest', () => {
  test('while a source misses it, and is removed in the same steps as ever', async () => {
    say(imagesRecord('a'), phoneRecord('a'));
    expect(await project.sweep()).toMatchObject({ removed: 0 });
    expect(await noted()).toMatchObject({ a: true, b: false });
    say(imagesRecord('a'), phoneRecord('a'));
    expect(await project.sweep()).toMatchObject({ removed: 1 });
  });

  test('after it is seen again until a sweep has compared it', async () => {
    say(imagesRecord('a'), phoneRecord('a'));
    await project.sweep();
    say(...AS_BEFORE);
    await project.sweep();
    expect(await noted()).toMatchObject({ b: false });
    say(...AS_BEFORE);
    expect(await project.sweep()).toMatchObject({ updated: 1 });
    expect(await noted()).toMatchObject({ b: true });
  });

  test('where only one of its sources was read, and the other is believed later', async () => {
    project.api.circumstances = { proofs: { all: 'failed' } };
    say(imagesRecord('a', { image_size: 7 }), imagesRecord('b'));
    expect(await project.sweep()).toMatchObject({ status: 'partial', updated: 2 });
    expect(await noted()).toMatchObject({ a: false });
    project.api.circumstances = {};
    say(imagesRecord('a', { image_size: 7 }), imagesRecord('b'), phoneRecord('b'));
    await project.sweep();
    expect(await rowsOf(database.db, `select missing_from from cph.images where image_id = 'a'`)).toEqual([
      { missing_from: ['phone-images'] },
    ]);
  });

  test('where its status was not read', async () => {
    say(
      imagesRecord('a', { status_code: null, image_size: 7 }),
      phoneRecord('a'),
      imagesRecord('b'),
      phoneRecord('b'),
    );
    await project.sweep();
    expect(await noted()).toMatchObject({ a: false, b: true });
  });
});

test('records that differ and mean the same are compared each time, and nothing is written', async () => {
  const silent = imagesRecord('a', { image_version: null });
  say(silent, phoneRecord('a'), imagesRecord('b'), phoneRecord('b'));
  const before = await rowVersions(database.db);
  expect(await project.sweep()).toMatchObject({ updated: 1 });
  const { images } = await rowVersions(database.db);
  const isA = ({ image_id }: Record<string, unknown>) => image_id === 'a';
  expect(images.filter(isA)).toEqual(before.images.filter(isA));
});

test('other ignored fields are another way to read: what was compared is noted anew, once, and is no event', async () => {
  const { length } = await wholeLog(database.db);
  const ignoring = { ignoredFields: new Set(['os_name']) };
  const digests = () => rowsOf(database.db, 'select digest from cph.images order by image_id');
  const before = await digests();
  await rowsOf(database.db, 'update cph.projects set snapshot_digest = null');
  expect(await project.sweepAs(['public', 'private', 'share', 'all'], ignoring)).toMatchObject({
    updated: 0,
  });
  const after = await digests();
  expect(after.every(({ digest }, i) => digest !== null && digest !== before[i]?.digest)).toBe(true);
  expect(await wholeLog(database.db)).toHaveLength(length);
});

test('images that are passed over count where removals are measured against the limit', async () => {
  const ids = Array.from({ length: 300 }, (_, i) => `p${i}`);
  const all = [...AS_BEFORE, imagesRecord('c'), phoneRecord('c')];
  project.api.records = [...all, ...ids.flatMap((id) => [imagesRecord(id), phoneRecord(id)])];
  await project.sweep();
  project.api.records = ids.slice(12).flatMap((id) => [imagesRecord(id), phoneRecord(id)]);
  // 15 of 303, and 15 of the 15 that are not passed over.
  expect(await project.sweep()).toMatchObject({ status: 'succeeded', held_removals: 0 });
});
