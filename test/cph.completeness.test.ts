import { describe, expect, test } from 'vitest';
import { driftOf, type Page, type Row, readOffset } from '../src/cph/completeness.ts';

const LIMIT = 3;

/** A page of rows with these ids; null for a row whose id cannot be read. */
function page(ids: readonly (string | null)[], total: number | null): Page {
  const rows: Row[] = ids.map((image_id) => ({ source: 'images', image_id, reason: 'for the test' }));
  return { rows, total };
}

const drift = (...pages: Page[]) => driftOf(pages, LIMIT);

describe('a listing of one page', () => {
  test('is complete when it is short and its total is its length', () => {
    expect(drift(page(['a', 'b'], 2))).toBeNull();
  });

  test('is complete when it is empty', () => {
    expect(drift(page([], 0))).toBeNull();
    expect(drift(page([], null))).toBeNull();
  });

  test('is complete without a total', () => {
    expect(drift(page(['a', 'b'], null))).toBeNull();
  });

  test('drifts when it is shorter than its total', () => {
    expect(drift(page(['a', 'b'], 7))).toBe('count');
  });

  test('drifts when it is empty and its total is not 0', () => {
    expect(drift(page([], 7))).toBe('count');
  });

  test('drifts when an id comes twice', () => {
    expect(drift(page(['a', 'a'], 2))).toBe('duplicate');
  });

  test('counts rows without a readable id like any other', () => {
    expect(drift(page(['a', null], 2))).toBeNull();
    expect(drift(page([null, null], 2))).toBeNull();
    expect(drift(page(['a', null], 1))).toBe('count');
  });
});

describe('a listing of several pages', () => {
  test('is complete when a grand total stays the same and is the number of ids', () => {
    expect(drift(page(['a', 'b', 'c'], 4), page(['d'], 4))).toBeNull();
  });

  test('is complete when every page reports its own length', () => {
    expect(drift(page(['a', 'b', 'c'], 3), page(['d'], 1))).toBeNull();
    expect(drift(page(['a', 'b', 'c'], 3), page([], 0))).toBeNull();
  });

  test('is complete without totals', () => {
    expect(drift(page(['a', 'b', 'c'], null), page(['d'], null))).toBeNull();
  });

  test('is complete when an exact multiple of the limit ends in an empty page', () => {
    expect(drift(page(['a', 'b', 'c'], 3), page([], 3))).toBeNull();
  });

  test('is complete when pages asked for beyond its end are empty', () => {
    expect(drift(page(['a', 'b', 'c'], null), page(['d'], null), page([], null))).toBeNull();
  });

  test('drifts when no page is short', () => {
    expect(drift(page(['a', 'b', 'c'], 6), page(['d', 'e', 'f'], 6))).toBe('count');
  });

  test('drifts when rows follow a short page', () => {
    expect(drift(page(['a', 'b', 'c'], null), page(['d'], null), page(['e'], null))).toBe('count');
  });

  test('drifts when the total moves between the first and the last page', () => {
    expect(drift(page(['a', 'b', 'c'], 4), page(['d'], 5))).toBe('total');
  });

  test('drifts when a grand total is not the number of ids', () => {
    expect(drift(page(['a', 'b', 'c'], 5), page(['d'], 5))).toBe('count');
  });

  test('drifts when an id of an earlier page comes again', () => {
    expect(drift(page(['a', 'b', 'c'], 4), page(['c'], 4))).toBe('duplicate');
  });
});

describe('what offset counts', () => {
  const first = page(['a', 'b', 'c'], null);

  test('is images when offset=1 gives the first page without its first image', () => {
    expect(readOffset(first, page(['b', 'c', 'd'], null))).toBe('index');
    expect(readOffset(first, page(['b', 'c'], null))).toBe('index');
  });

  test('is pages when offset=1 gives other images, or none', () => {
    expect(readOffset(first, page(['d', 'e'], null))).toBe('page-number');
    expect(readOffset(first, page([], null))).toBe('page-number');
  });

  test('is not known when offset=1 gives the first page again', () => {
    expect(readOffset(first, first)).toBeNull();
  });

  test('is not known when few images are shared, as when one slips onto the next page', () => {
    expect(readOffset(first, page(['c', 'd', 'e'], null))).toBeNull();
  });

  test('is not known when no id can be read', () => {
    expect(readOffset(page([null, null, null], null), page(['a'], null))).toBeNull();
    expect(readOffset(first, page([null], null))).toBeNull();
  });
});
