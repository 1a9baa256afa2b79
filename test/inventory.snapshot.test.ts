import { describe, expect, test } from 'vitest';
import { snapshotDigest } from '../src/inventory/digest.ts';
import { IMAGES_FIELDS, type ImageRecord, PHONE_IMAGES_FIELDS } from '../src/inventory/image.ts';
import type { RejectedRecord } from '../src/inventory/listing.ts';
import {
  assembleSnapshot,
  type ListingPart,
  partialSnapshot,
  type Snapshot,
  unreadableFields,
  withAnswers,
} from '../src/inventory/snapshot.ts';
import { imagesRecord, nameless, phoneRecord, sweep, sweepParts } from './support/image-records.ts';

const records = [
  imagesRecord('private-1'),
  imagesRecord('shared-1', { image_type: 'share', src_project_id: 'project-2' }),
  imagesRecord('public-1', { image_type: 'public', extra: { b: 1, a: { d: 2, c: 3 } } }),
  phoneRecord('private-1'),
  phoneRecord('public-1', { is_public: 1 }),
];

describe('assembly', () => {
  test('records of one image from both sources are one sighting', () => {
    const { sightings } = sweep(records);
    expect([...sightings.keys()].sort()).toEqual(['private-1', 'public-1', 'shared-1']);
    expect(sightings.get('private-1')).toEqual({ images: records[0], 'phone-images': records[3] });
    expect(sightings.get('shared-1')).toEqual({ images: records[1] });
  });

  test('the order of the parts does not matter', () => {
    const parts = sweepParts(records);
    expect(assembleSnapshot(parts.toReversed()).sightings).toEqual(assembleSnapshot(parts).sightings);
  });

  test.each(['private', 'share'] as const)(
    'of two listings that show one %s image, the one asked for its type is believed, in any order',
    (image_type) => {
      const own = imagesRecord('a', { image_type, listed_under: image_type, image_name: 'own' });
      const other = image_type === 'private' ? 'share' : 'private';
      const stray = imagesRecord('a', { image_type, listed_under: other, image_name: 'stray' });
      const parts = (['private', 'share'] as const).map((asked) =>
        imagesPart(asked, [asked === image_type ? own : stray]),
      );
      for (const ordered of [parts, parts.toReversed()]) {
        expect(assembleSnapshot(ordered).sightings.get('a')).toEqual({ images: own });
      }
    },
  );

  test('an image that every listing calls its own is read the same in any order', () => {
    const parts = [
      imagesPart('private', [imagesRecord('a', { image_type: 'private' })]),
      imagesPart('share', [imagesRecord('a', { image_type: 'share' })]),
    ];
    const [one, other] = [parts, parts.toReversed()].map((p) => assembleSnapshot(p).sightings.get('a'));
    expect(other).toEqual(one);
  });

  test('rejected records and what every listing proved are kept', () => {
    const rejected = [nameless('images'), nameless('phone-images')];
    const snapshot = sweep(records, { rejected, proofs: { share: 'failed', public: 'incomplete' } });
    expect(snapshot.rejected).toEqual(rejected);
    expect(snapshot.outcomes).toEqual([
      { source: 'images', image_type: 'public', proof: 'incomplete', empty: false, listless: false },
      { source: 'images', image_type: 'private', proof: 'complete', empty: false, listless: false },
      { source: 'images', image_type: 'share', proof: 'failed', empty: false, listless: false },
      { source: 'phone-images', image_type: 'all', proof: 'complete', empty: false, listless: false },
    ]);
    expect(snapshot.sightings.has('public-1')).toBe(true);
    expect(snapshot.sightings.has('shared-1')).toBe(false);
  });
});

describe('completeness', () => {
  test('a sweep is complete when every listing is proven complete', () => {
    expect(sweep(records).complete).toBe(true);
    expect(sweep([]).complete).toBe(true);
  });

  test.each(['incomplete', 'denied', 'failed'] as const)(
    'one listing that is %s makes it partial',
    (proof) => {
      for (const listing of ['public', 'private', 'share', 'all']) {
        expect(sweep(records, { proofs: { [listing]: proof } }).complete, listing).toBe(false);
      }
    },
  );

  test('public images that the images endpoint refuses are covered by a complete phone-images', () => {
    expect(sweep(records, { proofs: { public: 'unsupported' } }).complete).toBe(true);
  });

  test.each(['incomplete', 'denied', 'failed'] as const)(
    'they are not covered by one that is %s',
    (proof) => {
      expect(sweep(records, { proofs: { public: 'unsupported', all: proof } }).complete).toBe(false);
    },
  );

  test('they are not covered when phone-images is not read', () => {
    const asked = ['public', 'private', 'share'] as const;
    expect(sweep(records, { asked, proofs: { public: 'unsupported' } }).complete).toBe(false);
    expect(sweep(records, { asked }).complete).toBe(true);
  });

  test('nothing was asked: nothing is complete', () => {
    expect(assembleSnapshot([]).complete).toBe(false);
  });

  test('a look at single images is never complete', () => {
    const snapshot = partialSnapshot(records, [nameless('images')]);
    expect(snapshot).toMatchObject({ complete: false, outcomes: [], rejected: [nameless('images')] });
    expect([...snapshot.sightings.keys()].sort()).toEqual(['private-1', 'public-1', 'shared-1']);
  });
});

