import { describe, expect, test } from 'vitest';
import { createLessons, teachingOf } from '../src/cph/lessons.ts';
import { readImagesRow } from '../src/cph/list-images.ts';
import { listOnce } from '../src/cph/offset-listing.ts';
import type { Page } from '../src/cph/received.ts';
import { listUntilComplete } from '../src/cph/relist.ts';
import { newLook } from './support/cph-api.ts';

interface Upstream {
  /** Newest first; may be changed between two answers. */
  ids: string[];
  readonly total: 'grand' | 'page' | 'absent';
  readonly offset: 'index' | 'page';
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => `image-${i}`);
const rowOf = (image_id: string | null) => readImagesRow({ image_id }, 'private');

/** Lists `upstream`, calling `between` after each answer; tells what was asked and in what order. */
function lister(upstream: Upstream, between: (asked: number) => void = () => {}) {
  const offsets: number[] = [];
  const lessons = createLessons();
  const ask = async ({ offset, limit }: { offset: number; limit: number }): Promise<Page> => {
    offsets.push(offset);
    const start = upstream.offset === 'index' ? offset : offset * limit;
    const rows = upstream.ids.slice(start, start + limit).map(rowOf);
    const total = { grand: upstream.ids.length, page: rows.length, absent: null }[upstream.total];
    between(offsets.length);
    return { rows, total };
  };
  const list = (pageConcurrency = 1) =>
    listUntilComplete(
      () => listOnce({ ask, scope: newLook(), pageConcurrency, lessons }),
      teachingOf(lessons),
    );
  return { list, offsets, lessons };
}

/** What a second listing asks, which profits from the first. */
async function askedNext(upstream: Upstream, pageConcurrency: number) {
  const { list, offsets } = lister(upstream);
  await list(pageConcurrency);
  offsets.length = 0;
  expect(await list(pageConcurrency)).toMatchObject({ proof: 'complete', drift: [] });
  return offsets;
}

describe('pages', () => {
  test('are one where the total has shown that it counts everything', async () => {
    expect(await askedNext({ ids: ids(99), total: 'grand', offset: 'index' }, 4)).toEqual([0]);
  });

  test('are as many as a grand total says', async () => {
    expect(await askedNext({ ids: ids(250), total: 'grand', offset: 'index' }, 4)).toEqual([0, 100, 200]);
  });

  test('are one more behind a last one that is full', async () => {
    expect(await askedNext({ ids: ids(300), total: 'grand', offset: 'index' }, 1)).toEqual([
      0, 100, 200, 300,
    ]);
  });

  test('are asked for in windows where there is no total', async () => {
    expect(await askedNext({ ids: ids(250), total: 'absent', offset: 'index' }, 2)).toEqual([0, 100, 200]);
  });
});

describe('what offset counts', () => {
  test('is proven by a grand total that adds up', async () => {
    const { list, offsets } = lister({ ids: ids(150), total: 'grand', offset: 'index' });
    expect(await list()).toMatchObject({ proof: 'complete', drift: [] });
    expect(offsets).toEqual([0, 100]);
  });

  test.each(['grand', 'page', 'absent'] as const)(
    'is found to be pages before a listing with total %s is believed to end after one',
    async (total) => {
      const { list, offsets, lessons } = lister({ ids: ids(150), total, offset: 'page' });
      const result = await list();
      expect(result).toMatchObject({ proof: 'complete', drift: [] });
      expect(result.records).toHaveLength(150);
      expect(lessons.offset).toBe('page');
      expect(offsets.length).toBeLessThanOrEqual(4);
    },
  );

  test('is not asked again once it is known', async () => {
    expect(await askedNext({ ids: ids(150), total: 'absent', offset: 'index' }, 1)).toEqual([0, 100]);
  });

  test('is asked again after a listing has drifted', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'absent', offset: 'index' };
    const { list, offsets } = lister(upstream, (asked) => {
      if (asked === 4) upstream.ids = ['new', ...upstream.ids];
    });
    await list();
    expect(offsets).toEqual([0, 1, 100]);
    expect(await list()).toMatchObject({ proof: 'complete', drift: ['duplicate'] });
    expect(offsets.slice(3)).toContain(1);
  });

  test('is read from rows without an id as well', async () => {
    const upstream = ['', 'a', 'b', ''];
    const lessons = createLessons();
    const ask = async ({ offset, limit }: { offset: number; limit: number }): Promise<Page> => ({
      rows: upstream.slice(offset, offset + limit).map(rowOf),
      total: null,
    });
    const result = await listUntilComplete(
      () => listOnce({ ask, scope: newLook(), pageConcurrency: 1, lessons }),
      teachingOf(lessons),
    );
    expect(result).toMatchObject({ proof: 'complete', drift: [] });
    expect(lessons.offset).toBe('index');
    expect(result.rejected).toHaveLength(2);
  });
});

describe('a listing that changes while it is read', () => {
  test('is listed again and is complete once it holds still', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'grand', offset: 'index' };
    const { list } = lister(upstream, (asked) => {
      if (asked === 1) upstream.ids = ['new', ...upstream.ids];
    });
    const result = await list();
    expect(result.proof).toBe('complete');
    expect(result.drift).toHaveLength(1);
    expect(result.records).toHaveLength(151);
  });

  test('is listed again when an image is deleted between two pages', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'grand', offset: 'index' };
    const { list } = lister(upstream, (asked) => {
      if (asked === 1) upstream.ids = upstream.ids.slice(1);
    });
    const result = await list();
    expect(result.proof).toBe('complete');
    expect(result.drift).toHaveLength(1);
    expect(result.records).toHaveLength(149);
  });

  test('is incomplete after four attempts, with what the last one saw, each image once', async () => {
    const upstream: Upstream = { ids: ids(150), total: 'grand', offset: 'index' };
    const { list } = lister(upstream, (asked) => {
      upstream.ids = [`new-${asked}`, ...upstream.ids];
    });
    const result = await list();
    expect(result.proof).toBe('incomplete');
    expect(result.drift).toHaveLength(4);
    const seen = result.records.map((row) => row.image_id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(100);
  });
});
