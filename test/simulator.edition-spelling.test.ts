import { describe, expect, it } from 'vitest';
import type { Edition } from '../src/simulator/edition.ts';
import { editionCloud } from './support/edition-cloud.ts';

/** One failed private image of 2 GB, made on the first day of 2026. */
async function imageOf(edition: Partial<Edition>) {
  const cloud = await editionCloud(edition);
  cloud.world.create({ image_id: 'one', image_name: 'first', status: 2, image_size: 2_000_000_000 });
  return cloud;
}

/** The row of the image in the first, second, … answer to one question. */
async function answers(edition: Partial<Edition>, count: number) {
  const { rows } = await imageOf(edition);
  const seen = [];
  for (let asked = 0; asked < count; asked++) seen.push((await rows('images'))[0]);
  return seen;
}

describe('a list without rows', () => {
  const empty = { request_id: expect.any(String) };

  it.each<[Partial<Edition>, object, object]>([
    [{ emptyList: 'array' }, { ...empty, image_infos: [], total: 0 }, { ...empty, phone_images: [] }],
    [{ emptyList: 'null' }, { ...empty, image_infos: null, total: 0 }, { ...empty, phone_images: null }],
    [{ emptyList: 'absent-with-total' }, { ...empty, total: 0 }, { ...empty, total: 0 }],
    [
      { emptyList: 'absent-with-total', total: 'absent' },
      { ...empty, total: 0 },
      { ...empty, total: 0 },
    ],
    [{ emptyList: 'absent' }, empty, empty],
    [
      { emptyList: 'null', total: 'absent' },
      { ...empty, image_infos: null },
      { ...empty, phone_images: null },
    ],
  ])('is written as %j', async (edition, images, phoneImages) => {
    const { body } = await editionCloud(edition);
    expect(await body('images')).toEqual(images);
    expect(await body('phone-images')).toEqual(phoneImages);
  });
});

describe('a success', () => {
  it.each([{ error_code: '0' }, { error_code: 0, error_msg: '' }, { code: 'CPS.0000' }])(
    'says so beside the list by %j',
    async (successFields) => {
      const { body } = await imageOf({ successFields });
      expect(await body('images')).toMatchObject({ ...successFields, image_infos: [{ image_id: 'one' }] });
      expect(await body('phone-images')).toMatchObject({ ...successFields, phone_images: [] });
    },
  );
});

