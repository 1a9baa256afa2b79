import { describe, expect, onTestFinished, test } from 'vitest';
import type { CphClient } from '../src/cph/client.ts';
import type { Edition } from '../src/simulator/edition.ts';
import { newLook } from './support/cph-api.ts';
import { believed, cloudOfEditions, combinations, countOf, privateImages } from './support/editions.ts';
import { LONG } from './support/long.ts';

type Pages = Pick<Edition, 'total' | 'offset' | 'limit' | 'beyondEnd'>;

const EDITIONS: readonly Pages[] = combinations({
  total: ['grand', 'page', 'absent', 'all-types', { capped: 100 }, { capped: 1000 }],
  offset: ['index', 'page-number', 'ignored'],
  limit: ['honoured', { clamped: 50 }, 'ignored'],
  beyondEnd: ['empty', 'refused', 'last-page', 'no-list', ...(LONG ? (['no-content'] as const) : [])],
} as const);

/** What else than so many images would explain all the answers of an edition; null where nothing would. */
function otherExplanation(size: number, edition: Pages): string | null {
  if (size === 0) return null;
  const { limit, offset, beyondEnd } = edition;
  const isRefused = beyondEnd !== 'empty' && beyondEnd !== 'last-page';
  if (isRefused && offset !== 'ignored' && size <= 2) return ofRefusal(size, edition);
  const isWhole = limit === 'ignored';
  if (offset === 'ignored' || (isWhole && offset === 'page-number' && beyondEnd !== 'empty')) {
    return ofOnePage(size, edition);
  }
  const isShort = size <= (offset === 'index' || isWhole ? 1 : 2);
  const isOpen = beyondEnd === 'last-page' && isShort && !tellsCount(size, edition);
  return isOpen ? 'a page of one or two that cannot be turned' : null;
}

/** Where no offset brings anything else. */
function ofOnePage(size: number, edition: Pages): string | null {
  const { limit } = edition;
  const isTold = tellsCount(size, edition);
  if (limit === 'ignored' && size > 1)
    return isTold || size % 50 !== 0 ? null : 'a page that is always as long';
  if (size > (limit === 'honoured' ? 100 : 50)) return 'nothing: there is more';
  return isTold && size % 50 !== 0 ? null : 'a full page that cannot be turned';
}

/** A listing of one or two has no page that begins with a known row and would hold the next. */
function ofRefusal(size: number, { total, limit, offset }: Pages): string | null {
  const isShown = size === 2 && (offset === 'index' || limit === 'ignored');
  return total === 'all-types' && !isShown ? 'more images, all refused' : null;
}

/** Whether the total of every answer, whatever limit it has, is the number of images. */
function tellsCount(size: number, { total, limit, offset }: Pages): boolean {
  if (typeof total === 'object') return size <= total.capped;
  if (total === 'page') return size === 1 || (limit === 'ignored' && offset !== 'index');
  return total === 'grand';
}

// In full length, more sizes are listed, and each of them twice.
describe.each(LONG ? [0, 1, 2, 3, 50, 99, 100, 101, 200, 230] : [0, 1, 2, 3, 50, 101])(
  'a listing of %i images',
  (size) => {
    // The later one relies on what the first has taught.
    const turns = LONG || size === 3 || size === 101 ? [1, 2] : [1];

    async function check(client: CphClient, edition: Pages, where: string) {
      const proof = otherExplanation(size, edition) === null ? 'complete' : 'incomplete';
      const result = await privateImages(client).list(newLook());
      expect.soft(result.proof, where).toBe(proof);
      if (result.proof === 'complete') expect.soft(countOf(result), where).toBe(size);
    }

    test('is complete unless something else would explain the answers, and never with fewer', async () => {
      const cloud = await cloudOfEditions(size);
      onTestFinished(cloud.close);
      for (const edition of EDITIONS) {
        const client = cloud.begin(edition);
        for (const turn of turns) await check(client, edition, `${JSON.stringify(edition)}, listing ${turn}`);
      }
    });
  },
);

