import { describe, expect, test } from 'vitest';
import type { KnownImage } from '../src/inventory/diff.ts';
import { reviewRemovals } from '../src/inventory/removal.ts';
import { imagesRecord, known, phoneRecord, sweep } from './support/image-records.ts';
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
    { count: 11, gone: 10, limit: 0.2, held: false },
    { count: 12, gone: 11, limit: 0.2, held: true },
    { count: 3, gone: 3, limit: 0, held: false },
    { count: 4, gone: 4, limit: 1, held: true },
    { count: 4, gone: 3, limit: 0, held: false },
    { count: 100, gone: 10, limit: 0, held: false },
    { count: 100, gone: 11, limit: 0, held: true },
    { count: 100, gone: 99, limit: 1, held: false },
    { count: 100, gone: 0, limit: 0, held: false },
  ])('of $count images $gone missing, at $limit: held $held', ({ count, gone, limit, held }) => {
    const reviewed = review(count, gone, limit);
    expect(reviewed.held.size).toBe(held ? gone : 0);
    expect(reviewed.held_listings).toEqual(held ? ['images/private'] : []);
    expect(reviewed.ask).toEqual([]);
  });

  test('is measured on current images only', () => {
    const removed = rowsOf(ids(1000, 'removed'), { ...MISSING, removed: true });
    const rows = [...rowsOf(ids(50)), ...removed];
    expect(reviewRemovals(rows, sweep(listed(ids(50).slice(11))), 0.2).held.size).toBe(11);
  });

  test('counts images that left one of two sources, which would take every status along', () => {
    const both = (image_id: string) => known([imagesRecord(image_id), phoneRecord(image_id)]);
    const dropped = ids(20, 'dropped');
    const stays = ids(80, 'stays');
    const records = [...dropped, ...stays].map((image_id) => phoneRecord(image_id));
    const snapshot = sweep([...records, ...listed(stays)]);
    const reviewed = reviewRemovals([...dropped, ...stays].map(both), snapshot, 0.1);
    expect([...reviewed.held]).toEqual(dropped);
    expect(reviewed.held_listings).toEqual(['images/private']);
  });

  const shared = (image_id: string) => imagesRecord(image_id, { image_type: 'public' });

  test.each([
    ['50 private images beside 300 public ones', 50, 50],
    ['30 of 50 private images beside 300 public ones', 50, 30],
    ['12 of 50 private images beside 5,000 public ones', 50, 12],
  ])(
    'is measured on each listing, so that a large one does not hide a small one: %s',
    (name, count, gone) => {
      const large = ids(name.includes('5,000') ? 5000 : 300, 'public');
      const small = ids(count, 'private');
      const rows = [...large.map((id) => known([shared(id)])), ...rowsOf(small)];
      const snapshot = sweep([...large.map(shared), ...listed(small.slice(gone))]);
      const { held, held_listings } = reviewRemovals(rows, snapshot, 0.2);
      expect([...held]).toEqual(small.slice(0, gone));
      expect(held_listings).toEqual(['images/private']);
    },
  );

  test('holds one listing and lets go of what others are missing', () => {
    const [large, small] = [ids(300, 'public'), ids(50, 'private')];
    const rows = [...large.map((id) => known([shared(id)], MISSING)), ...rowsOf(small, MISSING)];
    const { held, ask } = reviewRemovals(rows, sweep(large.slice(1).map(shared)), 0.2);
    expect([...held]).toEqual(small);
    expect(ask).toEqual([{ image_id: 'public-0', listed_under: 'public' }]);
  });

  test('is measured on the project too, where each listing is under it', () => {
    const types = ['public', 'private', 'share'] as const;
    const record = (image_type: (typeof types)[number], n: number) =>
      imagesRecord(`${image_type}-${n}`, { image_type });
    const records = types.flatMap((type) => Array.from({ length: 9 }, (_, n) => record(type, n)));
    const stays = records.filter(({ image_id }) => /[5-8]$/.test(image_id));
    const { held, held_listings } = reviewRemovals(
      records.map((one) => known([one])),
      sweep(stays),
      0.2,
    );
    expect(held.size).toBe(15);
    expect(held_listings).toEqual(['images/private', 'images/public', 'images/share']);
  });

  test('counts nothing of a listing that is no longer asked for', () => {
    const shares = ids(60, 'share').map((id) => known([imagesRecord(id, { image_type: 'share' })], MISSING));
    const rows = [...shares, ...rowsOf(ids(60, 'private'))];
    const narrowed = sweep(listed(ids(60, 'private').slice(13)), { asked: ['private', 'all'] });
    const { held, held_listings } = reviewRemovals(rows, narrowed, 0.2);
    expect([...held]).toEqual(ids(13, 'private'));
    expect(held_listings).toEqual(['images/private']);
  });

  test('an endpoint that lists nothing while the other lists all is held, and takes no status with it', () => {
    const before = ids(30, 'both').map((id) => known([imagesRecord(id), phoneRecord(id)]));
    const phoneOnly = sweep(ids(30, 'both').map((id) => phoneRecord(id)));
    let rows: readonly KnownImage[] = before;
    for (const _sweep of [1, 2, 3]) {
      const { review, diff, rows: left } = look(rows, phoneOnly, { limit: 0.2 });
      rows = left;
      expect([review.held.size, review.ask]).toEqual([30, []]);
      expect(diff.changes).toEqual([]);
    }
    expect(rows.map(({ image }) => image)).toEqual(before.map(({ image }) => image));
  });

  test('a partial sweep is neither held nor asked about', () => {
    const partial = sweep([], { proofs: { share: 'failed' } });
    expect(reviewRemovals(rowsOf(ids(100), MISSING), partial, 0)).toEqual({
      held: new Set(),
      held_listings: [],
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
    expect([review.held.size, review.ask]).toEqual([30, []]);
    expect(left.filter((row) => row.missing_from.length > 0).map((row) => row.image.image_id)).toEqual(gone);
  });

  test('applies everything else, and asks for none of the held images, however often it looks', () => {
    const first = look(rows, snapshot, { limit: 0.2 });
    expect(first.diff.changes.map((change) => `${change.image_id} ${change.type}`)).toEqual([
      'changes cph.image.status_changed',
      'new cph.image.created',
    ]);
    const second = look(first.rows, snapshot, { limit: 0.2 });
    expect([second.review.held.size, second.review.ask]).toEqual([30, []]);
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
        expect([review.held.size, review.ask]).toEqual([30, []]);
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
    expect(review.held.size).toBe(30 - let_go.length);
    expect(review.ask.map((image) => image.image_id)).toEqual(let_go);
    expect(left.filter((row) => row.removed).map((row) => row.image.image_id)).toEqual(let_go);
  });

  test('is no longer held when all of it was approved', () => {
    const { rows: missing } = look(rows, snapshot, { limit: 0.2 });
    const approved = missing.map((row) => ({ ...row, removal_approved: row.missing_from.length > 0 }));
    const { review, rows: left } = look(approved, snapshot, { limit: 0.2 });
    expect(review.held.size).toBe(0);
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
    expect([review.held.size, diff.changes, diff.pending]).toEqual([0, [], 0]);
    expect(left.slice(0, rows.length - 1)).toEqual(rows.slice(0, -1));
  });
});
