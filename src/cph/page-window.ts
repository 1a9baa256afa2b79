import { following } from '../waiting/deadline.ts';
import type { Page } from './received.ts';

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
