/**
 * Reads a listing by `offset` and `limit` to its end, and says what its pages prove. The reference leaves
 * open what `offset` and `total` count, how many rows a page holds and what lies behind the last one, so
 * nothing of it is assumed (docs/proof.md).
 */

import { orAborted } from '../waiting/deadline.ts';
import type { Lessons, OffsetReading } from './lessons.ts';
import type { RequestScope } from './listing.ts';
import {
  endsBehind,
  endsHere,
  isShort,
  LIMIT,
  longestPage,
  meetsTotal,
  type PageRequest,
  saysMore,
  saysNotAll,
} from './listing-end.ts';
import { isOnlyPage, type Probed, probeOffset } from './offset-probe.ts';
import { offsetAt, readWindow, windowSize } from './page-window.ts';
import {
  announcedTotal,
  driftOf,
  idsOf,
  mayNeverEnd,
  type Page,
  type Received,
  received,
} from './received.ts';
import type { Attempt } from './relist.ts';
import { hidesNothing } from './repeats.ts';

interface OffsetListing {
  /** One page; one that is refused because of its offset comes as an empty page that says so. */
  readonly ask: (page: PageRequest, signal: AbortSignal) => Promise<Page>;
  readonly scope: RequestScope;
  /** Pages in flight at once. */
  readonly pageConcurrency: number;
  /** What earlier listings have taught, and where this one leaves what it has learned. */
  readonly lessons: Lessons;
}

/** Reads the listing once. A request that fails for good rejects. */
export async function listOnce(listing: OffsetListing): Promise<Attempt> {
  const first = await askOne(listing, 0);
  const start = received([first]);
  if (first.rows.length === 0 || endsHere(start, listing.lessons)) return ended(listing, start);
  const { offset } = listing.lessons;
  const isFull = first.rows.length >= LIMIT || saysMore(start, listing.lessons);
  if (offset !== null && isFull) return await readOn(listing, [first], offset);

  const guessed = await guessIndex(listing, first);
  if (guessed) return guessed;
  const probed = await probeInTurn(listing, first);
  return probed === null ? ended(listing, start) : await followProbe(listing, first, probed);
}

async function askOne({ ask, scope }: OffsetListing, offset: number): Promise<Page> {
  return await ask({ offset, limit: LIMIT }, scope.signal);
}

/**
 * Where `total` says that there is more, the listing is read as if `offset` counted images: a total that is
 * met in the end has proven that, without a question. Null when it is not met.
 */
async function guessIndex(listing: OffsetListing, first: Page): Promise<Attempt | null> {
  if (!saysMore(received([first]), listing.lessons)) return null;
  const second = await askOne(listing, first.rows.length);
  const known = new Set(idsOf(first.rows));
  const isNew = second.rows.length > 0 && idsOf(second.rows).every((id) => !known.has(id));
  if (!isNew) return null;
  const attempt = await readOn(listing, [first, second], 'index');
  return attempt.metTotal ? attempt : null;
}

/** One listing probes at a time. Null when another one's probe has taught that this first page is all. */
async function probeInTurn(listing: OffsetListing, first: Page): Promise<Probed | null> {
  const { lessons, scope } = listing;
  while (lessons.asking) await orAborted(lessons.asking, scope.signal);
  if (endsHere(received([first]), lessons)) return null;
  const pages: Page[] = [];
  const ask = async (page: PageRequest) => {
    const answer = await listing.ask(page, scope.signal);
    pages.push(answer);
    return answer;
  };
  const probing = probeOffset(first, ask, lessons);
  lessons.asking = probing.then(
    () => {},
    () => {},
  );
  try {
    const probed = await probing;
    learnTotal(lessons, first, pages);
    return probed;
  } finally {
    lessons.asking = null;
  }
}

async function followProbe(listing: OffsetListing, first: Page, probed: Probed): Promise<Attempt> {
  const { lessons } = listing;
  if (probed.reading !== null) lessons.offset = probed.reading;
  if (probed.ended) return ended(listing, received([first]));
  if (probed.reading !== null) return await readOn(listing, [first, ...probed.pages], probed.reading);
  // One row on a page: both readings of offset ask for the same.
  if (probed.pages.length > 0) return await readOn(listing, [first, ...probed.pages], 'index');
  return unended(received([first]), 'end');
}

/** Asks on until the end is proven, or nothing new comes. */
async function readOn(
  listing: OffsetListing,
  begun: readonly Page[],
  reading: OffsetReading,
): Promise<Attempt> {
  const pages = [...begun];
  for (;;) {
    const so = received(pages);
    note(listing.lessons, pages);
    if (endsHere(so, listing.lessons)) return { ...ended(listing, so, reading), metTotal: meetsTotal(so) };
    const window = await readWindow(
      (place, signal) => listing.ask({ offset: offsetAt(so, reading, place), limit: LIMIT }, signal),
      { count: windowSize(so, listing), concurrency: listing.pageConcurrency, signal: listing.scope.signal },
    );
    const outcome = take(pages, window, { reading, lessons: listing.lessons });
    const endless = outcome === 'on' && mayNeverEnd(pages);
    if (outcome === 'on' && !endless) continue;
    const whole = received(pages);
    if (endless) return unended(whole, 'end');
    if (outcome === 'more behind the end') return unended(whole, 'count');
    const isProven = outcome === 'end' ? isEnd : isRepeatedEnd;
    if (!(await isProven(listing, whole, reading))) return unended(whole, 'end');
    return { ...ended(listing, whole, reading), metTotal: meetsTotal(whole) };
  }
}

