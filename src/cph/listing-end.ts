/** Where a listing by offset ends: what its answers say of it, and how it is asked. */
import { type Lessons, type OffsetReading, offsetBehind } from './lessons.ts';
import { announcedTotal, idOf, type Page, type Received } from './received.ts';

export interface PageRequest {
  readonly offset: number;
  readonly limit: number;
}

/** The largest page the images endpoint gives by its reference, and its default. */
export const LIMIT = 100;

/** Whether the pages so far are all there is, without asking further. */
export function endsHere(so: Received, lessons: Lessons): boolean {
  const last = so.pages.at(-1) ?? { rows: [], total: null };
  if (saysMore(so, lessons)) return false;
  const [total, single] = [announcedTotal(so), so.pages.length === 1];
  const whole = total === so.distinct && so.rows.length === so.distinct;
  if (whole && single)
    return (lessons.total === 'grand' && !mayBeFull(last.rows.length)) || isLast(last, so, lessons);
  if (whole && isShort(last, longestPage(so))) return true;
  return isLast(last, so, lessons);
}

/**
 * Whether a single page of so many rows may be a full one. Its total may have stopped counting at the same
 * number, so the end behind it is always asked for.
 */
export function mayBeFull(rows: number): boolean {
  return rows % 50 === 0;
}

/** Whether a page holds fewer rows than others did. One with as many as were asked for is not short. */
export function isShort({ rows, limit }: Page, longest: number): boolean {
  return rows.length < longest && rows.length !== limit;
}

/** A page is the last one when it is short, where that has always been so. */
function isLast(page: Page, so: Received, lessons: Lessons): boolean {
  const total = announcedTotal(so);
  const more = typeof total === 'number' && total > so.distinct;
  return !more && !lessons.shortPages && isShort(page, lessons.pageHolds);
}

/** Whether a total that may count the whole listing counts more than has come. */
export function saysMore(so: Received, lessons: Pick<Lessons, 'total'>): boolean {
  const total = announcedTotal(so);
  return lessons.total !== 'other' && typeof total === 'number' && total > so.distinct;
}

/** Whether several pages together are what all their totals say. */
export function meetsTotal(so: Received): boolean {
  return announcedTotal(so) === so.distinct && so.pages.length > 1;
}

/** Whether an answer says that rows are missing, or the last one with rows that pages follow. */
export function saysNotAll({ pages }: Received): boolean {
  const last = pages.findLast((page) => page.rows.length > 0);
  return Boolean(last?.goesOn) || pages.some((page) => page.partial);
}

export function longestPage({ pages }: Pick<Received, 'pages'>): number {
  return Math.max(...pages.map((page) => page.rows.length));
}

/**
 * Whether nothing lies behind the rows received, where asking behind them brought a refusal or old rows.
 * Either may also be a limit on how deep one can ask. So a page is asked for that begins with known rows and
 * has room for the next one: only known rows may come. Listings too short for such a page are not proven.
 */
export async function endsBehind(
  so: Received,
  reading: OffsetReading,
  ask: (page: PageRequest) => Promise<Page>,
): Promise<boolean> {
  const across = pageAcrossEnd(so, reading);
  if (!across) return false;
  const { rows } = await ask(across.request);
  return areTheSame(rows.map(idOf), so.rows.slice(-across.known).map(idOf));
}

/** Whether these are the expected rows and no others. A row with an id may come twice. */
function areTheSame(ids: readonly (string | null)[], expected: readonly (string | null)[]): boolean {
  if (expected.includes(null)) return ids.length === expected.length && ids.join() === expected.join();
  return [...new Set(ids)].join() === [...new Set(expected)].join();
}

interface AcrossEnd {
  readonly request: PageRequest;
  /** How many rows of it are known. */
  readonly known: number;
}

function pageAcrossEnd(so: Received, reading: OffsetReading): AcrossEnd | null {
  const count = so.rows.length;
  if (reading.startsWith('index')) {
    const offset = offsetBehind(reading, { rows: count - 1, pages: 0 });
    return longestPage(so) > 1 ? { request: { offset, limit: LIMIT }, known: 1 } : null;
  }
  const limit = smallestNonDivisor(count);
  if (limit >= count) return null;
  const offset = offsetBehind(reading, { rows: 0, pages: Math.floor(count / limit) });
  return { request: { offset, limit }, known: count % limit };
}

/** A page of so many rows begins at none of the multiples of `count`. */
export function smallestNonDivisor(count: number): number {
  let divisor = 2;
  while (count % divisor === 0 && divisor < LIMIT) divisor += 1;
  return divisor;
}
