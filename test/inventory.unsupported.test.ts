import { expect, test } from 'vitest';
import type { KnownImage } from '../src/inventory/diff.ts';
import type { ImageRecord } from '../src/inventory/image.ts';
import { imagesRecord, known, phoneRecord, sweep } from './support/image-records.ts';
import { look } from './support/inventory-model.ts';

const listed = imagesRecord('a', { image_type: 'public' });
const phone = phoneRecord('a', { is_public: 1 });

/** Sweeps of an API that refuses public images on the images endpoint; returns what they changed and what is left. */
function sweepTwice(row: KnownImage, records: readonly ImageRecord[]) {
  const refusing = sweep(records, { proofs: { public: 'unsupported' } });
  const first = look([row], refusing);
  const second = look(first.rows, refusing);
  const types = [...first.diff.changes, ...second.diff.changes].map((change) => change.type);
  const asked = [...first.review.ask, ...second.review.ask];
  return { types, asked, image: second.rows[0]?.image, removed: second.rows[0]?.removed };
}

test('a public image that phone-images lists keeps what the images endpoint said when it still listed it', () => {
  const row = known([listed, phone]);
  expect(sweepTwice(row, [phone])).toEqual({ types: [], asked: [], image: row.image, removed: false });
});

test('a public image that phone-images has begun to list is not removed', () => {
  const { types, image, removed } = sweepTwice(known([listed]), [phone]);
  expect(types).toEqual(['cph.image.updated']);
  expect([image, removed]).toEqual([known([listed, phone]).image, false]);
});

test('phone-images speaks for public images that it alone has listed', () => {
  const { types, asked } = sweepTwice(known([phone]), []);
  expect([types, asked]).toEqual([['cph.image.removed'], []]);
});

test.each([
  ['only the images endpoint has listed', known([listed])],
  ['the images endpoint has listed, and phone-images misses', known([listed, phone])],
])('nothing is known of a public image that %s', (_case, row) => {
  const { types, asked, removed } = sweepTwice(row, []);
  expect([types.includes('cph.image.removed'), asked, removed]).toEqual([false, [], false]);
});

test('private images are removed as ever', () => {
  const row = known([imagesRecord('a')]);
  const { types, asked } = sweepTwice(row, []);
  expect(types).toEqual(['cph.image.removed']);
  expect(asked).toEqual([{ image_id: 'a', listed_under: 'private' }]);
});
