import { describe, expect, test } from 'vitest';
import type { KnownImage } from '../src/inventory/diff.ts';
import { reviewRemovals } from '../src/inventory/removal.ts';
import { imagesRecord, known, phoneRecord, sweep, unreadable } from './support/image-records.ts';
import { look } from './support/inventory-model.ts';

const ids = (count: number, prefix = 'image') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
const listed = (image_ids: readonly string[]) => image_ids.map((image_id) => imagesRecord(image_id));
const rowsOf = (image_ids: readonly string[], kept: Partial<KnownImage> = {}) =>
  image_ids.map((image_id) => known([imagesRecord(image_id)], kept));
const MISSING = { missing_from: ['images'], out_of_sight: true } as const;

/** Of `count` known images the first `gone` are not listed. */
function review(count: number, gone: number, limit: number) {
  return reviewRemovals(rowsOf(ids(count)), sweep(listed(ids(count).slice(gone))), limit);
}

describe('the limit', () => {
  test.each([
    { count: 100, gone: 20, limit: 0.2, held: false },
    { count: 100, gone: 21, limit: 0.2, held: true },
    { count: 10, gone: 10, limit: 0.2, held: false },
    { count: 11, gone: 11, limit: 0.2, held: true },
    { count: 100, gone: 10, limit: 0, held: false },
    { count: 100, gone: 11, limit: 0, held: true },
    { count: 100, gone: 100, limit: 1, held: false },
    { count: 100, gone: 0, limit: 0, held: false },
  ])('of $count images $gone missing, at $limit: held $held', ({ count, gone, limit, held }) => {
    expect(review(count, gone, limit)).toEqual({ missing: gone, held, ask: [] });
  });

  test('is measured on current images only', () => {
    const removed = rowsOf(ids(1000, 'removed'), { ...MISSING, removed: true });
    const rows = [...rowsOf(ids(50)), ...removed];
    expect(reviewRemovals(rows, sweep(listed(ids(50).slice(11))), 0.2)).toMatchObject({
      missing: 11,
      held: true,
    });
  });

  test('counts images that left one of two sources, which would take every status along, but none that is unreadable', () => {
    const both = (image_id: string) => known([imagesRecord(image_id), phoneRecord(image_id)]);
    const dropped = ids(20, 'dropped');
    const moved = ids(20, 'moved');
    const unread = ids(20, 'unread');
    const rows = [...dropped.map(both), ...rowsOf(moved), ...unread.map(both), ...rowsOf(['gone'])];
    const snapshot = sweep(
      [...dropped, ...moved].map((image_id) => phoneRecord(image_id)),
      { rejected: unread.map((image_id) => unreadable('phone-images', image_id)) },
    );
    expect(reviewRemovals(rows, snapshot, 0)).toEqual({ missing: 61, held: true, ask: [] });
  });

  test('an endpoint that lists nothing while the other lists all is held, and takes no status with it', () => {
    const before = ids(30, 'both').map((id) => known([imagesRecord(id), phoneRecord(id)]));
    const phoneOnly = sweep(ids(30, 'both').map((id) => phoneRecord(id)));
    let rows: readonly KnownImage[] = before;
    for (const _sweep of [1, 2, 3]) {
      const { review, diff, rows: left } = look(rows, phoneOnly, { limit: 0.2 });
      rows = left;
      expect(review).toEqual({ missing: 30, held: true, ask: [] });
      expect(diff.changes).toEqual([]);
    }
    expect(rows.map(({ image }) => image)).toEqual(before.map(({ image }) => image));
  });

  test('a partial sweep is neither held nor asked about', () => {
    const partial = sweep([], { proofs: { share: 'failed' } });
    expect(reviewRemovals(rowsOf(ids(100), MISSING), partial, 0)).toEqual({
      missing: 0,
      held: false,
      ask: [],
    });
  });
});

