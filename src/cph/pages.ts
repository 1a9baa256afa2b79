import { following } from '../waiting/deadline.ts';
import type { Page } from './completeness.ts';

/** Asks for one page by its place in the listing, 0 for the first. */
export type AskPage = (place: number, signal: AbortSignal) => Promise<Page>;

export interface PagesOptions {
  readonly limit: number;
  /** Requests in flight at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** How many pages a total speaks of; 0 when there is none. */
export function announcedPages(page: Page, limit: number): number {
  return Math.ceil((page.total ?? 0) / limit);
}

/**
 * Every page of a listing from its first on, in order. Those that the first page's `total` announces are asked for at
 * once, also when one of them is not full: such a listing is not complete, and what it still shows counts. Where nothing
 * is announced, and after that, pages are asked for until one is not full; in windows of `concurrency` while the end is
 * not in sight, which asks for a few pages too many at most. A page that is nothing new ends it all, so that a listing
 * that goes in circles ends. Rejects with the first failure, once the other requests have ended.
 */
export async function readPages(first: Page, options: PagesOptions & { ask: AskPage }): Promise<Page[]> {
  const pages = [first];
  const seen = new Set<string>();
  const isOld = (page: Page) => !addNew(page, seen);
  const isShort = (page: Page | undefined) => page === undefined || page.rows.length < options.limit;
  const announced = announcedPages(first, options.limit);
  let ended = isOld(first) || isShort(first);
  if (announced > 1) {
    const window = await readWindow(options, { from: 1, count: announced - 1, isLast: isOld });
    pages.push(...window.pages);
    ended = window.ended || isShort(window.pages.at(-1));
  }
  const count = announced > 1 ? 1 : options.concurrency;
  while (!ended) {
    const isLast = (page: Page) => isOld(page) || isShort(page);
    const window = await readWindow(options, { from: pages.length, count, isLast });
    pages.push(...window.pages);
    ended = window.ended;
  }
  return pages;
}

/** Whether the page has an id that was not seen before; from now on they all were. */
function addNew(page: Page, seen: Set<string>): boolean {
  const before = seen.size;
  for (const row of page.rows) if (row.image_id !== null) seen.add(row.image_id);
  return seen.size > before;
}

interface Window {
  readonly from: number;
  readonly count: number;
  readonly isLast: (page: Page) => boolean;
}

/** `count` pages, no more than `concurrency` at a time; none is begun once one was the last. */
function readWindow(
  { ask, concurrency, signal }: PagesOptions & { ask: AskPage },
  { from, count, isLast }: Window,
): Promise<{ pages: Page[]; ended: boolean }> {
  return following(signal, async (group) => {
    const pages: Page[] = [];
    let begun = 0;
    let ended = false;
    const readOn = async () => {
      while (!ended && begun < count && !group.signal.aborted) {
        const place = begun;
        begun += 1;
        const page = await ask(from + place, group.signal);
        pages[place] = page;
        if (isLast(page)) ended = true;
      }
    };
    const readers = Array.from({ length: Math.min(concurrency, count) }, () =>
      readOn().catch((error: unknown) => group.abort(error)),
    );
    await Promise.all(readers);
    group.signal.throwIfAborted();
    return { pages, ended };
  });
}
