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

describe('a row of the images endpoint', () => {
  test('becomes a record with canonical times, without the project that was asked', () => {
    expect(readImagesRow(documented, 'private')).toEqual({
      source: 'images',
      image_id: '23030320230421e300221a2000004433',
      image_name: 'cph-private-image',
      image_type: 'private',
      status: 'usable',
      status_code: 1,
      image_version: 'AOSP 9.0',
      image_size: 1306150912,
      domain_id: '4a2a9967e4514c388a4c945efcbab9d6',
      src_project_id: null,
      create_time: '2024-04-10T22:38:21Z',
      update_time: '2024-04-11T06:38:21Z',
      extra: {},
    });
  });

  test('needs nothing but an id: the type is the one asked for, all else is null', () => {
    expect(readImagesRow({ image_id: 'a', status: null }, 'share')).toEqual({
      source: 'images',
      image_id: 'a',
      image_name: null,
      image_type: 'share',
      status: null,
      status_code: null,
      image_version: null,
      image_size: null,
      domain_id: null,
      src_project_id: null,
      create_time: null,
      update_time: null,
      extra: {},
    });
  });

  test('keeps a type and a status that are not documented', () => {
    const row = readImagesRow({ image_id: 'a', image_type: 'market', status: 77 }, 'share');
    expect(row).toMatchObject({ image_type: 'market', status: 'unknown', status_code: 77 });
  });

  test('keeps fields the reference does not name in extra, as they were sent', () => {
    const sent = JSON.parse('{"image_id":"a","tags":[{"k":1}],"__proto__":{"x":1},"empty":null}');
    const row = readImagesRow(sent, 'private');
    expect(JSON.stringify('extra' in row && row.extra)).toBe(
      '{"tags":[{"k":1}],"__proto__":{"x":1},"empty":null}',
    );
  });

  test.each([
    ['no id', { image_id: undefined }, null, 'image_id: nothing instead of text'],
    ['an empty id', { image_id: '' }, null, 'image_id: empty text instead of an id'],
    [
      'a long id',
      { image_id: 'x'.repeat(129) },
      null,
      'image_id: text instead of an id of at most 128 characters',
    ],
    ['an id that is a number', { image_id: 7 }, null, 'image_id: a number instead of text'],
    [
      'a size in text',
      { image_size: '1306150912' },
      'a',
      'image_size: text instead of a whole number of bytes',
    ],
    [
      'a negative size',
      { image_size: -1 },
      'a',
      'image_size: a number instead of a number of bytes, 0 or more',
    ],
    [
      'a size beyond exact numbers',
      { image_size: 2 ** 53 },
      'a',
      'image_size: a number instead of a whole number of bytes',
    ],
    ['half a byte', { image_size: 0.5 }, 'a', 'image_size: a number instead of a whole number of bytes'],
    ['a status in text', { status: '1' }, 'a', 'status: text instead of a whole number'],
    [
      'a status that no column holds',
      { status: 2 ** 31 },
      'a',
      'status: a number instead of a 32-bit number',
    ],
    ['a name that is a list', { image_name: ['x'] }, 'a', 'image_name: a list instead of text'],
    [
      'an unreadable time',
      { create_time: 'yesterday' },
      'a',
      'create_time: text instead of an ISO 8601 time',
    ],
    [
      'a time that is a number',
      { update_time: 1712817501 },
      'a',
      'update_time: a number instead of an ISO 8601 time',
    ],
    [
      'NUL in a name',
      { image_name: 'a\0b' },
      'a',
      'image_name: text instead of text without NUL or broken characters',
    ],
    [
      'half a character in a name',
      { image_name: '\ud83d' },
      'a',
      'image_name: text instead of text without NUL or broken characters',
    ],
    [
      'NUL deep in an added field',
      { tags: [{ k: '\0' }] },
      'a',
      'tags: a value that cannot be stored instead of plain JSON without NUL',
    ],
    [
      'NUL in the name of an added field',
      { 'x\0': 1 },
      'a',
      'a field with an unusual name: a value that cannot be stored instead of plain JSON without NUL',
    ],
    [
      'a number too large for any',
      { weight: Number.POSITIVE_INFINITY },
      'a',
      'weight: a value that cannot be stored instead of plain JSON without NUL',
    ],
  ])('with %s is rejected, saying which field and what would be right', (_what, fields, image_id, reason) => {
    expect(readImagesRow({ image_id: 'a', ...fields }, 'private')).toEqual({
      source: 'images',
      image_id,
      reason,
    });
  });

  test.each([
    [null, 'null'],
    ['x', 'text'],
    [[], 'a list'],
    [3, 'a number'],
  ])('that is no object (%j) is rejected', (raw, kind) => {
    const reason = `row: ${kind} instead of an object`;
    expect(readImagesRow(raw, 'private')).toEqual({ source: 'images', image_id: null, reason });
  });

  test('gives one reason when several fields are wrong', () => {
    const row = readImagesRow({ image_id: 'a', image_name: 1, status: 'x' }, 'private');
    expect(row).toEqual({ source: 'images', image_id: 'a', reason: 'image_name: a number instead of text' });
  });

  test('nested a thousand levels deep is rejected and breaks nothing', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(readImagesRow({ image_id: 'a', deep }, 'private')).toMatchObject({ image_id: 'a' });
    expect(readImagesRow({ image_id: 'a', deep }, 'private')).toHaveProperty('reason');
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
    });
  });

  test('is rejected when a field is of another kind', () => {
    expect(readPhoneImagesRow({ image_id: 'a', is_support_encrypt: 'true' })).toEqual({
      source: 'phone-images',
      image_id: 'a',
      reason: 'is_support_encrypt: text instead of true or false',
    });
  });
});
