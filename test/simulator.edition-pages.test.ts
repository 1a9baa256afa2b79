import { describe, expect, it } from 'vitest';
import type { Edition } from '../src/simulator/edition.ts';
import { editionCloud } from './support/edition-cloud.ts';

/** Five private images and two shared ones. */
async function imagesOf(edition: Partial<Edition>) {
  const cloud = await editionCloud(edition);
  cloud.make(5);
  for (const image_id of ['lent-0', 'lent-1']) cloud.world.create({ image_id, image_type: 'share' });
  return cloud;
}

const PRIVATE = 'images?image_type=private';

describe('the total of an edition', () => {
  it.each<[Partial<Edition>, unknown]>([
    [{ total: 'grand' }, 5],
    [{ total: 'page' }, 2],
    [{ total: 'absent' }, undefined],
    [{ total: 'all-types' }, 7],
    [{ total: { capped: 4 } }, 4],
    [{ total: { capped: 9 } }, 5],
    [{ totalAs: 'text' }, '5'],
    [{ total: { capped: 4 }, totalAs: 'text' }, '4'],
  ])('%j is %j where a page of two of five private images is asked for', async (edition, total) => {
    const { body } = await imagesOf(edition);
    expect((await body(`${PRIVATE}&limit=2`)).total).toBe(total);
  });
});

describe('the pages of an edition', () => {
  it.each<[Partial<Edition>, string, readonly string[]]>([
    [{ offset: 'ignored' }, 'offset=2&limit=2', ['image-4', 'image-3']],
    [{ limit: { clamped: 2 } }, 'limit=100', ['image-4', 'image-3']],
    [{ limit: { clamped: 2 } }, 'limit=1', ['image-4']],
    [{ limit: { clamped: 2 } }, 'limit=100&offset=4', ['image-0']],
    [{ limit: { clamped: 2 }, offset: 'page-number' }, 'limit=100&offset=1', ['image-2', 'image-1']],
    [{ limit: 'ignored' }, 'limit=1', ['image-4', 'image-3', 'image-2', 'image-1', 'image-0']],
    [{ limit: 'ignored' }, 'limit=1&offset=4', ['image-0']],
    [{ limit: 'ignored', offset: 'page-number' }, 'limit=1&offset=1', []],
    [{ beyondEnd: 'last-page' }, 'limit=2&offset=100', ['image-0']],
    [
      { beyondEnd: 'last-page', limit: 'ignored', offset: 'ignored' },
      'offset=9',
      ['image-4', 'image-3', 'image-2', 'image-1', 'image-0'],
    ],
  ])('%j answers %s', async (edition, query, expected) => {
    const { ids } = await imagesOf(edition);
    expect(await ids(`${PRIVATE}&${query}`)).toEqual(expected);
  });

  it('refuses an offset behind the end, and no other', async () => {
    const { ask, body, ids } = await imagesOf({ beyondEnd: 'refused' });
    expect(await ids(`${PRIVATE}&offset=4`)).toEqual(['image-0']);
    expect((await ask(`${PRIVATE}&offset=5`)).status).toBe(400);
    expect(await body(`${PRIVATE}&offset=5`)).toMatchObject({ error_code: 'CPS.0002' });
    expect(await ids('images?image_type=public')).toEqual([]);
  });

  it('begins to page in another way while it runs', async () => {
    const { cloud, body, ids } = await imagesOf({ total: 'page' });
    expect(await ids(PRIVATE)).toHaveLength(5);
    cloud.setEdition({ limit: { clamped: 3 } });
    const { total, image_infos } = await body(PRIVATE);
    expect(total).toBe(3);
    expect(image_infos).toHaveLength(3);
  });

  it.each<[Partial<Edition>, readonly string[], readonly string[], unknown]>([
    [{ duplicates: 'on-page' }, ['image-4', 'image-4', 'image-3'], ['image-2', 'image-1', 'image-0'], 6],
    [{ duplicates: 'at-border' }, ['image-4', 'image-3', 'image-2'], ['image-2', 'image-1', 'image-0'], 6],
    [
      { duplicates: 'at-border', duplicatesCounted: false },
      ['image-4', 'image-3', 'image-2'],
      ['image-2', 'image-1', 'image-0'],
      5,
    ],
  ])('%j lists one row twice', async (edition, first, second, total) => {
    const { body, ids } = await imagesOf(edition);
    expect(await ids(`${PRIVATE}&limit=3`)).toEqual(first);
    expect(await ids(`${PRIVATE}&limit=3&offset=3`)).toEqual(second);
    expect((await body(`${PRIVATE}&limit=3`)).total).toBe(total);
  });
});

describe('what an edition lists for which question', () => {
  it.each<[Partial<Edition>, number, unknown]>([
    [{ publicImages: 'refused' }, 400, 'CPS.0009'],
    [{ publicImages: { refused: 'CPS.0099' } }, 400, 'CPS.0099'],
    [{ publicImages: { refused: 'APIGW.0302' } }, 403, 'APIGW.0302'],
    [{ publicImages: { refused: 'CPS.0001/403' } }, 403, 'CPS.0001'],
    [{ publicImages: 'empty' }, 200, undefined],
  ])('%j lists no public images', async (edition, status, error_code) => {
    const { ask, ids, world } = await imagesOf(edition);
    world.create({ image_id: 'public', image_type: 'public' });
    const answer = await ask('images?image_type=public');
    expect(answer.status).toBe(status);
    const body = (await answer.json()) as Record<string, unknown>;
    expect(body.error_code).toBe(error_code);
    expect(body.image_infos).toEqual(status === 200 ? [] : undefined);
    expect(await ids('images')).not.toContain('public');
  });

  it('answers by id, or with everything, without a list, or not at all', async () => {
    const { cloud, ask, body, ids } = await imagesOf({ byId: 'ignored' });
    const asked = `${PRIVATE}&image_id=image-1`;
    expect(await ids(asked)).toHaveLength(5);
    cloud.setEdition({ byId: 'listless' });
    expect(await body(asked)).toEqual({ request_id: expect.any(String) });
    cloud.setEdition({ byId: { refused: 'CPS.0030' }, byIdOnly: ['image-1'] });
    expect((await ask(asked)).status).toBe(400);
    expect(await ids(`${PRIVATE}&image_id=image-2`)).toEqual(['image-2']);
    cloud.setEdition({ byId: 'ignored' });
    expect(await ids(`${PRIVATE}&image_id=image-2`)).toEqual(['image-2']);
    expect(await ids(asked)).toHaveLength(5);
  });

  it('may ignore a status', async () => {
    const { ids } = await imagesOf({ statusFilter: 'ignored' });
    expect(await ids(`${PRIVATE}&status=0`)).toHaveLength(5);
  });
});
