import { describe, expect, test } from 'vitest';
import { diffSnapshot, type KnownImage } from '../src/inventory/diff.ts';
import { partialSnapshot, type Snapshot } from '../src/inventory/snapshot.ts';
import { imagesRecord, known, phoneRecord, sweep } from './support/image-records.ts';

const NOTHING = { changes: [], marks: [], pending: 0 };
const NOTHING_HELD = { held: new Set<string>(), ignored: new Set<string>() };

function diff(rows: readonly KnownImage[], snapshot: Snapshot) {
  return diffSnapshot(rows, snapshot, NOTHING_HELD);
}

describe('a look that is not complete', () => {
  const rows = [
    known([imagesRecord('a'), phoneRecord('a')]),
    known([imagesRecord('b', { status_code: 0 })]),
    known([phoneRecord('c')]),
  ];
  const looks: [string, Snapshot][] = [
    ['a sweep with a failed listing', sweep([], { proofs: { share: 'failed' } })],
    ['a sweep with a denied listing', sweep([], { proofs: { all: 'denied' } })],
    ['a sweep with a listing that does not add up', sweep([], { proofs: { private: 'incomplete' } })],
    ['a watch', partialSnapshot([], [])],
  ];

  test.each(looks)('marks and removes nothing it does not see: %s', (_name, snapshot) => {
    expect(diff(rows, snapshot)).toEqual(NOTHING);
  });

  test.each(looks)(
    'removes nothing a complete sweep missed before, and forgets no absence: %s',
    (_name, snapshot) => {
      const missing = [
        known([imagesRecord('a')], { missing_from: ['images'], out_of_sight: true }),
        known([phoneRecord('c')], { missing_from: ['phone-images'] }),
      ];
      const asked = { ...snapshot, absent: new Set(['a', 'c']) };
      expect(diff(missing, asked)).toEqual({ ...NOTHING, pending: 2 });
    },
  );

  test('still adds and updates what it sees', () => {
    const seen = [imagesRecord('b', { status_code: 2 }), imagesRecord('d')];
    for (const snapshot of [sweep(seen, { proofs: { all: 'failed' } }), partialSnapshot(seen, [])]) {
      const { changes, marks } = diff(rows, snapshot);
      expect(changes.map((change) => [change.image_id, change.type])).toEqual([
        ['b', 'cph.image.status_changed'],
        ['d', 'cph.image.created'],
      ]);
      expect(marks).toEqual([]);
    }
  });

  test('finds an image that a complete sweep missed', () => {
    const row = known([imagesRecord('a')], { missing_from: ['images'], out_of_sight: true });
    expect(diff([row], partialSnapshot([imagesRecord('a')], []))).toEqual({
      changes: [],
      marks: [
        { image_id: 'a', listed_under: 'private', missing_from: [], missing: false, out_of_sight: false },
      ],
      pending: 0,
    });
  });
});

describe('the age of a status', () => {
  const both = [imagesRecord('a'), phoneRecord('a')];
  const outOfSight = (row: KnownImage, snapshot: Snapshot) => {
    const { changes, marks } = diff([row], snapshot);
    return [...changes, ...marks].map((found) => found.out_of_sight);
  };

  test('a complete sweep that does not show the status puts the image out of sight, once', () => {
    const unread = sweep([imagesRecord('a', { status_code: null }), phoneRecord('a')]);
    expect(outOfSight(known(both), unread)).toEqual([true]);
    expect(outOfSight(known(both, { out_of_sight: true }), unread)).toEqual([]);
    expect(outOfSight(known(both), sweep([phoneRecord('a')], { asked: ['public', 'share', 'all'] }))).toEqual(
      [true],
    );
  });

  test('a look that fails to ask leaves it as it is', () => {
    expect(outOfSight(known(both), sweep([phoneRecord('a')], { proofs: { private: 'failed' } }))).toEqual([]);
  });

  test('any look that shows the status brings it back into sight', () => {
    const row = known(both, { out_of_sight: true });
    expect(outOfSight(row, sweep(both))).toEqual([false]);
    expect(outOfSight(row, partialSnapshot([imagesRecord('a')], []))).toEqual([false]);
  });

  test('an image that has no status is never out of sight, and neither is one that has just got one', () => {
    expect(outOfSight(known([phoneRecord('a')]), sweep([phoneRecord('a')]))).toEqual([]);
    expect(outOfSight(known([phoneRecord('a')], { out_of_sight: true }), sweep(both))).toEqual([false]);
  });
});
