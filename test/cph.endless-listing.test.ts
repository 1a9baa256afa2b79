import { describe, expect, test } from 'vitest';
import { createLessons, teachingOf } from '../src/cph/lessons.ts';
import { readImagesRow } from '../src/cph/list-images.ts';
import { listByMarker, type MarkerPage } from '../src/cph/marker-listing.ts';
import { listOnce } from '../src/cph/offset-listing.ts';
import { listUntilComplete } from '../src/cph/relist.ts';
import { signsOfMore } from '../src/cph/signs-of-more.ts';
import { newLook } from './support/cph-api.ts';

/** More than four attempts at as many pages as a total of 5,000 speaks of. */
const TOO_MANY = 5 * 50;

/** The first page again and again, whatever is asked, each time with one image that has just been made. */
function growing() {
  let made = 200;
  return () => {
    made += 1;
    if (made > 200 + TOO_MANY) throw new Error('it goes on and on');
    return Array.from({ length: 100 }, (_, i) => readImagesRow({ image_id: `image-${made - i}` }, 'private'));
  };
}

describe('a first page that comes again and again, each time with a new image,', () => {
  test.each([null, 5000, 2 ** 32 - 1])('ends a listing by offset, incomplete (total %j)', async (total) => {
    const page = growing();
    const lessons = createLessons();
    const ask = async () => ({ rows: page(), total });
    const read = () => listOnce({ ask, scope: newLook(), pageConcurrency: 4, lessons });
    expect((await listUntilComplete(read, teachingOf(lessons))).proof).toBe('incomplete');
  });

  test.each([{ has_more: true }, { next_marker: 'x' }, { total: 5000 }])(
    'ends a listing by marker, incomplete (%j)',
    async (body) => {
      const page = growing();
      const ask = async (): Promise<MarkerPage> => ({
        rows: page(),
        signs: signsOfMore(body, 'phone_images'),
      });
      expect((await listByMarker({ ask, goesOnBy: null })).drift).not.toBeNull();
    },
  );
});

/** Few images, and in the place of each another one whenever somebody asks. */
function replaced(rows: number) {
  let asked = 0;
  return () => {
    asked += 1;
    if (asked > TOO_MANY) throw new Error('it goes on and on');
    return Array.from({ length: rows }, (_, i) =>
      readImagesRow({ image_id: `image-${asked}-${i}` }, 'private'),
    );
  };
}

describe.each([1, 2, 4])('a listing of %i images that are others in each answer', (rows) => {
  test.each([null, rows])('ends by offset, incomplete (total %j)', async (total) => {
    const page = replaced(rows);
    const lessons = createLessons();
    const ask = async () => ({ rows: page(), total });
    const read = await listOnce({ ask, scope: newLook(), pageConcurrency: 4, lessons });
    expect(read.drift).not.toBeNull();
  });

  test.each(['marker', 'offset'] as const)(
    'ends where it is asked on by %s, incomplete',
    async (goesOnBy) => {
      const page = replaced(rows);
      const ask = async (): Promise<MarkerPage> => ({ rows: page(), signs: signsOfMore({}, 'phone_images') });
      expect((await listByMarker({ ask, goesOnBy })).drift).not.toBeNull();
    },
  );
});
