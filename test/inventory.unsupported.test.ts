import { expect, test } from 'vitest';
import type { KnownImage } from '../src/inventory/diff.ts';
import type { ImageRecord } from '../src/inventory/image.ts';
import type { RejectedRecord } from '../src/inventory/listing.ts';
import { imagesRecord, known, phoneRecord, sweep, unreadable } from './support/image-records.ts';
import { look } from './support/inventory-model.ts';

const listed = imagesRecord('a', { image_type: 'public' });
const phone = phoneRecord('a', { is_public: 1 });

/** Sweeps of an API that refuses public images on the images endpoint; returns what they changed and what is left. */
function sweepTwice(
  row: KnownImage,
  records: readonly ImageRecord[],
  rejected: readonly RejectedRecord[] = [],
) {
  const refusing = sweep(records, { rejected, proofs: { public: 'unsupported' } });
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

test.each([
  ['both sources listed', known([listed, phone])],
  ['only the images endpoint listed', known([listed])],
])('a public image that %s is removed when two sweeps of phone-images miss it', (_case, row) => {
  expect(sweepTwice(row, [])).toMatchObject({ types: ['cph.image.removed'], asked: [], removed: true });
});

test.each([
  ['its own row', unreadable('phone-images', 'a')],
  ['a row without an id', unreadable('phone-images', null)],
])('%s of phone-images that cannot be read keeps a public image as it was', (_case, row) => {
  for (const before of [known([listed, phone]), known([listed])]) {
    expect(sweepTwice(before, [], [row])).toEqual({
      types: [],
      asked: [],
      image: before.image,
      removed: false,
    });
  }
});

test('private images are removed as ever', () => {
  const row = known([imagesRecord('a')]);
  const { types, asked } = sweepTwice(row, []);
  expect(types).toEqual(['cph.image.removed']);
  expect(asked).toEqual([row.image]);
});