function unended({ rows, pages }: Received, drift: 'count' | 'end'): Attempt {
  return { rows, pages, drift, ended: false };
}

/** Adds the pages of a window in order, as far as they follow one another. */
function take(
  pages: Page[],
  window: readonly Page[],
  { reading, lessons }: { reading: OffsetReading; lessons: Lessons },
): 'on' | 'end' | 'stuck' | 'more behind the end' {
  const known = new Set(pages.flatMap((page) => idsOf(page.rows)));
  const stride = longestPage({ pages });
  for (const [place, page] of window.entries()) {
    const later = window.slice(place + 1).some((one) => one.rows.length > 0);
    if (page.rows.length === 0 && later) return 'more behind the end';
    if (page.rows.length > 0 && !goesOn(page, known)) return 'stuck';
    pages.push(page);
    if (page.rows.length === 0) return 'end';
    const isFewer = page.rows.length < stride;
    if (isFewer && later) lessons.shortPages = true;
    // Images behind a page that gave fewer have moved up: what comes next begins where the rows received end.
    if (isFewer && reading.startsWith('index')) return 'on';
  }
  return 'on';
}

/**
 * Whether the page goes on behind those before it: its last id is new. From now on its ids were seen. A first page that
 * comes again and again may begin with an image that was just made each time, and the listing would never end.
 */
function goesOn(page: Page, seen: Set<string>): boolean {
  const ids = idsOf(page.rows);
  const last = ids.at(-1);
  const isNew = last !== undefined && !seen.has(last);
  for (const id of ids) seen.add(id);
  return isNew;
}

/** Whether an empty page, or a refusal in its place, is the end. */
async function isEnd(listing: OffsetListing, whole: Received, reading: OffsetReading): Promise<boolean> {
  const ask = (page: PageRequest) => listing.ask(page, listing.scope.signal);
  const [first, second, ...others] = whole.pages;
  const behindFirst = first && second?.rows.length === 0 && others.length === 0;
  // By another reading than the one believed until now, this is the wrong place to look for the end.
  const wrongPlace = reading === 'index' && behindFirst && announcedTotal(whole) !== whole.distinct;
  if (wrongPlace) return await isOnlyPage(first, ask);
  const isTold = !whole.pages.at(-1)?.refused && !mayBeDepth(whole, reading);
  return isTold || (await endsBehind(whole, reading, ask));
}

/**
 * Whether an empty page behind a full one may be as deep as one can ask, where no total says otherwise. An offset that
 * counts pages has no page across the end that every edition would give.
 */
function mayBeDepth(whole: Received, reading: OffsetReading): boolean {
  const last = whole.pages.at(-2);
  const isFull = last !== undefined && !isShort(last, longestPage(whole));
  return reading.startsWith('index') && isFull && !meetsTotal(whole);
}

/**
 * Whether rows that came again mean that nothing else is left: some editions repeat the last page behind the
 * end.
 */
async function isRepeatedEnd(
  { ask, scope }: OffsetListing,
  whole: Received,
  reading: OffsetReading,
): Promise<boolean> {
  return await endsBehind(whole, reading, (page) => ask(page, scope.signal));
}

/** The attempt that these pages make, now that their end is proven. */
function ended(listing: OffsetListing, so: Received, reading: OffsetReading | null = null): Attempt {
  const { lessons, scope } = listing;
  note(lessons, so.pages);
  const [first, ...others] = so.pages;
  if (first) learnTotal(lessons, first, others);
  if (saysNotAll(so)) return unended(so, 'end');
  const attempt = { rows: so.rows, pages: so.pages, drift: driftOf(so, lessons), ended: true };
  if (reading === null) return attempt;
  return {
    ...attempt,
    hidesNothing: () => hidesNothing(so, reading, (page) => listing.ask(page, scope.signal)),
  };
}

function note(lessons: Lessons, pages: readonly Page[]): void {
  for (const page of pages) lessons.pageHolds = Math.max(lessons.pageHolds, page.rows.length);
}

/**
 * A total that stays the same beside pages of other lengths, and is the number of rows, counts everything.
 */
function learnTotal(lessons: Lessons, first: Page, others: readonly Page[]): void {
  const all = others.filter((page) => !page.refused);
  const told = all.filter((page) => page.total !== null);
  const isGrand = told.length > 0 && told.every(({ total }) => total === first.total);
  const differs = told.some((page) => page.total !== page.rows.length);
  if (!isGrand || !differs || lessons.total !== null) return;
  const rows = new Set([first, ...all].flatMap((page) => idsOf(page.rows))).size;
  if (first.total === rows) lessons.total = 'grand';
}
