import { describe, expect, onTestFinished, test } from 'vitest';
import { phoneImagesListing } from '../src/cph/list-phone-images.ts';
import type { Edition } from '../src/simulator/edition.ts';
import { newLook } from './support/cph-api.ts';
import { believed, cloudOfEditions, combinations, countOf } from './support/editions.ts';
import { LONG } from './support/long.ts';

/** The cloud has seven images of other projects beside these. */
const OTHERS = 7;

const SIGNS: readonly Edition['phoneImagesMore'][] = [
  { marker: 'page_info.next_marker' },
  { marker: 'next_marker' },
  { marker: 'meta.nextPageToken' },
  { link: 'next' },
  { relativeLink: 'paging.next.href' },
  { links: 'links' },
  { flag: 'has_more' },
  { flag: 'page_info.truncated' },
  { count: 'total' },
  { count: 'page_info.totalCount' },
  { header: 'Link' },
  { header: 'X-Total-Count' },
  { header: 'Content-Range' },
];

// In full length, pages of 50 and more sizes are tried.
const rows = LONG ? ([50, 100, 37] as const) : ([100, 37] as const);
const TOLD: readonly Partial<Edition>[] = combinations({
  phoneImagesPaging: ['marker', 'offset'],
  phoneImagesMore: SIGNS,
  phoneImagesPageRows: rows,
  phoneImagesMarkers: ['last-id', 'opaque'],
  unknownMarker: ['refused'],
  phoneImagesEnd: ['empty-text', 'absent'],
} as const);
const UNTOLD: readonly Partial<Edition>[] = combinations({
  phoneImagesPaging: ['marker', 'offset', 'bare'],
  phoneImagesMore: ['nothing'],
  phoneImagesPageRows: rows,
  phoneImagesMarkers: ['last-id', 'opaque'],
  unknownMarker: ['refused', 'ignored', 'empty'],
} as const);

describe.each(LONG ? [0, 1, 43, 93, 113, 223] : [0, 1, 93, 113])(
  'phone-images beside seven shared ones: %i',
  (images) => {
    const size = images + OTHERS;

    test('are all read where an answer tells how to go on, and never fewer believed', async () => {
      const cloud = await cloudOfEditions(images);
      onTestFinished(cloud.close);
      for (const edition of [{}, ...TOLD]) {
        const where = JSON.stringify(edition);
        const { result } = await believed(phoneImagesListing(cloud.begin(edition)));
        if (result.proof === 'complete') expect.soft(countOf(result), where).toBe(size);
        const { phoneImagesPaging: paging, phoneImagesMarkers: markers, phoneImagesMore: more } = edition;
        // A flag or a count says that there is more, and not by which marker to ask for it.
        const isCounted =
          'count' in Object(more) || ('header' in Object(more) && Object(more).header !== 'Link');
        const isMute = paging === 'marker' && markers === 'opaque' && ('flag' in Object(more) || isCounted);
        if (!isMute) expect.soft(result.proof, where).toBe('complete');
      }
    });

    test('are not missed where nothing tells that there are more', async () => {
      const cloud = await cloudOfEditions(images);
      onTestFinished(cloud.close);
      for (const edition of UNTOLD) {
        const where = JSON.stringify(edition);
        const { confirmed } = await believed(phoneImagesListing(cloud.begin(edition)));
        if (confirmed.proof === 'complete') expect.soft(countOf(confirmed), where).toBe(size);
      }
    });
  },
);

describe('phone-images that change before anybody asks what lies behind them', () => {
  const PAGINGS: readonly Partial<Edition>[] = [
    {},
    { phoneImagesPaging: 'bare' },
    { phoneImagesPaging: 'marker', phoneImagesMore: 'nothing' },
    { phoneImagesPaging: 'marker', phoneImagesMore: 'nothing', phoneImagesPageRows: 50 },
  ];
  test.each(
    combinations({ edition: PAGINGS, change: ['come', 'first goes', 'last goes', 'last two go'] } as const),
  )('are proven all the same, with what came: $change, $edition', async ({ edition, change }) => {
    const { world, ...cloud } = await cloudOfEditions(43);
    onTestFinished(cloud.close);
    const listing = phoneImagesListing(cloud.begin(edition));
    const look = newLook();
    const result = await listing.list(look);
    const ids = result.records.map(({ image_id }) => image_id);
    if (change === 'come') world.create({ image_type: 'private', status: 1 });
    const gone = {
      come: [],
      'first goes': ids.slice(0, 1),
      'last goes': ids.slice(-1),
      'last two go': ids.slice(-2),
    };
    for (const image_id of gone[change]) world.remove(image_id);
    const confirmed = await listing.confirmEnd?.(result, look);
    expect(confirmed?.proof).toBe('complete');
    const is = world.listing(world.project_id, 'phone-images').map(({ image }) => image.image_id);
    expect(confirmed?.records.map(({ image_id }) => image_id)).toEqual(expect.arrayContaining(is));
  });
});

describe('phone-images that begin to page', () => {
  test('lose no image, in whatever way they page', async () => {
    const cloud = await cloudOfEditions(113);
    onTestFinished(cloud.close);
    for (const edition of [...TOLD, ...UNTOLD].filter((one) => one.phoneImagesEnd !== 'absent')) {
      const where = JSON.stringify(edition);
      const listing = phoneImagesListing(cloud.begin({}));
      expect.soft(countOf((await believed(listing)).confirmed), where).toBe(120);
      cloud.cloud.setEdition(edition);
      const { confirmed } = await believed(listing);
      if (confirmed.proof === 'complete') expect.soft(countOf(confirmed), where).toBe(120);
    }
  });

  test.each<[Partial<Edition>, string]>([
    [{ phoneImagesPaging: 'marker', phoneImagesMore: { marker: 'next_marker' } }, 'complete'],
    [{ phoneImagesPaging: 'marker', phoneImagesMore: { flag: 'has_more' } }, 'complete'],
    [{ phoneImagesPaging: 'marker', phoneImagesMore: { count: 'total' } }, 'complete'],
    [{ phoneImagesPaging: 'offset', phoneImagesMore: { count: 'total' } }, 'complete'],
    [{ phoneImagesPaging: 'bare', phoneImagesMarkers: 'opaque', unknownMarker: 'empty' }, 'incomplete'],
  ])('%j is %s', async (edition, proof) => {
    const cloud = await cloudOfEditions(113);
    onTestFinished(cloud.close);
    const listing = phoneImagesListing(cloud.begin({}));
    await believed(listing);
    cloud.cloud.setEdition({ ...edition, phoneImagesPageRows: 100 });
    const { confirmed } = await believed(listing);
    expect(confirmed.proof).toBe(proof);
    if (proof === 'complete') expect(countOf(confirmed)).toBe(120);
  });
});
