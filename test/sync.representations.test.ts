import { beforeEach, describe, expect, test } from 'vitest';
import type { ImageRecord } from '../src/inventory/image.ts';
import type { Edition } from '../src/simulator/edition.ts';
import { EVERYTHING, imagesRecord, phoneRecord } from './support/image-records.ts';
import { currentImages, rowsOf, rowVersions, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const SOME = Array.from({ length: 30 }, (_, i) => `image-${i}`);
const signed = (sweep: number, ids = SOME): ImageRecord[] =>
  ids.map((id) =>
    imagesRecord(id, { extra: { download_url: `https://example.com/${id}?signature=${sweep}` } }),
  );

describe('a field that is another one in every answer', () => {
  test('is named on the project, once it has changed on nearly every image', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = signed(1);
    expect(await sweep()).toMatchObject({ restless_fields: [] });
    api.records = signed(2);
    expect(await sweep()).toMatchObject({ updated: 30, restless_fields: ['download_url'] });
    expect(await rowsOf(database.db, 'select restless_fields from cph.projects')).toEqual([
      { restless_fields: ['download_url'] },
    ]);
    await sweep();
    expect(await rowsOf(database.db, 'select restless_fields from cph.projects')).toEqual([
      { restless_fields: [] },
    ]);
  });

  test.each([
    ['27 of 30 images, which is no more than 90 %', 30, 27],
    ['all of 19 images, which are too few', 19, 19],
  ])('is not named for %s', async (_, images, changed) => {
    const { api, sweep } = await scriptedProject(database.db);
    const ids = SOME.slice(0, images);
    api.records = signed(1, ids);
    await sweep();
    api.records = [...signed(2, ids.slice(0, changed)), ...signed(1, ids.slice(changed))];
    expect(await sweep()).toMatchObject({ updated: changed, restless_fields: [] });
  });

  test('brings no event, no row and no new digest once it is ignored', async () => {
    const { world, sweep } = await simulatedProject(database.db, {
      edition: { signedUrl: 'field' },
      env: { CPH_IGNORE_FIELDS: 'download_url' },
    });
    for (const image_id of SOME) world.create({ image_id, status: 1 });
    await sweep();
    const digest = () => rowsOf(database.db, 'select snapshot_digest from cph.projects');
    const before = { rows: await rowVersions(database.db), digest: await digest() };
    for (const _ of [1, 2]) expect(await sweep()).toMatchObject({ status: 'succeeded', updated: 0 });
    expect({ rows: await rowVersions(database.db), digest: await digest() }).toEqual(before);
    expect(JSON.stringify(await rowsOf(database.db, 'select extra from cph.images'))).not.toContain(
      'download',
    );
  });

  test('that is ignored from now on stays until its image changes for another reason', async () => {
    const { api, sweep, sweepAs } = await scriptedProject(database.db);
    api.records = signed(1, ['a', 'b']);
    await sweep();
    const ignoring = { ignoredFields: new Set(['download_url']) };
    api.records = [imagesRecord('a', { image_name: 'renamed' }), imagesRecord('b')];
    expect(await sweepAs(EVERYTHING, ignoring)).toMatchObject({ updated: 1 });
    const images = await currentImages(database.db, 'p1');
    expect(images.get('a')?.extra).toEqual({});
    expect(images.get('b')?.extra).toHaveProperty('download_url');
  });
});

describe('what is written in another way by turns', () => {
  test.each<[string, Partial<Edition>]>([
    ['blanks', { blanks: 'by-turns' }],
    ['numbers', { numbers: 'by-turns' }],
    ['times', { times: 'by-turns' }],
    ['a status that every second answer leaves out', { leftOut: ['status'] }],
    ['fields that every second answer leaves out', { leftOut: ['image_name', 'image_size', 'os_name'] }],
    ['the order of a list', { tags: 'shuffled' }],
  ])('is no event: %s', async (_, edition) => {
    const { world, sweep } = await simulatedProject(database.db, { edition });
    for (const status of [0, 1, 2]) world.create({ status });
    world.create({ image_type: 'share', status: 1 });
    for (const _ of [1, 2]) await sweep();
    const { length } = await wholeLog(database.db);
    for (const _ of [1, 2, 3, 4]) expect(await sweep()).toMatchObject({ status: 'succeeded' });
    expect(await wholeLog(database.db)).toHaveLength(length);
  });

  test('a status left out of one answer brings no second transition', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    for (const status_code of [0, 2, null, 2]) {
      api.records = [imagesRecord('a', { status_code })];
      await sweep();
    }
    expect(
      await rowsOf(
        database.db,
        'select from_status, to_status from cph.image_status_transitions order by event_seq',
      ),
    ).toEqual([
      { from_status: null, to_status: 'creating' },
      { from_status: 'creating', to_status: 'failed' },
    ]);
  });

  test('an image that comes back keeps what its record leaves out', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [imagesRecord('a', { status_code: 2 }), phoneRecord('a')];
    await sweep();
    const known = (await currentImages(database.db, 'p1')).get('a');
    api.records = [];
    for (const _ of [1, 2]) await sweep();
    api.records = [
      imagesRecord('a', { status_code: null, image_size: null }),
      phoneRecord('a', { os_name: null }),
    ];
    expect(await sweep()).toMatchObject({ restored: 1 });
    expect((await currentImages(database.db, 'p1')).get('a')).toEqual(known);
  });
});

describe('two listings that describe one image differently', () => {
  const own = imagesRecord('a', { image_type: 'share', status_code: 1, image_name: 'own' });
  const other = imagesRecord('a', {
    image_type: 'share',
    listed_under: 'private',
    status_code: 0,
    image_name: 'other',
  });

  test('bring no event by turns: sweep and watch go by the listing that is its own', async () => {
    const { api, sweep, watch } = await scriptedProject(database.db);
    api.records = [own, other];
    await sweep();
    for (const look of [watch, sweep, watch]) {
      api.records.reverse();
      await look();
    }
    expect(await wholeLog(database.db)).toHaveLength(1);
    expect((await currentImages(database.db, 'p1')).get('a')).toMatchObject({
      image_name: 'own',
      status: 'usable',
    });
  });

  test('bring no event while its own listing fails', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [own, other];
    await sweep();
    api.circumstances = { proofs: { share: 'failed' } };
    expect(await sweep()).toMatchObject({ status: 'partial', updated: 0, status_changed: 0 });
    api.circumstances = {};
    expect(await sweep()).toMatchObject({ status: 'succeeded', updated: 0, status_changed: 0 });
  });

  test('an image that has moved to another listing is believed there', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [own];
    await sweep();
    api.records = [other];
    expect(await sweep()).toMatchObject({ status: 'succeeded', status_changed: 1 });
    expect(await rowsOf(database.db, 'select listed_under from cph.images')).toEqual([
      { listed_under: 'private' },
    ]);
  });
});