test('a listing of 1203 images is complete, or incomplete where no page but the first can be had', async () => {
  const cloud = await cloudOfEditions(1203);
  onTestFinished(cloud.close);
  for (const edition of EDITIONS.filter(({ limit }) => limit === 'honoured')) {
    const result = await privateImages(cloud.begin(edition)).list(newLook());
    expect
      .soft(result.proof, JSON.stringify(edition))
      .toBe(edition.offset === 'ignored' ? 'incomplete' : 'complete');
    if (result.proof === 'complete') expect.soft(countOf(result), JSON.stringify(edition)).toBe(1203);
  }
});

describe('rows that come twice', () => {
  test.each(
    combinations({
      duplicates: ['on-page', 'at-border'],
      duplicatesCounted: [true, false],
      offset: ['index', 'page-number'],
    } as const),
  )('the same each time are one row (%j)', async (twice) => {
    for (const size of [3, 100, 230]) {
      const cloud = await cloudOfEditions(size);
      onTestFinished(cloud.close);
      for (const total of ['grand', 'page', 'absent'] as const) {
        const client = cloud.begin({ ...twice, total });
        for (const turn of [1, 2]) {
          const { result } = await believed(privateImages(client));
          expect.soft(result.proof, `${size} ${total} ${turn}`).toBe('complete');
          expect.soft(countOf(result), `${size} ${total} ${turn}`).toBe(size);
        }
      }
    }
  });
});

describe('an edition that goes no deeper than one or two pages', () => {
  test.each<Partial<Edition>>([
    ...combinations({
      total: ['grand', 'page', 'absent'],
      beyondEnd: ['empty', 'refused'],
      deepest: [{ row: 100 }, { row: 200 }],
    } as const),
    ...combinations({
      total: ['page', 'absent'],
      offset: ['index', 'page-number'],
      beyondEnd: ['refused', 'no-list', 'no-content'],
      deepest: [{ row: 100 }, { row: 200 }],
    } as const),
  ])('is never complete with fewer than 230 (%j)', async (edition) => {
    const cloud = await cloudOfEditions(230);
    onTestFinished(cloud.close);
    const client = cloud.begin(edition);
    for (const _ of [1, 2]) expect((await privateImages(client).list(newLook())).proof).toBe('incomplete');
  });

  test('is complete with as many', async () => {
    const cloud = await cloudOfEditions(100);
    onTestFinished(cloud.close);
    const client = cloud.begin({ total: 'absent', deepest: { row: 100 } });
    for (const _ of [1, 2]) expect((await privateImages(client).list(newLook())).proof).toBe('complete');
  });
});

describe('an edition that changes while the process lives', () => {
  const LATER: readonly Partial<Edition>[] = combinations({
    total: ['grand', 'page', 'absent'],
    offset: ['index', 'page-number', 'ignored'],
    limit: ['honoured', { clamped: 50 }],
  } as const);
  test.each([3, 50, 60, 101, 230])(
    'misses none of %i images, and is read as a new one would be',
    async (size) => {
      const cloud = await cloudOfEditions(size);
      onTestFinished(cloud.close);
      for (const before of [{}, { total: 'absent' }] as const) {
        for (const edition of LATER) {
          const client = cloud.begin(before);
          await believed(privateImages(client));
          cloud.cloud.setEdition(edition);
          const where = `${JSON.stringify(before)} to ${JSON.stringify(edition)}`;
          const first = await believed(privateImages(client));
          if (first.confirmed.proof === 'complete') expect.soft(countOf(first.confirmed), where).toBe(size);
          await believed(privateImages(client));
          const later = await believed(privateImages(client));
          const fresh = await believed(privateImages(cloud.begin(edition)));
          expect.soft(later.confirmed.proof, where).toBe(fresh.confirmed.proof);
          if (later.confirmed.proof === 'complete') expect.soft(countOf(later.result), where).toBe(size);
        }
      }
    },
  );
});

describe('a limit that is clamped to 50', () => {
  test.each(['grand', 'page', 'absent'] as const)('hides none of 230 images with total %s', async (total) => {
    const cloud = await cloudOfEditions(230);
    onTestFinished(cloud.close);
    const client = cloud.begin({ total, limit: { clamped: 50 } });
    for (const _ of [1, 2]) {
      const result = await privateImages(client).list(newLook());
      expect(result).toMatchObject({ proof: 'complete', drift: [] });
      expect(countOf(result)).toBe(230);
    }
  });
});
