import { expect, test } from 'vitest';
import { CphError } from '../src/cph/errors.ts';
import type { Listing, RequestScope } from '../src/cph/listing.ts';
import { withListingDeadline } from '../src/cph/listing-deadline.ts';

const look = (signal = new AbortController().signal): RequestScope => ({
  signal,
  trace: { requests: 0, requestIds: new Set() },
});

/** Never answers, and ends only when it is told to. */
const endless: Listing = {
  source: 'images',
  image_type: 'private',
  list: ({ signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
};

test('a listing that does not end in time fails as a timeout that names it', async () => {
  const error = await withListingDeadline(endless, 20)
    .list(look())
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CphError);
  expect(error).toMatchObject({ code: 'timeout', kind: 'unreachable' });
  expect(String(error)).toContain('all images of type private');
});

test('a look that is stopped rejects with the reason it was stopped for, not as a timeout', async () => {
  const stop = new AbortController();
  const listed = withListingDeadline(endless, 60_000).list(look(stop.signal));
  stop.abort(new Error('asked to stop'));
  await expect(listed).rejects.toThrow('asked to stop');
});

test('what a listing in time brings, and what it fails with, pass through unchanged', async () => {
  const result = { records: [], rejected: [], proof: 'complete', drift: [] } as const;
  const failure = new CphError('no', { kind: 'denied', code: 'CPS.0001' });
  const listing = (list: Listing['list']) => withListingDeadline({ ...endless, list }, 60_000);
  await expect(listing(async () => result).list(look())).resolves.toBe(result);
  await expect(listing(() => Promise.reject(failure)).list(look())).rejects.toBe(failure);
});