describe('answers to questions by id', () => {
  test('join what the listings showed, without changing the snapshot they are added to', () => {
    const listed = sweep([imagesRecord('a')]);
    const answered = withAnswers(listed, {
      found: [imagesRecord('b')],
      rejected: [nameless('images')],
      absent: ['d'],
    });
    expect([...answered.sightings.keys()]).toEqual(['a', 'b']);
    expect(answered.rejected).toEqual([nameless('images')]);
    expect([...answered.absent]).toEqual(['d']);
    expect(answered.complete).toBe(true);
    expect([...listed.sightings.keys()]).toEqual(['a']);
    expect([listed.rejected.length, listed.absent.size]).toEqual([0, 0]);
    const more = withAnswers(answered, { found: [], rejected: [], absent: ['e'] });
    expect([...more.absent]).toEqual(['d', 'e']);
  });
});

describe('digest', () => {
  const rejected = [nameless('images'), nameless('phone-images')];
  const digest = (seen: readonly ImageRecord[], unread: readonly RejectedRecord[] = rejected) =>
    snapshotDigest(sweep(seen, { rejected: unread }));

  test('is a SHA-256 in hex', () => {
    expect(digest(records)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('ignores the order of records, of rejected records and of parts', () => {
    const parts = sweepParts(records.toReversed(), { rejected: rejected.toReversed() }).toReversed();
    expect(snapshotDigest(assembleSnapshot(parts))).toBe(digest(records));
  });

  test('ignores the order of keys in extra, at every depth', () => {
    const reordered = records.map((record) =>
      'b' in record.extra ? { ...record, extra: { a: { c: 3, d: 2 }, b: 1 } } : record,
    );
    expect(digest(reordered)).toBe(digest(records));
  });

  test('ignores why a record was rejected', () => {
    const reworded = rejected.map((row) => ({ ...row, reason: 'row: a list instead of an object' }));
    expect(digest(records, reworded)).toBe(digest(records));
  });

  test.each(['image_id', 'image_name', 'extra', ...IMAGES_FIELDS])('tells apart images by %s', (field) => {
    expect(digestsWith(imagesRecord('a'), field)).toHaveLength(3);
  });

  test.each(['image_id', 'image_name', 'extra', ...PHONE_IMAGES_FIELDS])(
    'tells apart phone images by %s',
    (field) => {
      expect(digestsWith(phoneRecord('a'), field)).toHaveLength(3);
    },
  );

  /** The different digests of sweeps that saw `record` with other values of one field. */
  function digestsWith(record: ImageRecord, field: string): string[] {
    const values = field === 'extra' ? [{}, { one: 1 }, { one: '1' }] : ['1', 1, null];
    return [...new Set(values.map((value) => digest([{ ...record, [field]: value }])))];
  }

  test('tells apart which source showed an image, and how many images there were', () => {
    const seen = [[], [imagesRecord('a')], [phoneRecord('a')], [imagesRecord('a'), phoneRecord('a')]];
    expect(new Set(seen.map((one) => digest(one))).size).toBe(seen.length);
  });

  test('tells apart how many records had no usable id, and where', () => {
    const unread = [
      [],
      [nameless('images')],
      [nameless('phone-images')],
      [nameless('images'), nameless('images')],
    ];
    expect(new Set(unread.map((rows) => digest(records, rows))).size).toBe(unread.length);
  });

  test('tells apart which listing showed an image', () => {
    const under = (['private', 'share'] as const).map((listed_under) => imagesRecord('a', { listed_under }));
    expect(new Set(under.map((one) => digest([one]))).size).toBe(2);
  });

  test('tells apart what each listing proved', () => {
    const snapshots: Snapshot[] = [
      sweep(records),
      sweep(records, { proofs: { public: 'unsupported' } }),
      sweep(records, { proofs: { public: 'incomplete' } }),
      sweep(records, { proofs: { private: 'incomplete' } }),
      sweep(records, { asked: ['private', 'public', 'all'] }),
    ].map((snapshot) => ({ ...snapshot, sightings: new Map() }));
    expect(new Set(snapshots.map((one) => snapshotDigest(one))).size).toBe(snapshots.length);
  });
});

function imagesPart(image_type: 'private' | 'share', seen: readonly ImageRecord[]): ListingPart {
  const proof = 'complete';
  return { source: 'images', image_type, proof, result: { records: seen, rejected: [], proof, drift: [] } };
}

test('fields that could not be read are told with the image they are of', () => {
  const torn = imagesRecord('a', { unreadable: ['image_size: text instead of a size'] });
  const phone = phoneRecord('a', { unreadable: ['os_type: a number instead of text'] });
  expect(unreadableFields(sweep([torn, phone, imagesRecord('b')]))).toEqual([
    { source: 'images', image_id: 'a', reason: 'image_size: text instead of a size' },
    { source: 'phone-images', image_id: 'a', reason: 'os_type: a number instead of text' },
  ]);
});

test.each([
  { records: 300, rejected: 3, complete: true },
  { records: 300, rejected: 4, complete: false },
  { records: 396, rejected: 4, complete: true },
  { records: 395, rejected: 4, complete: false },
  { records: 0, rejected: 3, complete: true },
])('$rejected records without a usable id beside $records others: complete $complete', (counts) => {
  const read = Array.from({ length: counts.records }, (_, i) => imagesRecord(`i${i}`));
  const rejected = Array.from({ length: counts.rejected }, () => nameless('images'));
  expect(sweep(read, { rejected }).complete).toBe(counts.complete);
});
