import { describe, expect, test } from 'vitest';
import { parseBody } from '../src/cph/answer-body.ts';
import { readImagesRow } from '../src/cph/list-images.ts';

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
    expect(revision('9007199254740993')).not.toEqual(revision('9007199254740992'));
  });
});
