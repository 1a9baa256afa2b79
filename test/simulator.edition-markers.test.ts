import { describe, expect, it } from 'vitest';
import type { Edition } from '../src/simulator/edition.ts';
import { editionCloud } from './support/edition-cloud.ts';

const MARKERS = { phoneImagesPaging: 'marker', phoneImagesPageRows: 2 } as const;

/** Three images, so that a page of two has one behind it. */
async function phoneImagesOf(edition: Partial<Edition>) {
  const cloud = await editionCloud({ ...MARKERS, ...edition });
  cloud.make(3);
  return cloud;
}

const FIRST = { phone_images: [{ image_id: 'image-2' }, { image_id: 'image-1' }] };
const LAST = { phone_images: [{ image_id: 'image-0' }] };

describe('a page of phone-images', () => {
  it.each<[Edition['phoneImagesMore'], unknown, unknown]>([
    [
      { marker: 'page_info.next_marker' },
      { page_info: { next_marker: 'image-1' } },
      { page_info: { next_marker: '' } },
    ],
    [{ marker: 'nextMarker' }, { nextMarker: 'image-1' }, { nextMarker: '' }],
    [{ flag: 'has_more' }, { has_more: true }, { has_more: false }],
    [
      { flag: 'page_info.truncated' },
      { page_info: { truncated: true } },
      { page_info: { truncated: false } },
    ],
    [{ count: 'total' }, { total: 3 }, { total: 3 }],
    [
      { relativeLink: 'next' },
      { next: '/v1/ours/cloud-phone/phone-images?image_type=all&marker=image-1' },
      { next: '' },
    ],
    [
      { link: 'links.next' },
      { links: { next: expect.stringMatching(/^http:.*image_type=all&marker=image-1$/) } },
      { links: { next: '' } },
    ],
    [
      { links: 'links' },
      { links: [{ rel: 'self' }, { rel: 'next', href: expect.stringContaining('marker=image-1') }] },
      { links: [{ rel: 'self', href: expect.stringMatching(/marker=image-1$/) }] },
    ],
  ])('says by %j that there is more, and that there is not', async (phoneImagesMore, more, end) => {
    const { body } = await phoneImagesOf({ phoneImagesMore });
    expect(await body('phone-images?image_type=all')).toMatchObject({ ...FIRST, ...(more as object) });
    expect(await body('phone-images?image_type=all&marker=image-1')).toMatchObject({
      ...LAST,
      ...(end as object),
    });
  });

  it.each<[Edition['phoneImagesEnd'], unknown]>([
    ['null', { ...LAST, next_marker: null, request_id: expect.any(String) }],
    ['absent', { ...LAST, request_id: expect.any(String) }],
  ])('writes the marker behind the last page as %s', async (phoneImagesEnd, expected) => {
    const { body } = await phoneImagesOf({ phoneImagesEnd, phoneImagesMore: { marker: 'next_marker' } });
    const { phone_images, ...others } = await body('phone-images?marker=image-1');
    expect({ ...others, phone_images: [{ image_id: 'image-0' }] }).toEqual(expected);
    expect(phone_images).toHaveLength(1);
  });

  it.each([{ phoneImagesMore: 'nothing' }, { phoneImagesPaging: 'bare' }] as const)(
    'says nothing: %j',
    async (edition) => {
      const { body } = await phoneImagesOf(edition);
      expect(Object.keys(await body('phone-images'))).toEqual(['phone_images', 'request_id']);
    },
  );

  it('begins at an offset', async () => {
    const { body } = await phoneImagesOf({
      phoneImagesPaging: 'offset',
      phoneImagesMore: { relativeLink: 'next' },
    });
    const { next } = await body('phone-images');
    expect(next).toMatch(/\?offset=2$/);
    expect(await body('phone-images?offset=2')).toMatchObject({ ...LAST, next: '' });
  });

  it('holds as many rows as the edition says, or fewer if asked for', async () => {
    const { ids } = await phoneImagesOf({});
    expect(await ids('phone-images?limit=500')).toHaveLength(2);
    expect(await ids('phone-images?limit=1')).toHaveLength(1);
  });

  it('is found by a marker that only the API can read', async () => {
    const { body, ids } = await phoneImagesOf({
      phoneImagesMarkers: 'opaque',
      unknownMarker: 'ignored',
      phoneImagesMore: { marker: 'marker' },
    });
    const { marker } = await body('phone-images');
    expect(marker).toEqual(expect.stringMatching(/^[\w-]+$/));
    expect(marker).not.toContain('image-1');
    expect(await ids(`phone-images?marker=${String(marker)}`)).toEqual(['image-0']);
    expect(await ids('phone-images?marker=image-1')).toEqual(['image-2', 'image-1']);
  });

  it('is empty, or refused, for a marker nobody knows', async () => {
    const { cloud, ask, ids } = await phoneImagesOf({ unknownMarker: 'empty' });
    expect(await ids('phone-images?marker=nowhere')).toEqual([]);
    cloud.setEdition({ unknownMarker: 'refused' });
    expect((await ask('phone-images?marker=nowhere')).status).toBe(400);
  });

  it('appears while the API runs', async () => {
    const { cloud, body, ids } = await phoneImagesOf({ phoneImagesPaging: 'none' });
    expect(await ids('phone-images')).toHaveLength(3);
    cloud.setEdition({ phoneImagesPaging: 'marker', phoneImagesMore: { count: 'total_count' } });
    expect(await body('phone-images')).toMatchObject({ ...FIRST, total_count: 3 });
  });

  it('lists a row twice, on one page or on two', async () => {
    const { cloud, ids } = await phoneImagesOf({ duplicates: 'on-page' });
    expect(await ids('phone-images')).toEqual(['image-2', 'image-2']);
    cloud.setEdition({ duplicates: 'at-border' });
    expect(await ids('phone-images')).toEqual(['image-2', 'image-1']);
    expect(await ids('phone-images?marker=image-1')).toEqual(['image-1', 'image-0']);
  });
});
