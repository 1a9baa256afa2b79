/** Which pages a listing by offset asks for next, several in flight at once. */
import { following } from '../waiting/deadline.ts';
import { type Lessons, type OffsetReading, offsetBehind } from './lessons.ts';
import { LIMIT, longestPage, saysMore } from './listing-end.ts';
import { announcedTotal, type Page, type Received } from './received.ts';

/** Where the page at a place of the next window begins. */
export function offsetAt(so: Received, reading: OffsetReading, place: number): number {
  return offsetBehind(reading, {
    rows: so.rows.length + place * longestPage(so),
    pages: so.pages.length + place,
  });
}

/** Before it is seen whether they lead on: a total may be anything, and a page the same one again and again. */
const MOST_AT_ONCE = 40;

/**
 * How many pages to ask for: those the total speaks of, else some while the end is not in sight, else the
 * next.
 */
export function windowSize(
  so: Received,
  { lessons, pageConcurrency }: { lessons: Lessons; pageConcurrency: number },
): number {
  const last = so.pages.at(-1)?.rows.length ?? 0;
  const stride = longestPage(so);
  const behind = Math.ceil((Number(announcedTotal(so)) - so.distinct) / stride);
  if (saysMore(so, lessons)) return Math.min(behind, MOST_AT_ONCE);
  if (announcedTotal(so) === so.distinct) return 1;
  const isFull = last >= LIMIT || (so.pages.length > 1 && last === stride);
  return isFull ? pageConcurrency : 1;
}

interface WindowOptions {
  readonly count: number;
  /** Requests in flight at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/**
 * Asks for the pages at places 0 to `count` - 1, in order, and for none behind an empty one. Rejects with the
 * first failure, once the other requests have ended.
 */
export function readWindow(
  ask: (place: number, signal: AbortSignal) => Promise<Page>,
  { count, concurrency, signal }: WindowOptions,
): Promise<Page[]> {
  return following(signal, async (group) => {
    const pages: Page[] = [];
    let begun = 0;
    let ended = false;
    const readOn = async () => {
      while (!ended && begun < count && !group.signal.aborted) {
        const place = begun;
        begun += 1;
        const page = await ask(place, group.signal);
        pages[place] = page;
        if (page.rows.length === 0) ended = true;
      }
    };
    const readers = Array.from({ length: Math.min(concurrency, count) }, () =>
      readOn().catch((error: unknown) => group.abort(error)),
    );
    await Promise.all(readers);
    group.signal.throwIfAborted();
    return pages;
  });
}
