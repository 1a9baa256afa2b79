import { readFileSync } from 'node:fs';
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

/** The editions of the table in docs/proof.md, column by column. */
const COLUMNS: readonly Partial<Edition>[] = [
  {},
  { total: 'absent' },
  { total: 'page' },
  { total: 'all-types' },
  { offset: 'page-number' },
  { limit: { clamped: 50 } },
  { limit: { most: 50 } },
];

const PAGE = readFileSync('docs/proof.md', 'utf8');
const ROWS = Array.from(PAGE.matchAll(/^\| ([\d,]+) \| (\d.*) \|$/gm), ([, images = '', cells = '']) => ({
  images: Number(images.replace(',', '')),
  cells: cells.split(' | '),
}));

describe('what a listing costs', () => {
  test('is in docs/proof.md for four sizes', () => {
    expect(ROWS.map(({ images }) => images)).toEqual([3, 100, 230, 2345]);
  });

  test.each(ROWS)('is what docs/proof.md says of $images images', async ({ images, cells }) => {
    const measured: string[] = [];
    for (const edition of COLUMNS) {
      const [first, ...later] = await requestsOf(images, edition);
      expect(new Set(later).size).toBe(1);
      measured.push(first === later[0] ? String(first) : `${first}, then ${later[0]}`);
    }
    expect(measured).toEqual(cells);
  });
});

describe('the documented API', () => {
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