describe('a row', () => {
  it.each<[Edition['imageType'], readonly unknown[]]>([
    ['documented', ['public', 'share', 'private']],
    ['upper', ['PUBLIC', 'SHARE', 'PRIVATE']],
    ['shared', ['public', 'shared', 'private']],
    ['absent', [undefined, undefined, undefined]],
    ['other', ['private', 'private', 'share']],
  ])('spells its type %s', async (imageType, expected) => {
    const { rows, world } = await imageOf({ imageType });
    world.create({ image_id: 'two', image_type: 'share' });
    world.create({ image_id: 'three', image_type: 'public' });
    expect((await rows('images')).map(({ image_type }) => image_type)).toEqual(expected);
  });

  it.each<[Edition['times'], unknown]>([
    ['documented', '2026-01-01T00:00:00Z'],
    ['epoch-ms', 1767225600000],
    ['epoch-s', 1767225600],
    ['rfc-1123', 'Thu, 01 Jan 2026 00:00:00 GMT'],
    ['offset', '2026-01-01T08:00:00+08:00'],
    ['zoneless', '2026-01-01T00:00:00'],
    ['spaced', '2026-01-01 00:00:00'],
    ['empty', ''],
  ])('spells times %s', async (times, time) => {
    const { rows } = await imageOf({ times });
    expect(await rows('images')).toMatchObject([{ create_time: time, update_time: time }]);
  });

  it('spells numbers as text, or with a fraction, and times that are numbers too', async () => {
    const { cloud, rows, text } = await imageOf({ numbers: 'text', times: 'epoch-s' });
    expect(await rows('images')).toMatchObject([
      { status: '2', image_size: '2000000000', update_time: '1767225600' },
    ]);
    cloud.setEdition({ numbers: 'float', times: 'documented' });
    expect(await text('images')).toMatch(/"image_size":2000000000\.0,.*"status":2\.0}/);
    expect(await rows('images')).toMatchObject([{ status: 2, image_size: 2_000_000_000 }]);
  });

  it('spells numbers and times by turns', async () => {
    const seen = await answers({ numbers: 'by-turns', times: 'by-turns' }, 3);
    expect(seen.map((row) => row?.status)).toEqual([2, '2', 2]);
    expect(seen.map((row) => row?.update_time)).toEqual([
      '2026-01-01T00:00:00Z',
      '1767225600000',
      1767225600,
    ]);
  });

  it.each<[Edition['blanks'], readonly unknown[]]>([
    ['as-is', [undefined, undefined]],
    ['null', [null, null]],
    ['empty-text', ['', '']],
    ['by-turns', [undefined, null, '', undefined]],
  ])('writes a field without a value %s', async (blanks, expected) => {
    const seen = await answers({ blanks }, expected.length);
    expect(seen.map((row) => row?.src_project_id)).toEqual(expected);
    expect(seen[0]).toMatchObject({ project_id: 'ours', status: 2 });
  });

  it('writes the blank fields of phone-images too', async () => {
    const { rows, world } = await editionCloud({ blanks: 'null' });
    world.create({ status: 1, image_label: '' });
    expect(await rows('phone-images')).toMatchObject([{ image_label: null, is_public: 2 }]);
    expect((await rows('phone-images'))[0]).not.toHaveProperty('status');
  });

  it('leaves fields out of every second answer to the same question', async () => {
    const seen = await answers({ leftOut: ['status', 'image_size'], blanks: 'by-turns' }, 6);
    expect(seen.map((row) => row?.status)).toEqual([2, null, 2, undefined, 2, '']);
    expect(seen.map((row) => row && 'image_size' in row)).toEqual([true, true, true, false, true, true]);
  });

  it('counts the turns of each question by itself', async () => {
    const { rows } = await imageOf({ leftOut: ['status'] });
    await rows('images?limit=1');
    expect(await rows('images')).toMatchObject([{ status: 2 }]);
    expect((await rows('images'))[0]).not.toHaveProperty('status');
  });

  it('has labels, in the same or in another order each time', async () => {
    const [first, second] = await answers({ tags: 'shuffled' }, 2);
    expect(first?.tags).toHaveLength(3);
    expect(second?.tags).not.toEqual(first?.tags);
    expect(new Set(second?.tags as string[])).toEqual(new Set(first?.tags as string[]));
    const [one, same] = await answers({ tags: 'ordered' }, 2);
    expect(one?.tags).toEqual(same?.tags);
  });

  it('has a signed URL, another one in every answer, and the same in both copies of a row', async () => {
    const [first, second] = await answers({ signedUrl: 'field' }, 2);
    expect(first?.download_url).toMatch(/^https:\/\//);
    expect(second?.download_url).not.toBe(first?.download_url);
    const { rows } = await imageOf({ signedUrl: 'nested', duplicates: 'on-page' });
    const [one, copy] = await rows('images');
    expect(one).toMatchObject({ links: { download: expect.any(String) } });
    expect(copy).toEqual(one);
  });

  it('has an integer that a double cannot hold, with all of its digits', async () => {
    const { text, world } = await imageOf({ revision: 'large' });
    expect(await text('images')).toContain('"revision":9007201021966592}');
    world.advance(1000);
    world.update('one', { image_size: 1 });
    expect(await text('images')).toContain('"revision":9007201021966593}');
  });

  it('has whatever integer a test lays over it', async () => {
    const { text, world } = await imageOf({});
    world.update('one', { rows: { images: { build: 9007199254740993n } } });
    expect(await text('images')).toContain('"build":9007199254740993}');
  });
});

describe('the charset of an answer', () => {
  it.each<[Edition['charset'], string, string]>([
    ['utf-8', 'application/json', 'utf-8'],
    ['utf-8-bom', 'application/json; charset=utf-8', 'utf-8'],
    ['utf-16', 'application/json; charset=UTF-16', 'utf-16le'],
    ['gb18030', 'application/json; charset=GB18030', 'gb18030'],
    ['iso-8859-1', 'application/json; charset=ISO-8859-1', 'latin1'],
  ])('is %s', async (charset, contentType, decoder) => {
    const { ask } = await imageOf({ charset, names: 'chinese' });
    const answer = await ask('images');
    expect(answer.headers.get('Content-Type')).toBe(contentType);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(JSON.parse(new TextDecoder(decoder).decode(bytes))).toMatchObject({
      image_infos: [{ image_name: '云手机é-first' }],
    });
    const isUtf8 = Buffer.from(bytes).toString().includes('"云手机é');
    expect(isUtf8).toBe(charset.startsWith('utf-8'));
  });

  it('keeps the byte order mark that editions send', async () => {
    const { ask } = await imageOf({ charset: 'utf-8-bom' });
    const bytes = new Uint8Array(await (await ask('phone-images')).arrayBuffer());
    expect([...bytes.slice(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x7b]);
  });
});
