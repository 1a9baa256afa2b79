/** Listings that look whole by their numbers, and hide rows or say so beside them. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { imagesListing } from '../src/cph/list-images.ts';
import { phoneImagesListing } from '../src/cph/list-phone-images.ts';
import { clientFor, newLook, sendJson, startApi } from './support/cph-api.ts';
import { cloudOfEditions, countOf, privateImages } from './support/editions.ts';

type Body = Readonly<Record<string, unknown>>;

const IDS = Array.from({ length: 230 }, (_, i) => `image-${i}`);
const rowsOf = (ids: readonly string[]) => ids.map((image_id) => ({ image_id }));
const swapped = (a: number, b: number) => IDS.map((id, i) => IDS[i === a ? b : i === b ? a : i] ?? id);

/** Both listings of an API that answers every question with this body. */
async function listingsOf(answer: (query: URLSearchParams) => Body) {
  const api = await startApi(({ url }, response) => sendJson(response, answer(url.searchParams)));
  onTestFinished(api.close);
  const client = clientFor(api.url);
  onTestFinished(client.close);
  return {
    images: () => imagesListing(client, 'private', { pageConcurrency: 4 }).list(newLook()),
    phoneImages: () => phoneImagesListing(client).list(newLook()),
  };
}

const pageOf = (query: URLSearchParams, ids: readonly string[]) => {
  const offset = Number(query.get('offset') ?? 0);
  return ids.slice(offset, offset + Number(query.get('limit') ?? 100));
};

describe('an order that is another one behind the first page', () => {
  test.each([
    ['of the rows at the border', 99, 100],
    ['of rows on two pages', 60, 130],
  ])('%s hides a row of images: incomplete', async (_, a, b) => {
    for (const total of [{}, { total: IDS.length }]) {
      const { images } = await listingsOf((query) => {
        const order = query.get('offset') === '0' ? IDS : swapped(a, b);
        return { image_infos: rowsOf(pageOf(query, order)), ...total };
      });
      for (const _ of [1, 2]) expect((await images()).proof).toBe('incomplete');
    }
  });

  test.each([
    ['of the rows at the border', 99, 100],
    ['of rows on two pages', 60, 130],
  ])('%s hides a row of phone-images: incomplete', async (_, a, b) => {
    const { phoneImages } = await listingsOf((query) => {
      const offset = Number(query.get('offset') ?? 0);
      const page = pageOf(query, offset === 0 ? IDS : swapped(a, b));
      return { phone_images: rowsOf(page), next: offset < 200 ? `/v1?offset=${offset + 100}` : '' };
    });
    for (const _ of [1, 2]) expect((await phoneImages()).proof).toBe('incomplete');
  });
});

test('a row that comes twice on a page, and once in its offsets, hides the row behind that page: incomplete', async () => {
  for (const total of [{}, { total: IDS.length }]) {
    const { images } = await listingsOf((query) => {
      const page = pageOf(query, IDS);
      return { image_infos: rowsOf([...page, ...page.slice(-1)]), ...total };
    });
    for (const _ of [1, 2]) expect((await images()).proof).toBe('incomplete');
  }
});

describe('a last page of images that says that others follow', () => {
  test.each([{ links: { next: '/v1?cursor=abc' } }, { next_marker: 'abc' }, { has_more: true }])(
    'and cannot be turned is incomplete: %j',
    async (sign) => {
      const { images } = await listingsOf(() => ({
        image_infos: rowsOf(IDS.slice(0, 100)),
        total: 100,
        ...sign,
      }));
      for (const _ of [1, 2]) expect((await images()).proof).toBe('incomplete');
    },
  );

  test('is complete where it is only said of the pages before it', async () => {
    const { images } = await listingsOf((query) => {
      const offset = Number(query.get('offset'));
      const next = offset < 200 ? `/v1?offset=${offset + 100}` : null;
      return { image_infos: rowsOf(pageOf(query, IDS)), total: IDS.length, links: { next } };
    });
    const result = await images();
    expect(result.proof).toBe('complete');
    expect(countOf(result)).toBe(230);
  });
});

