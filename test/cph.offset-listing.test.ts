import { describe, expect, test } from 'vitest';
import type { OffsetReading, Page } from '../src/cph/completeness.ts';
import { listOnce } from '../src/cph/offset-listing.ts';
import { listUntilComplete } from '../src/cph/relist.ts';
import { newLook } from './support/cph-api.ts';

interface Upstream {
  /** Newest first; may be changed between two answers. */
  ids: string[];
  readonly total: 'grand' | 'page' | 'absent';
  readonly offset: OffsetReading;
}

const ids = (count: number, prefix = 'image') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

/** Lists `upstream`, calling `between` after each answer; tells what was asked and in what order. */
function lister(upstream: Upstream, between: (asked: number) => void = () => {}) {
  const offsets: number[] = [];
  const learned: { offset: OffsetReading | null } = { offset: null };
  const ask = async (offset: number): Promise<Page> => {
    offsets.push(offset);
    const start = upstream.offset === 'index' ? offset : offset * 100;
    const rows = upstream.ids.slice(start, start + 100).map((image_id) => ({
      source: 'images' as const,
      image_id,
      reason: 'for the test',
    }));
    const total = { grand: upstream.ids.length, page: rows.length, absent: null }[upstream.total];
    between(offsets.length);
    return { rows, total };
  };
  const list = (pageConcurrency = 1) =>
    listUntilComplete(() => listOnce({ ask, scope: newLook(), pageConcurrency, learned }));
  return { list, offsets, learned };
}

describe('pages', () => {
  test('one request reads a listing that fits one page', async () => {
    const { list, offsets } = lister({ ids: ids(99), total: 'grand', offset: 'index' });
    expect(await list(4)).toMatchObject({ proof: 'complete', drift: [] });
    expect(offsets).toEqual([0]);
  });

  test('a grand total says how many pages there are: no more are asked for', async () => {
    const { list, offsets } = lister({ ids: ids(250), total: 'grand', offset: 'index' });
    expect(await list(4)).toMatchObject({ proof: 'complete', drift: [] });
    expect(offsets).toEqual([0, 100, 200]);
  });

  test('a last page that is full is followed by one more', async () => {
    const { list, offsets } = lister({ ids: ids(300), total: 'grand', offset: 'index' });
    expect(await list(4)).toMatchObject({ proof: 'complete', drift: [] });
    expect(offsets).toEqual([0, 100, 200, 300]);
  });

  test('without a total, pages are asked for in windows after it is known what offset counts', async () => {
    const { list, offsets } = lister({ ids: ids(250), total: 'absent', offset: 'index' });
    expect(await list(2)).toMatchObject({ proof: 'complete', drift: [] });
    expect(offsets).toEqual([0, 1, 100, 200]);
  });
});

test('pages that are announced are read although one of them is short: what they show counts', async () => {
  const rowsFrom = (start: number, count: number) =>
    ids(250)
      .slice(start, start + count)
      .map((image_id) => ({ source: 'images' as const, image_id, reason: 'for the test' }));
  const ask = async (offset: number): Promise<Page> => ({ rows: rowsFrom(offset, 99), total: 250 });
  const learned = { offset: null };
  const result = await listUntilComplete(() =>
    listOnce({ ask, scope: newLook(), pageConcurrency: 1, learned }),
  );
  expect(result).toMatchObject({ proof: 'incomplete', drift: ['count', 'count', 'count', 'count'] });
  expect(result.rejected.at(-1)?.image_id).toBe('image-249');
});

describe('what offset counts', () => {
  test('is proven by a grand total that adds up', async () => {
    const { list, offsets, learned } = lister({ ids: ids(150), total: 'grand', offset: 'index' });
    await list();
    expect(offsets).toEqual([0, 100]);
    expect(learned.offset).toBe('index');
  });

  test('is found to be pages when a grand total does not add up, which is no drift', async () => {
    const { list, offsets, learned } = lister({ ids: ids(150), total: 'grand', offset: 'page-number' });
    expect(await list()).toMatchObject({ proof: 'complete', drift: [] });
    expect(offsets).toEqual([0, 100, 1, 0, 1]);
    expect(learned.offset).toBe('page-number');
  });

  test.each(['page', 'absent'] as const)(
    'is found to be pages before a listing with total %s is believed to end after one',
    async (total) => {
      const { list, offsets, learned } = lister({ ids: ids(150), total, offset: 'page-number' });
      const result = await list();
      expect(result).toMatchObject({ proof: 'complete', drift: [] });
      expect(result.rejected).toHaveLength(150);
      expect(offsets).toEqual([0, 1, 1]);
      expect(learned.offset).toBe('page-number');
    },
  );

  test('is not asked again once it is known', async () => {
    const { list, offsets } = lister({ ids: ids(150), total: 'absent', offset: 'index' });
    await list();
    offsets.length = 0;
    await list();
    expect(offsets).toEqual([0, 100]);
  });

  test('is asked again after a listing has drifted', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'absent', offset: 'index' };
    const { list, offsets } = lister(upstream, (asked) => {
      if (asked === 4) upstream.ids = ['new', ...upstream.ids];
    });
    await list();
    expect(offsets).toEqual([0, 1, 100]);
    expect(await list()).toMatchObject({ proof: 'complete', drift: ['duplicate'] });
    expect(offsets).toEqual([0, 1, 100, 0, 100, 0, 1, 100]);
  });

  test('is never taken for granted: an API that repeats its first page is not believed', async () => {
    const { list } = lister({ ids: ids(100), total: 'absent', offset: 'page-number' });
    const asked: number[] = [];
    const first = ids(100).map((image_id) => ({
      source: 'images' as const,
      image_id,
      reason: 'for the test',
    }));
    const ask = async (offset: number): Promise<Page> => {
      asked.push(offset);
      return { rows: first, total: null };
    };
    const learned = { offset: null };
    const attempt = () => listOnce({ ask, scope: newLook(), pageConcurrency: 1, learned });
    const result = await listUntilComplete(attempt);
    expect(result).toMatchObject({ proof: 'incomplete', records: [] });
    expect(result.rejected).toHaveLength(100);
    expect(asked.length).toBeLessThanOrEqual(12);
    expect(await list()).toMatchObject({ proof: 'complete' });
  });
});

describe('a listing that changes while it is read', () => {
  test('is listed again and is complete once it holds still', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'grand', offset: 'index' };
    const { list } = lister(upstream, (asked) => {
      if (asked === 1) upstream.ids = ['new', ...upstream.ids];
    });
    const result = await list();
    expect(result).toMatchObject({ proof: 'complete', drift: ['duplicate'] });
    expect(result.rejected).toHaveLength(151);
  });

  test('drifts when an image is deleted between two pages', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'grand', offset: 'index' };
    const { list } = lister(upstream, (asked) => {
      if (asked === 1) upstream.ids = upstream.ids.slice(1);
    });
    const result = await list();
    expect(result).toMatchObject({ proof: 'complete', drift: ['total'] });
    expect(result.rejected).toHaveLength(149);
  });

  test('is incomplete after four attempts, with what the last one saw, each image once', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'grand', offset: 'index' };
    const { list } = lister(upstream, (asked) => {
      upstream.ids = [`new-${asked}`, ...upstream.ids];
    });
    const result = await list();
    expect(result.proof).toBe('incomplete');
    expect(result.drift).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate']);
    const seen = result.rejected.map((row) => row.image_id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain('image-149');
  });
});
