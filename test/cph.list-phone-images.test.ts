import { afterEach, describe, expect, test } from 'vitest';
import { phoneImagesListing } from '../src/cph/list-phone-images.ts';
import { listByMarker, type MarkerPage } from '../src/cph/marker-listing.ts';
import type { ListingResult } from '../src/inventory/listing.ts';
import type { Edition } from '../src/simulator/edition.ts';
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
  test.each([0, 3, 499, 501, 1200])('is read in one request (%i images)', async (images) => {
    const { result, queries } = await listFrom(images, 'none');
    expect(result).toMatchObject({ proof: 'complete', drift: [], rejected: [] });
    expect(idsOf(result)).toEqual(newestFirst(images));
    expect(queries).toEqual([{ image_type: 'all' }]);
  });

  test('with exactly a full page of images is asked once more, in case the answer was cut there', async () => {
    const { result, queries } = await listFrom(500, 'none');
    expect(result).toMatchObject({ proof: 'complete', drift: [] });
    expect(idsOf(result)).toEqual(newestFirst(500));
    expect(queries).toEqual([{ image_type: 'all' }, { image_type: 'all', marker: 'image-0' }]);
  });
});

describe.each(['marker', 'bare'] as const)('an edition with paging (%s)', (paging) => {
  test.each([0, 3, 499, 500, 501, 1000, 1200])('is read to its end (%i images)', async (images) => {
    const { result, queries } = await listFrom(images, paging);
    expect(result).toMatchObject({ proof: 'complete', drift: [], rejected: [] });
    expect(idsOf(result)).toEqual(newestFirst(images));
    expect(queries.length).toBeLessThanOrEqual(Math.floor(images / 500) + 1);
  });
});

test('a listing says which it is', async () => {
  cloud = await startCloud({ images: 0 });
  expect(phoneImagesListing(cloud.client)).toMatchObject({ source: 'phone-images', image_type: 'all' });
});

test('an answer without a list is an empty one, one whose list is no list is none', async () => {
  cloud = await startCloud({ images: 2 });
  const list = () => phoneImagesListing(cloud?.client ?? expect.fail()).list(newLook());
  cloud.cloud.setFaults([{ effect: { kind: 'patch', unset: ['phone_images'] } }]);
  expect(await list()).toEqual({ proof: 'complete', drift: [], records: [], rejected: [] });
  cloud.cloud.setFaults([{ effect: { kind: 'patch', set: { phone_images: 'none' } } }]);
  await expect(list()).rejects.toMatchObject({ code: 'invalid_answer' });
  cloud.cloud.setFaults([{ effect: { kind: 'patch', set: { page_info: { next_marker: 7 } } } }]);
  await expect(list()).rejects.toMatchObject({ code: 'invalid_answer' });
});

test('an image that comes twice is drift; what is listed again and adds up is complete', async () => {
  cloud = await startCloud({ images: 3 });
  cloud.cloud.setFaults([{ when: { nth: 1 }, effect: { kind: 'repeat-row', row: 0 } }]);
  const result = await phoneImagesListing(cloud.client).list(newLook());
  expect(result).toMatchObject({ proof: 'complete', drift: ['duplicate'] });
  expect(idsOf(result)).toEqual(newestFirst(3));
});

test('a listing that always contradicts itself is incomplete after four attempts', async () => {
  cloud = await startCloud({ images: 3 });
  cloud.cloud.setFaults([{ effect: { kind: 'repeat-row', row: 0 } }]);
  const result = await phoneImagesListing(cloud.client).list(newLook());
  expect(result.proof).toBe('incomplete');
  expect(result.drift).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate']);
  expect(idsOf(result).sort()).toEqual(['image-0', 'image-1', 'image-2']);
});

describe('markers', () => {
  /** Answers with these pages, one after the other. */
  function pages(...given: { ids: readonly string[]; next: string | null }[]) {
    const markers: (string | null)[] = [];
    const ask = async (marker: string | null): Promise<MarkerPage> => {
      const page = given[markers.push(marker) - 1];
      if (!page) throw new Error('one page too many');
      const rows = page.ids.map((image_id) => ({
        source: 'phone-images' as const,
        image_id,
        reason: 'for the test',
      }));
      return { rows, nextMarker: page.next };
    };
    return { ask, markers };
  }

  test('are followed to an empty one, as they were given', async () => {
    const { ask, markers } = pages(
      { ids: ['a'], next: 'x1' },
      { ids: ['b'], next: 'x2' },
      { ids: ['c'], next: '' },
    );
    const { rows, drift } = await listByMarker(ask);
    expect(drift).toBeNull();
    expect(rows.map((row) => row.image_id)).toEqual(['a', 'b', 'c']);
    expect(markers).toEqual([null, 'x1', 'x2']);
  });

  test('are followed to an answer without one', async () => {
    const { ask } = pages({ ids: ['a'], next: 'x1' }, { ids: ['b'], next: null });
    expect((await listByMarker(ask)).drift).toBeNull();
  });

  test('may lead to an empty last page', async () => {
    const { ask } = pages({ ids: ['a'], next: 'x1' }, { ids: [], next: '' });
    expect((await listByMarker(ask)).drift).toBeNull();
  });

  test('that lead back are drift, and are not followed for ever', async () => {
    const { ask, markers } = pages(
      { ids: ['a'], next: 'x1' },
      { ids: ['b'], next: 'x1' },
      { ids: ['b'], next: 'x1' },
    );
    const { rows, drift } = await listByMarker(ask);
    expect(drift).toBe('marker');
    expect(rows.map((row) => row.image_id)).toEqual(['a', 'b']);
    expect(markers).toEqual([null, 'x1', 'x1']);
  });

  test('that lead to an empty page and on are drift', async () => {
    const { ask } = pages({ ids: ['a'], next: 'x1' }, { ids: [], next: 'x2' });
    expect((await listByMarker(ask)).drift).toBe('marker');
  });

  test('that lead to some images again are drift', async () => {
    const { ask } = pages({ ids: ['a', 'b'], next: 'x1' }, { ids: ['b', 'c'], next: '' });
    const { rows, drift } = await listByMarker(ask);
    expect(drift).toBe('duplicate');
    expect(rows.map((row) => row.image_id)).toEqual(['a', 'b', 'b', 'c']);
  });
});
