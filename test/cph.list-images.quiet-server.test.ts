import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imagesListing } from '../src/cph/list-images.ts';
import { type ApiStub, clientFor, newLook, sendJson, startApi } from './support/cph-api.ts';

/** An edition of the API that nothing happens to, set anew for every run. */
interface Quiet {
  size: number;
  total: 'grand' | 'page' | 'absent';
  offset: 'index' | 'page-number';
}

const quiet: Quiet = { size: 0, total: 'grand', offset: 'index' };
let api: ApiStub;

beforeAll(async () => {
  api = await startApi(({ url }, response) => {
    const [offset, limit] = [Number(url.searchParams.get('offset')), Number(url.searchParams.get('limit'))];
    const start = quiet.offset === 'index' ? offset : offset * limit;
    const image_infos = imageIds(quiet.size)
      .slice(start, start + limit)
      .map((image_id) => ({ image_id, status: 1 }));
    const total = { grand: quiet.size, page: image_infos.length, absent: undefined }[quiet.total];
    sendJson(response, { image_infos, total, request_id: 'r' });
  });
});

afterAll(() => api.close());

function imageIds(size: number): string[] {
  return Array.from({ length: size }, (_, i) => `image-${i}`);
}

const size = fc.oneof(fc.integer({ min: 0, max: 450 }), fc.constantFrom(0, 1, 99, 100, 101, 200, 300, 400));

describe('a server that stands still', () => {
  test('is proven complete whatever total and offset mean, with few requests more than pages', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record<Quiet>({
          size,
          total: fc.constantFrom('grand', 'page', 'absent'),
          offset: fc.constantFrom('index', 'page-number'),
        }),
        fc.integer({ min: 1, max: 4 }),
        async (edition, pageConcurrency) => {
          Object.assign(quiet, edition);
          const client = clientFor(api.url);
          const listing = imagesListing(client, 'private', { pageConcurrency });
          for (const { trace, signal } of [newLook(), newLook()]) {
            const result = await listing.list({ trace, signal });
            expect(result).toMatchObject({ proof: 'complete', drift: [], rejected: [] });
            expect(result.records.map((record) => record.image_id)).toEqual(imageIds(edition.size));
            const pages = Math.floor(edition.size / 100) + 1;
            expect(trace.requests).toBeLessThanOrEqual(pages + 6);
          }
          await client.close();
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);
});
