import { withDeadline } from '../waiting/deadline.ts';
import type { Listing } from './listing.ts';
import { transportError } from './transport-error.ts';

/**
 * The listing, bounded as a whole: every request may stay within its own time and the listing still never end, page
 * after slow page, while its first page grows old. Rejects with a `CphError` of code `timeout` after `ms`.
 */
export function withListingDeadline(listing: Listing, ms: number): Listing {
  const { source, image_type } = listing;
  const work = async (scope: Parameters<Listing['list']>[0], signal: AbortSignal) => {
    try {
      return await listing.list({ ...scope, signal });
    } catch (error) {
      scope.signal.throwIfAborted();
      if (!signal.aborted) throw error;
      throw transportError(signal.reason, { endpoint: `all ${source} of type ${image_type}`, status: null });
    }
  };
  return {
    source,
    image_type,
    list: (scope) => withDeadline(scope.signal, { ms, work: (signal) => work(scope, signal) }),
  };
}
