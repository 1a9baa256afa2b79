import type { ListingResult } from '../inventory/listing.ts';
import { withDeadline } from '../waiting/deadline.ts';
import type { Listing, RequestScope } from './listing.ts';
import { transportError } from './transport-error.ts';

/**
 * The listing, bounded as a whole: every request may stay within its own time and the listing still never
 * end, page after slow page, while its first page grows old. Rejects with a `CphError` of code `timeout`
 * after `ms`.
 */
export function withListingDeadline(listing: Listing, ms: number): Listing {
  const { source, image_type } = listing;
  const bounded = (scope: RequestScope, list: (scope: RequestScope) => Promise<ListingResult>) =>
    withDeadline(scope.signal, { ms, work: (signal) => work({ scope, signal }, list) });
  const work = async (
    { scope, signal }: { scope: RequestScope; signal: AbortSignal },
    list: (scope: RequestScope) => Promise<ListingResult>,
  ) => {
    try {
      return await list({ ...scope, signal });
    } catch (error) {
      scope.signal.throwIfAborted();
      if (!signal.aborted) throw error;
      throw transportError(signal.reason, { endpoint: `all ${source} of type ${image_type}`, status: null });
    }
  };
  const { confirmEnd } = listing;
  return {
    source,
    image_type,
    list: (scope) => bounded(scope, (own) => listing.list(own)),
    ...(confirmEnd && {
      confirmEnd: (result, scope) => bounded(scope, (own) => confirmEnd(result, own)),
    }),
  };
}
