import { describe, expect, onTestFinished, test } from 'vitest';
import { phoneImagesListing } from '../src/cph/list-phone-images.ts';
import type { Edition } from '../src/simulator/edition.ts';
import { newLook } from './support/cph-api.ts';
import { cloudOfEditions, privateImages } from './support/editions.ts';

/** Requests of the first, second and third listing in a process. */
async function requestsOf(images: number, edition: Partial<Edition>): Promise<number[]> {
  const cloud = await cloudOfEditions(images);
  onTestFinished(cloud.close);
  const client = cloud.begin(edition);
  const requests: number[] = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const look = newLook();
    await privateImages(client).list(look);
    requests.push(look.trace.requests);
  }
  return requests;
}

describe('the documented API', () => {
  test.each([
    [3, [2, 1, 1]],
    [100, [2, 2, 2]],
    [230, [3, 3, 3]],
    [2345, [24, 24, 24]],
  ])(
    'is asked for %i images in %j requests, the first ones asking where the listing ends',
    async (images, requests) => {
      expect(await requestsOf(images, {})).toEqual(requests);
    },
  );

  test('is asked for phone-images in one request, and once for more where that may have been a full page', async () => {
    for (const [images, first] of [
      [4, 1],
      [93, 4],
      [224, 1],
    ] as const) {
      const cloud = await cloudOfEditions(images);
      onTestFinished(cloud.close);
      const client = cloud.begin({});
      const looks = [newLook(), newLook()];
      for (const look of looks) await phoneImagesListing(client).list(look);
      expect(looks.map((look) => look.trace.requests)).toEqual([first, 1]);
    }
  });
});
