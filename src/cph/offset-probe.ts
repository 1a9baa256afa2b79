import type { Lessons, OffsetReading } from './lessons.ts';
import { endsBehind, LIMIT, mayBeFull, type PageRequest, saysMore } from './listing-end.ts';
import { idOf, type Page, type Row, received } from './received.ts';

type Ask = (page: PageRequest) => Promise<Page>;

/** Whether `offset` counts images still, and nothing lies behind the first page. */
export async function isOnlyPage(first: Page, ask: Ask): Promise<boolean> {
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

interface Probing {
  readonly first: Page;
  readonly ask: Ask;
  readonly lessons: Pick<Lessons, 'total'>;
}

const UNREADABLE: Probed = { reading: null, ended: false, pages: [] };

/**
 * Finds out what `offset` counts, and whether anything lies behind the first page, mostly in one question.
 * `offset=1` is past the first image by one reading and past the first page by the other: an end at the wrong
 * place cannot be mistaken for the end of the listing, as it can with any other offset.
 */
export async function probeOffset(first: Page, ask: Ask, lessons: Pick<Lessons, 'total'>): Promise<Probed> {
  const probing = { first, ask, lessons };
  const one = await ask({ offset: 1, limit: LIMIT });
  const seen = compare(first, one);
  if (seen === 'nothing') return await behindNothing(probing, one, 'page');
  if (seen === 'all but the first') return { reading: 'index', ended: true, pages: [] };
  if (seen === 'moved on by one') return { reading: 'index', ended: false, pages: [] };
  if (seen === 'other rows') return { reading: readingOf('page', first), ended: false, pages: [one] };
  return seen === 'the same' ? await probeFromOne(probing) : UNREADABLE;
}

/**
 * `offset=1` gave the first page again: it counts from 1, is ignored, or the last page comes again behind the
 * end.
 */
async function probeFromOne(probing: Probing): Promise<Probed> {
  const { first, ask } = probing;
  const two = await ask({ offset: 2, limit: LIMIT });
  const seen = compare(first, two);
  if (seen === 'nothing') return await behindNothing(probing, two, 'page-from-1');
  if (seen === 'all but the first') return { reading: 'index-from-1', ended: true, pages: [] };
  if (seen === 'moved on by one') return { reading: 'index-from-1', ended: false, pages: [] };
  if (seen === 'other rows') return { reading: 'page-from-1', ended: false, pages: [two] };
  if (seen !== 'the same') return UNREADABLE;
  for (const reading of ['page', 'page-from-1'] as const) {
    if (await endsBehind(received([first]), reading, ask)) return { reading, ended: true, pages: [] };
  }
  return { reading: null, ended: await isUnpaged(first, ask), pages: [] };
}

/**
 * Whether an endpoint that takes no `offset` has shown everything: it gives all of it although one row was
 * asked for, or its `total` counts more than the page it comes with. A round number of rows may be a page
 * that is always as long.
 */
async function isUnpaged(first: Page, ask: Ask): Promise<boolean> {
  const count = first.rows.length;
  const single = await ask({ offset: 0, limit: 1 });
  const isTotal = first.total === count && single.total === count;
  if (single.rows.length > 1) return single.rows.length === count && (isTotal || !mayBeFull(count));
  return single.rows.length === 1 && isTotal && !mayBeFull(count);
}

/** A listing so short has no page across its end to ask for; and no API has pages so short. */
const SHORTEST = 2;

/** An empty second page, which a listing of one image has by either reading. */
async function behindNothing(
  { first, ask, lessons }: Probing,
  page: Page,
  reading: OffsetReading,
): Promise<Probed> {
  const so = received([first]);
  const isProven = !page.refused || (await endsBehind(so, reading, ask));
  const isShort = first.rows.length <= SHORTEST && !saysMore(so, lessons);
  const ended = isProven || isShort || (await isUnpaged(first, ask));
  return { reading: readingOf(reading, first), ended, pages: [] };
}

/** With one row on a page, images and pages are the same number. */
function readingOf(reading: OffsetReading, first: Page): OffsetReading | null {
  return first.rows.length > 1 ? reading : null;
}

type Comparison = 'nothing' | 'the same' | 'all but the first' | 'moved on by one' | 'other rows' | 'mixed';

function compare(first: Page, page: Page): Comparison {
  const before = first.rows.map(keyOf);
  const after = page.rows.map(keyOf);
  if (after.length === 0) return 'nothing';
  const shared = countShared(before, after);
  if (shared === 0) return 'other rows';
  if (sameRows(before.slice(1), after)) return 'all but the first';
  if (sameRows(before, after)) return 'the same';
  // In this order even where a row comes twice, which hides from the rule below that the page has moved on.
  if (before.length > 1 && before.slice(1).every((key, at) => after[at] === key)) return 'moved on by one';
  if (overlapsAtBorder(before, after, shared)) return 'other rows';
  // Pages that are counted from 1, or not at all, begin with the same image again.
  const repeats = after[0] === before[0];
  return !repeats && shared < after.length && shared * 2 > before.length ? 'moved on by one' : 'mixed';
}

/** The next page may begin with the last rows of the one before. An offset that counts images shares most of them. */
function overlapsAtBorder(before: readonly string[], after: readonly string[], shared: number): boolean {
  if (shared * 2 > before.length) return false;
  return after.slice(0, shared).join() === before.slice(-shared).join();
}

/** Rows without an id are told apart by nothing, and count as often as they come. */
function keyOf(row: Row): string {
  return idOf(row) ?? ' without an id';
}

function countShared(before: readonly string[], after: readonly string[]): number {
  const left = new Map<string, number>();
  for (const key of before) left.set(key, (left.get(key) ?? 0) + 1);
  return after.filter((key) => {
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count > 0;
  }).length;
}

function sameRows(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && before.toSorted().join() === after.toSorted().join();
}
