import { driftOf, type OffsetReading, type Page, readOffset } from './completeness.ts';
import type { RequestScope } from './listing.ts';
import { announcedPages, readPages } from './pages.ts';
import type { Attempt } from './relist.ts';

/** The largest page the images endpoint gives, and its default. */
export const LIMIT = 100;

export interface OffsetListing {
  /** Asks for up to {@link LIMIT} rows. */
  readonly ask: (offset: number, signal: AbortSignal) => Promise<Page>;
  readonly scope: RequestScope;
  readonly pageConcurrency: number;
  /** What earlier listings have proven, and where this one leaves its proof. */
  readonly learned: { offset: OffsetReading | null };
}

/**
 * Lists once. What `offset` counts is taken from what is known, else proven: by a grand total that adds up, or by asking
 * for `offset=1`, which only a listing longer than one page needs. Without that, an API that counts pages would give one
 * page, then an empty one, and look complete. A listing that drifts leaves the question open for the next attempt.
 */
export async function listOnce(listing: OffsetListing): Promise<Attempt> {
  const { ask, scope, learned } = listing;
  const first = await ask(0, scope.signal);
  const announced = announcedPages(first, LIMIT) > 1;
  if (first.rows.length < LIMIT && !announced) return { rows: first.rows, drift: driftOf([first], LIMIT) };

  const known = learned.offset;
  const probed = known === null && !announced ? await probe(listing, first) : null;
  const reading = known ?? probed;
  const pages = await readOn(listing, { first, reading: reading ?? 'index' });
  const drift = driftOf(pages, LIMIT);

  if (reading === null && announced && drift !== null && (await probe(listing, first)) === 'page-number') {
    learned.offset = 'page-number';
    return listOnce(listing);
  }
  const proven = reading ?? (announced ? 'index' : null);
  learned.offset = drift === null ? proven : null;
  const rows = pages.flatMap((page) => page.rows);
  // An answer to offset=1 that fits neither reading has shown images again that should have been passed.
  return { rows, drift: drift ?? (proven === null ? 'duplicate' : null) };
}

async function probe({ ask, scope }: OffsetListing, first: Page): Promise<OffsetReading | null> {
  return readOffset(first, await ask(1, scope.signal));
}

function readOn(
  { ask, scope, pageConcurrency }: OffsetListing,
  { first, reading }: { first: Page; reading: OffsetReading },
): Promise<Page[]> {
  const step = reading === 'index' ? LIMIT : 1;
  return readPages(first, {
    ask: (place, signal) => ask(place * step, signal),
    limit: LIMIT,
    concurrency: pageConcurrency,
    signal: scope.signal,
  });
}
