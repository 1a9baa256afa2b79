import { describe, expect, test } from 'vitest';
import { readImagesRow } from '../src/cph/list-images.ts';
import { readPhoneImagesRow } from '../src/cph/list-phone-images.ts';

const documented = {
  domain_id: '4a2a9967e4514c388a4c945efcbab9d6',
  image_name: 'cph-private-image',
  update_time: '2024-04-11T06:38:21Z',
  create_time: '2024-04-11 06:38:21+08:00',
  image_size: 1306150912,
  project_id: '3a63a229aa6e47bab2153b44a7f3f50d',
  image_id: '23030320230421e300221a2000004433',
  image_version: 'AOSP 9.0',
  image_type: 'private',
  status: 1,
};

function extraOf(sent: object): unknown {
  const row = readImagesRow(sent, 'private');
  return 'extra' in row ? row.extra : null;
}

describe('a row of the images endpoint', () => {
  test('becomes a record with canonical times, without the project that was asked', () => {
    expect(readImagesRow(documented, 'private')).toEqual({
      source: 'images',
      image_id: '23030320230421e300221a2000004433',
      image_name: 'cph-private-image',
      image_type: 'private',
      status: 'usable',
      listed_under: 'private',
      status_code: 1,
      image_version: 'AOSP 9.0',
      image_size: 1306150912,
      domain_id: '4a2a9967e4514c388a4c945efcbab9d6',
      src_project_id: null,
      create_time: '2024-04-10T22:38:21Z',
      update_time: '2024-04-11T06:38:21Z',
      extra: {},
      unreadable: [],
    });
  });

  test('needs nothing but an id: it is of the listing asked for, all else is null', () => {
    expect(readImagesRow({ image_id: 'a', status: null }, 'share')).toEqual({
      source: 'images',
      image_id: 'a',
      image_name: null,
      image_type: null,
      listed_under: 'share',
      status: null,
      status_code: null,
      image_version: null,
      image_size: null,
      domain_id: null,
      src_project_id: null,
      create_time: null,
      update_time: null,
      extra: {},
      unreadable: [],
    });
  });

  test('keeps a type and a status that are not documented', () => {
    const row = readImagesRow({ image_id: 'a', image_type: 'market', status: 77 }, 'share');
    expect(row).toMatchObject({ image_type: 'market', status: 'unknown', status_code: 77 });
  });

  test('belongs to the listing that was asked for, however it spells its type', () => {
    const spellings = ['PRIVATE', 'Shared', 'share ', ' public'];
    const rows = spellings.map((image_type) => readImagesRow({ image_id: 'a', image_type }, 'share'));
    expect(rows.map((row) => 'image_type' in row && row.image_type)).toEqual([
      'private',
      'share',
      'share',
      'public',
    ]);
    expect(rows.every((row) => 'listed_under' in row && row.listed_under === 'share')).toBe(true);
  });

  test.each([
    ['0A1B2C3D4E5F60718293A4B5C6D7E8F9', '0a1b2c3d4e5f60718293a4b5c6d7e8f9'],
    ['0A1B2C3D-4E5F-6071-8293-A4B5C6D7E8F9', '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9'],
    ['Image-A', 'Image-A'],
  ])('has its id in lower case where that is hex digits: %s', (image_id, read) => {
    expect(readImagesRow({ image_id }, 'private')).toMatchObject({ image_id: read });
  });

  test('keeps fields the reference does not name in extra', () => {
    const sent = JSON.parse('{"image_id":"a","tags":[{"k":1}],"__proto__":{"x":1}}');
    expect(JSON.stringify(extraOf(sent))).toBe('{"tags":[{"k":1}],"__proto__":{"x":1}}');
  });

  test('does not keep fields that are to be ignored, documented or not', () => {
    const sent = { ...documented, download_url: 'https://x/?s=1', tags: ['a'] };
    const row = readImagesRow(sent, 'private', new Set(['download_url', 'update_time', 'status']));
    expect(row).toMatchObject({ extra: { tags: ['a'] }, update_time: null, status: null, status_code: null });
  });

  const NO_TIME = 'instead of a time with its date, such as 2024-04-11T06:38:21Z';
  const NO_TEXT = 'instead of text without NUL or broken characters';
  const NOT_STORABLE = 'a value that cannot be stored instead of plain JSON without NUL';
  test.each([
    [
      'a negative size',
      { image_size: -1 },
      'image_size: a number instead of a whole number of bytes, 0 or more',
    ],
    [
      'a size beyond exact numbers',
      { image_size: 2 ** 53 },
      'image_size: a number instead of a whole number of bytes, 0 or more',
    ],
    [
      'a word for a size',
      { image_size: 'big' },
      'image_size: text instead of a whole number of bytes, 0 or more',
    ],
    [
      'a status no column holds',
      { status: 2 ** 31 },
      'status: a number instead of a whole number of 32 bits',
    ],
    ['a word for a status', { status: 'ready' }, 'status: text instead of a whole number of 32 bits'],
    ['a name that is a list', { image_name: ['x'] }, `image_name: a list ${NO_TEXT}`],
    ['an unreadable time', { create_time: 'yesterday' }, `create_time: text ${NO_TIME}`],
    ['a day that is none', { create_time: '2024-02-31T00:00:00Z' }, `create_time: text ${NO_TIME}`],
    ['NUL in a name', { image_name: 'a\0b' }, `image_name: text ${NO_TEXT}`],
    ['half a character in a name', { image_name: '\ud83d' }, `image_name: text ${NO_TEXT}`],
    ['NUL deep in an added field', { tags: [{ k: '\0' }] }, `tags: ${NOT_STORABLE}`],
    ['NUL in the name of an added field', { 'x\0': 1 }, `a field with an unusual name: ${NOT_STORABLE}`],
    ['a number too large for any', { weight: Number.POSITIVE_INFINITY }, `weight: ${NOT_STORABLE}`],
  ])('with %s is read without it, and says so', (_what, fields, reason) => {
    const row = readImagesRow({ ...documented, ...fields }, 'private');
    const [name = ''] = Object.keys(fields);
    expect(row).toMatchObject({ image_id: documented.image_id, unreadable: [reason] });
    if (name !== 'status') expect(row).toMatchObject({ status: 'usable' });
    expect(name in row ? row[name as keyof typeof row] : null).toBeNull();
  });

  test('names every field that cannot be read', () => {
    const row = readImagesRow({ image_id: 'a', image_name: [], status: 'x' }, 'private');
    expect(row).toMatchObject({
      image_name: null,
      status: null,
      unreadable: [`image_name: a list ${NO_TEXT}`, 'status: text instead of a whole number of 32 bits'],
    });
  });

  const NO_ID = 'instead of text of 1 to 128 characters without NUL or broken characters';
  test.each([
    ['no id', undefined, 'nothing'],
    ['null for an id', null, 'null'],
    ['an empty id', ' ', 'empty text'],
    ['a long id', 'x'.repeat(129), 'text'],
    ['a fraction for an id', 0.5, 'a number'],
    ['NUL in its id', 'a\0', 'text'],
    ['a list for an id', ['a'], 'a list'],
  ])('with %s is rejected', (_what, image_id, kind) => {
    const reason = `image_id: ${kind} ${NO_ID}`;
    expect(readImagesRow({ ...documented, image_id }, 'private')).toEqual({ source: 'images', reason });
  });

  test.each([
    [null, 'null'],
    ['x', 'text'],
    [[], 'a list'],
    [3, 'a number'],
  ])('that is no object (%j) is rejected', (raw, kind) => {
    const reason = `row: ${kind} instead of an object`;
    expect(readImagesRow(raw, 'private')).toEqual({ source: 'images', reason });
  });

  test('nested a hundred thousand levels deep is read without that field', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    const row = readImagesRow({ image_id: 'a', deep }, 'private');
    expect(row).toMatchObject({ image_id: 'a', extra: {}, unreadable: [`deep: ${NOT_STORABLE}`] });
  });
});