test('a page shorter than others were ends nothing while a total that counts more than there is says more', async () => {
  const lengths = [100, 60, 70, 100, 60, 70];
  const { images } = await listingsOf((query) => {
    const offset = Number(query.get('offset'));
    const length = offset === 0 ? (lengths.shift() ?? 40) : (lengths.shift() ?? 90);
    return { image_infos: rowsOf(IDS.slice(offset, offset + length)), total: 235 };
  });
  for (const _ of [1, 2, 3]) {
    const result = await images();
    if (result.proof === 'complete') expect(countOf(result)).toBe(230);
  }
});

describe('rows beside which an answer', () => {
  const both = async (said: Body) => {
    const rows = rowsOf(IDS.slice(0, 9));
    const { images, phoneImages } = await listingsOf((query) => ({
      image_infos: pageOf(query, IDS.slice(0, 9)).map((image_id) => ({ image_id })),
      phone_images: rows,
      ...said,
    }));
    return [(await images()).proof, (await phoneImages()).proof];
  };

  test.each([
    { errors: [{ code: 'ZONE_DOWN', message: 'zone-2 is unavailable' }] },
    { error: { message: '1 of 3 shards failed' } },
    { warnings: ['results are incomplete'] },
    { partial_failures: ['zone-2 timed out'] },
    { error_msg: 'backend timeout' },
  ])('says that others are missing are incomplete: %j', async (said) => {
    expect(await both(said)).toEqual(['incomplete', 'incomplete']);
  });

  test.each([
    { errors: [], error: null, warnings: [] },
    { error_code: '0', error_msg: 'success' },
    { warnings: ['image_version is deprecated'] },
    { error: { code: 0, message: 'ok' } },
    { error_msg: '查询成功' },
  ])('says nothing of the kind are complete: %j', async (said) => {
    expect(await both(said)).toEqual(['complete', 'complete']);
  });
});

test.each([50, 20, 10])(
  'an API that refuses to be asked for more than %i rows is asked for fewer',
  async (most) => {
    const cloud = await cloudOfEditions(130);
    onTestFinished(cloud.close);
    const client = cloud.begin({ limit: { most } });
    const limits: (string | undefined)[] = [];
    for (const _ of [1, 2]) {
      const before = cloud.cloud.requests.length;
      const result = await privateImages(client).list(newLook());
      expect(result.proof).toBe('complete');
      expect(countOf(result)).toBe(130);
      limits.push(cloud.cloud.requests[before]?.query.limit);
    }
    expect(limits).toEqual(['100', String(most)]);
  },
);

test('a page that was asked for fewer rows than others is no end for being short', async () => {
  const cloud = await cloudOfEditions(130);
  onTestFinished(cloud.close);
  const client = cloud.begin({ total: 'absent' });
  expect(countOf(await privateImages(client).list(newLook()))).toBe(130);
  const refused = {
    when: { endpoint: 'images', nth: 1 },
    effect: { kind: 'error', code: 'CPS.0002' },
  } as const;
  cloud.cloud.setFaults([refused]);
  const result = await privateImages(client).list(newLook());
  expect({ proof: result.proof, images: countOf(result) }).toEqual({ proof: 'complete', images: 130 });
});

test('an API that refused 100 rows once is asked for as many again after a listing that drifted', async () => {
  const cloud = await cloudOfEditions(130);
  onTestFinished(cloud.close);
  const client = cloud.begin({});
  const limitsOf = async (...faults: Parameters<typeof cloud.cloud.setFaults>[0]) => {
    cloud.cloud.setFaults(faults);
    const before = cloud.cloud.requests.length;
    await privateImages(client).list(newLook());
    return cloud.cloud.requests.slice(before).map(({ query }) => query.limit);
  };
  const when = { endpoint: 'images', nth: 1 } as const;
  await limitsOf({ when, effect: { kind: 'error', code: 'CPS.0002' } });
  expect((await limitsOf())[0]).toBe('50');
  expect(await limitsOf({ when, effect: { kind: 'patch', set: { total: 120 } } })).toContain('100');
});
