import type { Listing } from '../inventory/listing.ts';
import { withDeadline } from './cancellation.ts';
import { transportError } from './transport-error.ts';

/**
 * The listing, bounded as a whole: every request may stay within its own time and the listing still never end, page
 * after slow page, while its first page grows old. Rejects with a `CphError` of code `timeout` after `ms`.
 */
export function withListingDeadline(listing: Listing, ms: number): Listing {
  const { source, image_type } = listing;
  const work = async (look: Parameters<Listing['list']>[0], signal: AbortSignal) => {
    try {
      return await listing.list({ ...look, signal });
    } catch (error) {
      look.signal.throwIfAborted();
      if (!signal.aborted) throw error;
      throw transportError(signal.reason, { endpoint: `all ${source} of type ${image_type}`, status: null });
    }
  };
  return {
    source,
    image_type,
    list: (look) => withDeadline(look.signal, { ms, work: (signal) => work(look, signal) }),
  };
}