describe('a row of the phone-images endpoint', () => {
  test('becomes a record; what the reference does not name goes to extra', () => {
    const sent = {
      image_name: 'AOSP',
      os_type: 'aosp',
      is_public: 1,
      os_name: 'AOSP7.1.1',
      image_label: 'cloud_game',
      image_id: '20032420200401a60b0003a99684b8ea',
      shared_by: 'team-b',
    };
    expect(readPhoneImagesRow(sent)).toEqual({
      source: 'phone-images',
      image_id: '20032420200401a60b0003a99684b8ea',
      image_name: 'AOSP',
      os_type: 'aosp',
      os_name: 'AOSP7.1.1',
      is_public: 1,
      image_label: 'cloud_game',
      is_support_encrypt: null,
      receive_status: null,
      extra: { shared_by: 'team-b' },
      unreadable: [],
    });
  });

  test('is read without a field of another kind, and takes flags and numbers in text', () => {
    const sent = { image_id: 'a', is_support_encrypt: 'true', is_public: '2', receive_status: 'late' };
    expect(readPhoneImagesRow(sent)).toMatchObject({
      image_id: 'a',
      is_support_encrypt: true,
      is_public: 2,
      receive_status: null,
      unreadable: ['receive_status: text instead of a whole number of 32 bits'],
    });
  });
});
