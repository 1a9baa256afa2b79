import { afterEach, describe, expect, test } from 'vitest';
import { readImagesRow } from '../src/cph/list-images.ts';
import { phoneImagesListing } from '../src/cph/list-phone-images.ts';
import { listByMarker, type MarkerPage, type PageParameters } from '../src/cph/marker-listing.ts';
import { idsOf as rowIds } from '../src/cph/received.ts';
import { signsOfMore } from '../src/cph/signs-of-more.ts';
import type { ListingResult } from '../src/inventory/listing.ts';
import type { Edition } from '../src/simulator/edition.ts';
import type { Fault } from '../src/simulator/faults.ts';
import { newLook } from './support/cph-api.ts';
import { type Cloud, startCloud } from './support/cph-cloud.ts';

let cloud: Cloud | null = null;

afterEach(async () => {
  await cloud?.close();
  cloud = null;
});

async function listFrom(images: number, phoneImagesPaging: Edition['phoneImagesPaging']) {
  cloud = await startCloud({ images, edition: { phoneImagesPaging } });
  const result = await phoneImagesListing(cloud.client).list(newLook());
  return { result, queries: cloud.cloud.requests.map(({ query }) => query) };
}

const idsOf = ({ records }: ListingResult) => records.map((record) => record.image_id);
const newestFirst = (count: number) => Array.from({ length: count }, (_, i) => `image-${count - 1 - i}`);

describe('an edition without paging', () => {
  test.each([0, 3, 499, 501, 1201])('is read in one request (%i images)', async (images) => {
    const { result, queries } = await listFrom(images, 'none');
    expect(result).toMatchObject({ proof: 'complete', drift: [], rejected: [] });
    expect(idsOf(result)).toEqual(newestFirst(images));
    expect(queries).toEqual([{ image_type: 'all' }]);
  });

  test.each([50, 100, 500])(
    'with %i images, which may be a full page, is asked on once a process',
    async (images) => {
      const { result } = await listFrom(images, 'none');
      expect(result).toMatchObject({ proof: 'complete', drift: [] });
      expect(idsOf(result)).toEqual(newestFirst(images));
      const asked = cloud?.cloud.requests.length ?? 0;
      expect(asked).toBeLessThanOrEqual(4);
      await phoneImagesListing(cloud?.client ?? expect.fail()).list(newLook());
      expect(cloud?.cloud.requests).toHaveLength(asked + 1);
    },
  );
});

describe.each(['marker', 'bare'] as const)('an edition with paging (%s)', (paging) => {
  test.each([0, 3, 499, 500, 501, 1000, 1200])('is read to its end (%i images)', async (images) => {
    const { result, queries } = await listFrom(images, paging);
    expect(result).toMatchObject({ proof: 'complete', drift: [], rejected: [] });
    expect(idsOf(result)).toEqual(newestFirst(images));
    expect(queries.length).toBeLessThanOrEqual(Math.floor(images / 500) + 5);
  });
});

test('a listing says which it is', async () => {
  cloud = await startCloud({ images: 0 });
  expect(phoneImagesListing(cloud.client)).toMatchObject({ source: 'phone-images', image_type: 'all' });
});

test.each([null, 'none', {}])(
  'an answer whose phone_images is %j is no listing, unless its total is 0',
  async (phone_images) => {
    cloud = await startCloud({ images: 2 });
    const list = () => phoneImagesListing(cloud?.client ?? expect.fail()).list(newLook());
    cloud.cloud.setFaults([{ effect: { kind: 'patch', set: { phone_images } } }]);
    await expect(list()).rejects.toMatchObject({ code: 'invalid_answer' });
    cloud.cloud.setFaults([{ effect: { kind: 'patch', set: { phone_images: null, total: 0 } } }]);
    expect(await list()).toMatchObject({ proof: 'complete', drift: [], records: [], rejected: [] });
  },
);

test('the same row twice is one row', async () => {
  cloud = await startCloud({ images: 3 });
  cloud.cloud.setFaults([{ effect: { kind: 'repeat-row', row: 0 } }]);
  const result = await phoneImagesListing(cloud.client).list(newLook());
  expect(result).toMatchObject({ proof: 'complete', drift: [] });
  expect(idsOf(result)).toEqual(newestFirst(3));
});

test('different rows of one image are drift, and the listing stays incomplete if they stay', async () => {
  cloud = await startCloud({ images: 3 });
  const contradiction: Fault = {
    effect: { kind: 'patch', row: 1, set: { image_id: 'image-2', image_name: 'x' } },
  };
  cloud.cloud.setFaults([{ when: { nth: 1 }, ...contradiction }]);
  const list = () => phoneImagesListing(cloud?.client ?? expect.fail()).list(newLook());
  expect(await list()).toMatchObject({ proof: 'complete', drift: ['duplicate'] });
  cloud.cloud.setFaults([contradiction]);
  const result = await list();
  expect(result.proof).toBe('incomplete');
  expect(idsOf(result).sort()).toEqual(['image-0', 'image-2']);
});

