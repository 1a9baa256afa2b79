import type { Lessons, OffsetReading } from './lessons.ts';
import { announcedTotal, idsOf, type Page, received } from './received.ts';

export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
}

/** The largest page the images endpoint gives by its reference, and its default. */
export const LIMIT = 100;

/** Whether `offset` counts images still, and nothing lies behind the first page. */
export async function isOnlyPage(first: Page, ask: (page: PageRequest) => Promise<Page>): Promise<boolean> {
  return compare(first, await ask({ offset: 1, limit: LIMIT })) === 'all but the first';
}

/** What asking past the first page has shown. */
export interface Probed {
  /** Null when the answers fit no reading of `offset`. */
  readonly reading: OffsetReading | null;
  /** The first page was all there is. */
  readonly ended: boolean;
  /** Pages behind the first, which the reading makes part of the listing. */
  readonly pages: readonly Page[];
}

const UNREADABLE: Probed = { reading: null, ended: false, pages: [] };

/**
 * Finds out what `offset` counts, and whether anything lies behind the first page, mostly in one question. `offset=1`
 * is past the first image by one reading and past the first page by the other: an end at the wrong place cannot be
 * mistaken for the end of the listing, as it can with any other offset.
 */
export async function probeOffset(
  first: Page,
  ask: (page: PageRequest) => Promise<Page>,
  lessons: Pick<Lessons, 'total'>,
): Promise<Probed> {
  const one = await ask({ offset: 1, limit: LIMIT });
  const seen = compare(first, one);
  if (seen === 'nothing') return behindNothing(first, one, lessons);
  if (seen === 'all but the first') return { reading: 'index', ended: true, pages: [] };
  if (seen === 'moved on by one') return { reading: 'index', ended: false, pages: [] };
  if (seen === 'other rows') return { reading: readingOf('page', first), ended: false, pages: [one] };
  if (seen !== 'the same') return UNREADABLE;
  return await probeFromOne(first, ask);
}

/** `offset=1` gave the first page again: it counts from 1, or is ignored. */
async function probeFromOne(first: Page, ask: (page: PageRequest) => Promise<Page>): Promise<Probed> {
  const two = await ask({ offset: 2, limit: LIMIT });
  const seen = compare(first, two);
  if (seen === 'nothing') return { reading: readingOf('page-from-1', first), ended: !two.refused, pages: [] };
  if (seen === 'all but the first') return { reading: 'index-from-1', ended: true, pages: [] };
  if (seen === 'moved on by one') return { reading: 'index-from-1', ended: false, pages: [] };
  if (seen === 'other rows') return { reading: 'page-from-1', ended: false, pages: [two] };
  return { reading: null, ended: seen === 'the same' && (await isUnpaged(first, ask)), pages: [] };
}

/**
 * Whether an endpoint that ignores `offset` has shown everything: it gives more than was asked for, or its `total`
 * counts more than the page it comes with.
 */
async function isUnpaged(first: Page, ask: (page: PageRequest) => Promise<Page>): Promise<boolean> {
  if (first.rows.length > LIMIT) return true;
  const single = await ask({ offset: 0, limit: 1 });
  if (single.rows.length > 1) return single.rows.length === first.rows.length;
  return single.rows.length === 1 && single.total === first.rows.length && single.total === first.total;
}

/** An empty second page, which a listing of one image has by either reading. */
function behindNothing(first: Page, one: Page, lessons: Pick<Lessons, 'total'>): Probed {
  const total = announcedTotal(received([first]));
  const saysMore = lessons.total !== 'other' && Number(total) > first.rows.length;
  const reading = readingOf('page', first);
  return { reading, ended: !(one.refused && saysMore), pages: [] };
}

/** With one row on a page, images and pages are the same number. */
function readingOf(reading: OffsetReading, first: Page): OffsetReading | null {
  return first.rows.length > 1 ? reading : null;
}

type Comparison = 'nothing' | 'the same' | 'all but the first' | 'moved on by one' | 'other rows' | 'mixed';

function compare(first: Page, page: Page): Comparison {
  const before = idsOf(first.rows);
  const after = idsOf(page.rows);
  if (page.rows.length === 0) return 'nothing';
  if (before.length === 0 || after.length === 0) return 'mixed';
  const known = new Set(before);
  const shared = after.filter((id) => known.has(id)).length;
  if (shared === 0) return 'other rows';
  if (shared === after.length && after.length === before.length - 1) return 'all but the first';
  if (sameRows(before, after)) return 'the same';
  // Pages that are counted from 1, or not at all, begin with the same image again.
  const repeats = after[0] === before[0];
  return !repeats && shared < after.length && shared * 2 > before.length ? 'moved on by one' : 'mixed';
}

function sameRows(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.toSorted().join() === after.toSorted().join();
}
