import { describe, expect, onTestFinished, test } from 'vitest';
import { parseBody } from '../src/cph/answer-body.ts';
import { imagesListing, readImagesRow } from '../src/cph/list-images.ts';
import type { Edition } from '../src/simulator/edition.ts';
import { newLook } from './support/cph-api.ts';
import { startCloud } from './support/cph-cloud.ts';

function extraOf(sent: object): unknown {
  const row = readImagesRow(sent, 'private');
  return 'extra' in row ? row.extra : null;
}

describe('a row', () => {
  test.each<[string, object, object]>([
    ['a status in text', { status: '2' }, { status: 'failed', status_code: 2 }],
    ['a status with a fraction of zero', { status: '2.0' }, { status: 'failed', status_code: 2 }],
    ['a size in text', { image_size: '1306150912' }, { image_size: 1306150912 }],
    ['a name that is a number', { image_name: 7 }, { image_name: '7' }],
    ['a time in milliseconds', { update_time: 1712817501000 }, { update_time: '2024-04-11T06:38:21Z' }],
    ['a time in seconds', { update_time: 1712817501 }, { update_time: '2024-04-11T06:38:21Z' }],
    ['a time in seconds in text', { update_time: '1712817501' }, { update_time: '2024-04-11T06:38:21Z' }],
    [
      'a time by RFC 1123',
      { update_time: 'Thu, 11 Apr 2024 06:38:21 GMT' },
      { update_time: '2024-04-11T06:38:21Z' },
    ],
    [
      'a time without a zone',
      { update_time: '2024-04-11 06:38:21' },
      { update_time: '2024-04-11T06:38:21Z' },
    ],
    ['a time with slashes', { update_time: '2024/04/11 06:38:21' }, { update_time: '2024-04-11T06:38:21Z' }],
    [
      'a time without separators',
      { update_time: '20240411T063821Z' },
      { update_time: '2024-04-11T06:38:21Z' },
    ],
    ['an empty time', { update_time: '' }, { update_time: null }],
    ['an id that is a number', { image_id: 7 }, { image_id: '7' }],
  ])('with %s is read without loss', (_what, fields, read) => {
    const row = readImagesRow({ image_id: 'a', ...fields }, 'private');
    expect(row).toMatchObject({ ...read, unreadable: [] });
  });

  test.each([
    ['', '   ', null, undefined].map((blank) => ({ image_id: 'a', image_name: blank, note: blank })),
    [[], {}, [null, ''], { a: { b: [] } }].map((blank) => ({ image_id: 'a', note: blank })),
  ])('says the same whether a field is empty, null or absent', (...rows) => {
    const plain = readImagesRow({ image_id: 'a' }, 'private');
    for (const row of rows) expect(readImagesRow(row, 'private')).toEqual(plain);
  });

  test('says the same in whatever order a list comes, and however often it repeats itself', () => {
    const lists = [
      [{ k: 1, v: 'x' }, 'b', 'a'],
      ['a', 'b', { v: 'x', k: 1 }],
      ['b', 'b', '', 'a', { k: 1, v: 'x', w: null }],
    ];
    const [first, ...others] = lists.map((tags) => extraOf({ image_id: 'a', tags }));
    for (const other of others) expect(other).toEqual(first);
  });

  test('tells integers apart that a double cannot hold', () => {
    const revision = (digits: string) =>
      extraOf(parseBody(`{"image_id":"a","revision":${digits}}`).object ?? expect.fail());
    expect(revision('9007199254740993')).toEqual({ revision: '9007199254740993' });
    expect(revision('9007199254740993.0')).toEqual({ revision: '9007199254740993' });
    expect(revision('9007199254740992')).toEqual({ revision: '9007199254740992' });
    expect(revision('9007199254740991')).toEqual({ revision: 9007199254740991 });
    expect(revision('9007199254740993')).not.toEqual(revision('9007199254740992'));
  });

  test.each(['90071992547409940', '90071992547409936', '100000000000000000000'])(
    'with an id that is a number of many digits has those digits: %s',
    (digits) => {
      const row = parseBody(`{"image_id":${digits},"revision":${digits}}`).object ?? expect.fail();
      expect(readImagesRow(row, 'private')).toMatchObject({ image_id: digits, extra: { revision: digits } });
    },
  );
});

describe('the same images, listed four times', () => {
  test.each<Partial<Edition>>([
    { blanks: 'by-turns' },
    { numbers: 'by-turns' },
    { tags: 'shuffled' },
    { blanks: 'by-turns', numbers: 'by-turns', tags: 'shuffled', revision: 'large' },
  ])('are the same records where their spelling comes by turns: %j', async (edition) => {
    const { client, world, close } = await startCloud({ images: 0, edition });
    onTestFinished(close);
    world.create({
      image_id: 'a',
      status: 2,
      rows: { images: { image_version: null, note: '', labels: [] } },
    });
    world.create({ image_id: 'b', status: 1 });
    const listing = imagesListing(client, 'private', { pageConcurrency: 1 });
    const { records: first } = await listing.list(newLook());
    expect(first).toHaveLength(2);
    for (const _ of [2, 3, 4]) expect((await listing.list(newLook())).records).toEqual(first);
  });

  test.each(['documented', 'offset', 'zoneless', 'spaced', 'epoch-ms', 'epoch-s', 'rfc-1123'] as const)(
    'have the same times where those are spelt %s',
    async (times) => {
      const { client, close } = await startCloud({ images: 2, edition: { times } });
      onTestFinished(close);
      const { records } = await imagesListing(client, 'private', { pageConcurrency: 1 }).list(newLook());
      const time = '2026-01-01T00:00:00Z';
      expect(records).toMatchObject([
        { create_time: time, update_time: time, unreadable: [] },
        { create_time: time, update_time: time, unreadable: [] },
      ]);
    },
  );
});