describe('markers', () => {
  /** Answers with these pages, one after the other. */
  function pages(...given: { ids: readonly string[]; next: string | null }[]) {
    const markers: (string | null)[] = [];
    const ask = async ({
      marker = null,
    }: PageParameters & { marker?: string | null }): Promise<MarkerPage> => {
      const page = given[markers.push(marker) - 1];
      if (!page) throw new Error('one page too many');
      const rows = page.ids.map((image_id) => readImagesRow({ image_id }, 'private'));
      return { rows, signs: signsOfMore({ next_marker: page.next }, 'phone_images') };
    };
    return { ask, markers };
  }

  test('are followed to an empty one, as they were given', async () => {
    const { ask, markers } = pages(
      { ids: ['a'], next: 'x1' },
      { ids: ['b'], next: 'x2' },
      { ids: ['c'], next: '' },
    );
    const { rows, drift } = await listByMarker({ ask, goesOnBy: null });
    expect(drift).toBeNull();
    expect(rowIds(rows)).toEqual(['a', 'b', 'c']);
    expect(markers).toEqual([null, 'x1', 'x2']);
  });

  test('are followed to an answer without one', async () => {
    const { ask } = pages({ ids: ['a'], next: 'x1' }, { ids: ['b'], next: null });
    expect((await listByMarker({ ask, goesOnBy: null })).drift).toBeNull();
  });

  test('may lead to an empty last page', async () => {
    const { ask } = pages({ ids: ['a'], next: 'x1' }, { ids: [], next: '' });
    expect((await listByMarker({ ask, goesOnBy: null })).drift).toBeNull();
  });

  test('that lead back are drift, and are not followed for ever', async () => {
    const { ask, markers } = pages(
      { ids: ['a'], next: 'x1' },
      { ids: ['b'], next: 'x1' },
      { ids: ['b'], next: 'x1' },
    );
    const { rows, drift } = await listByMarker({ ask, goesOnBy: null });
    expect(drift).toBe('marker');
    expect(rowIds(rows)).toEqual(['a', 'b']);
    expect(markers).toEqual([null, 'x1']);
  });

  test.each([
    ['the last row and no more', ['c'], null],
    ['another row', ['c', 'd'], 'marker'],
    ['nothing', [], 'marker'],
  ])(
    'that are the id of the last row and lead to a refusal end where the id before it leads to %s',
    async (_, across, drift) => {
      const ask = async ({ marker }: PageParameters & { marker?: string }): Promise<MarkerPage> => {
        const ids = marker === undefined ? ['a', 'b', 'c'] : marker === 'b' ? across : [];
        const rows = ids.map((image_id) => readImagesRow({ image_id }, 'private'));
        const signs = signsOfMore({ next_marker: marker === 'c' ? null : 'c' }, 'phone_images');
        return { rows, signs, refused: ids.length === 0 };
      };
      expect((await listByMarker({ ask, goesOnBy: null })).drift).toBe(drift);
    },
  );

  test('that lead to an empty page and on are followed', async () => {
    const { ask } = pages(
      { ids: ['a'], next: 'x1' },
      { ids: [], next: 'x2' },
      { ids: ['b'], next: 'x3' },
      { ids: [], next: null },
    );
    const { rows, drift } = await listByMarker({ ask, goesOnBy: null });
    expect(drift).toBeNull();
    expect(rowIds(rows)).toEqual(['a', 'b']);
  });

  test('that lead from one empty page to the next are drift in the end', async () => {
    let asked = 0;
    const ask = async (): Promise<MarkerPage> => {
      const rows = asked === 0 ? [readImagesRow({ image_id: 'a' }, 'private')] : [];
      asked += 1;
      return { rows, signs: signsOfMore({ next_marker: `x${asked}` }, 'phone_images') };
    };
    expect((await listByMarker({ ask, goesOnBy: null })).drift).toBe('marker');
    expect(asked).toBeLessThan(500);
  });

  test.each([
    ['the last one of the page before', ['b', 'c'], null],
    ['one from the middle of another page', ['c', 'a'], 'duplicate'],
  ])('that lead to a page with a row that came before, %s', async (_, second, drift) => {
    const { ask } = pages({ ids: ['a', 'b'], next: 'x1' }, { ids: second, next: null });
    expect((await listByMarker({ ask, goesOnBy: null })).drift).toBe(drift);
  });

  test('may lead to rows that came before: the same row twice is one row', async () => {
    const { ask } = pages({ ids: ['a', 'b'], next: 'x1' }, { ids: ['b', 'c'], next: '' });
    const { rows, drift } = await listByMarker({ ask, goesOnBy: null });
    expect(drift).toBeNull();
    expect(rowIds(rows)).toEqual(['a', 'b', 'b', 'c']);
  });
});