describe('a held sweep', () => {
  const gone = ids(30, 'gone');
  const rows = [...rowsOf(gone), ...rowsOf(['stays', 'changes'])];
  const snapshot = sweep([
    imagesRecord('stays'),
    imagesRecord('changes', { status_code: 2 }),
    imagesRecord('new'),
  ]);

  test('is held from the first sweep that misses the images', () => {
    const { review, rows: left } = look(rows, snapshot, { limit: 0.2 });
    expect(review).toEqual({ missing: 30, held: true, ask: [] });
    expect(left.filter((row) => row.missing_from.length > 0).map((row) => row.image.image_id)).toEqual(gone);
  });

  test('applies everything else, and asks for none of the held images, however often it looks', () => {
    const first = look(rows, snapshot, { limit: 0.2 });
    expect(first.diff.changes.map((change) => `${change.image_id} ${change.type}`)).toEqual([
      'changes cph.image.status_changed',
      'new cph.image.created',
    ]);
    const second = look(first.rows, snapshot, { limit: 0.2 });
    expect(second.review).toEqual({ missing: 30, held: true, ask: [] });
    expect(second.diff).toEqual({ changes: [], marks: [], pending: 30 });
  });

  test.each([
    ['both sources', (id: string) => [imagesRecord(id), phoneRecord(id)]],
    ['the images endpoint', (id: string) => [imagesRecord(id)]],
    ['phone-images', (id: string) => [phoneRecord(id)]],
  ])(
    'leaves images that %s listed every field, missing but known, however often it looks',
    (_case, records) => {
      const before = gone.map((id) => known(records(id)));
      let left: readonly KnownImage[] = before;
      for (const _sweep of [1, 2, 3]) {
        const { review, rows: kept } = look(left, sweep([]), { limit: 0.2 });
        left = kept;
        expect(review).toEqual({ missing: 30, held: true, ask: [] });
        expect(left.map((row) => [row.image, row.missing_from, row.removed])).toEqual(
          before.map(({ image }) => [image, image.listed_in, false]),
        );
      }
    },
  );

  test('lets approved images go by the same three steps, and them alone', () => {
    const { rows: missing } = look(rows, snapshot, { limit: 0.2 });
    const approved = missing.map((row) => ({ ...row, removal_approved: row.image.image_id < 'gone-15' }));
    const let_go = gone.filter((id) => id < 'gone-15');
    const { review, rows: left } = look(approved, snapshot, { limit: 0.2 });
    expect(review).toMatchObject({ missing: 30 - let_go.length, held: true });
    expect(review.ask.map((image) => image.image_id)).toEqual(let_go);
    expect(left.filter((row) => row.removed).map((row) => row.image.image_id)).toEqual(let_go);
  });

  test('is no longer held when all of it was approved', () => {
    const { rows: missing } = look(rows, snapshot, { limit: 0.2 });
    const approved = missing.map((row) => ({ ...row, removal_approved: row.missing_from.length > 0 }));
    const { review, rows: left } = look(approved, snapshot, { limit: 0.2 });
    expect(review).toMatchObject({ missing: 0, held: false });
    expect(left.filter((row) => !row.removed).map((row) => row.image.image_id)).toEqual([
      'stays',
      'changes',
      'new',
    ]);
  });

  test('an approved image that is there by id stays', () => {
    const [row] = rowsOf(['a'], { ...MISSING, removal_approved: true });
    if (!row) throw new Error('no row');
    const { rows: left } = look([row], sweep([]), { byId: () => imagesRecord('a') });
    expect(left).toEqual([known([imagesRecord('a')])]);
  });

  test('is over when the images are back, and nothing happened to them', () => {
    const { rows: missing } = look(rows, snapshot, { limit: 0.2 });
    const back = sweep(
      [...snapshot.sightings.values()].flatMap(({ images }) => images ?? []).concat(listed(gone)),
    );
    const { review, diff, rows: left } = look(missing, back, { limit: 0.2 });
    expect([review.held, diff.changes, diff.pending]).toEqual([false, [], 0]);
    expect(left.slice(0, rows.length - 1)).toEqual(rows.slice(0, -1));
  });
});
