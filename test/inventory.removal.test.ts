import { describe, expect, test } from 'vitest';
import type { KnownImage } from '../src/inventory/diff.ts';
import { partialSnapshot, type Snapshot } from '../src/inventory/snapshot.ts';
import { imagesRecord, known, phoneRecord, sweep, unreadable } from './support/image-records.ts';
import { type ById, look } from './support/inventory-model.ts';

/** Looks one after another, each answered `byId`; returns what each of them changed and the rows they leave. */
function history(rows: readonly KnownImage[], snapshots: readonly Snapshot[], byId: ById = () => null) {
  let current = rows;
  const changed: string[][] = [];
  const asked: string[][] = [];
  for (const snapshot of snapshots) {
    const { rows: next, diff, review } = look(current, snapshot, { byId });
    changed.push(diff.changes.map((change) => `${change.image_id} ${change.type.replace('cph.image.', '')}`));
    asked.push(review.ask.map((image) => image.image_id));
    current = next;
  }
  return { changed, asked, rows: current };
}

/** A bystander in every sweep: whatever goes, it stays as it is. */
const other = known([imagesRecord('other'), phoneRecord('other')]);
const others = [imagesRecord('other'), phoneRecord('other')];
const empty = sweep(others);

describe('an image the images endpoint lists', () => {
  const row = known([imagesRecord('a')]);

  test('is removed when two complete sweeps miss it and it is not there by id', () => {
    const { changed, asked, rows } = history([row, other], [empty, empty]);
    expect(changed).toEqual([[], ['a removed']]);
    expect(asked).toEqual([[], ['a']]);
    expect(rows).toEqual([{ ...row, missing_from: ['images'], out_of_sight: true, removed: true }, other]);
  });

  test('is missing after the first: kept as it was, and to be looked at again', () => {
    const { diff, rows } = look([row, other], empty);
    expect(diff).toEqual({
      changes: [],
      marks: [{ image_id: 'a', missing_from: ['images'], missing: true, out_of_sight: true }],
      pending: 1,
    });
    expect(rows).toEqual([{ ...row, missing_from: ['images'], out_of_sight: true }, other]);
  });

  test('has an event of its removal that tells what it was', () => {
    const { diff } = look([{ ...row, missing_from: ['images'] }], empty);
    expect(diff.changes[0]).toMatchObject({
      type: 'cph.image.removed',
      before: row.image,
      after: null,
      changes: {},
      transition: null,
    });
    expect(diff.pending).toBe(0);
  });

  test('is still there when it is found by id, and starts anew', () => {
    const { changed, asked } = history([row], [empty, empty, empty], () => imagesRecord('a'));
    expect(changed.flat()).toEqual(['other created']);
    expect(asked).toEqual([[], ['a'], []]);
  });

  test('what is found by id counts like what is listed', () => {
    const found = imagesRecord('a', { status_code: 2 });
    const { changed, rows } = history([row, other], [empty, empty], () => found);
    expect(changed).toEqual([[], ['a status_changed']]);
    expect(rows[0]).toEqual(known([found]));
  });

  test('is still there when what is found by id cannot be read', () => {
    const { changed, rows } = history([row, other], [empty, empty], () => unreadable('images', 'a'));
    expect(changed).toEqual([[], []]);
    expect(rows[0]).toEqual({ ...row, out_of_sight: true });
  });

  test('waits when the question by id was not answered', () => {
    const unanswered = { ...row, missing_from: ['images'] as const };
    const { diff } = look([unanswered], { ...empty, complete: false });
    expect(diff).toMatchObject({ changes: [{ image_id: 'other' }], marks: [], pending: 1 });
  });

  test('starts anew when a sweep or a watch sees it in between', () => {
    for (const seen of [sweep([...others, imagesRecord('a')]), partialSnapshot([imagesRecord('a')], [])]) {
      const { changed, asked } = history([row, other], [empty, seen, empty]);
      expect([changed.flat(), asked.flat()]).toEqual([[], []]);
    }
  });

  test('a partial sweep between two complete ones neither counts nor starts anew', () => {
    const partial = sweep([], { proofs: { private: 'failed' } });
    const { changed, asked } = history([row, other], [empty, partial, partial, empty]);
    expect(changed).toEqual([[], [], [], ['a removed']]);
    expect(asked).toEqual([[], [], [], ['a']]);
  });

  test('is not removed when phone-images lists it by the time the images endpoint denies it', () => {
    const { changed, asked, rows } = history([row, other], [empty, sweep([...others, phoneRecord('a')])]);
    expect(changed).toEqual([[], ['a updated']]);
    expect(asked).toEqual([[], ['a']]);
    expect(rows).toEqual([known([phoneRecord('a')]), other]);
  });

  test('is asked for under whatever type it has, also one the API does not document', () => {
    const market = known([imagesRecord('m', { image_type: 'market' })]);
    expect(history([market, other], [empty, empty]).changed).toEqual([[], ['m removed']]);
  });
});

describe('an image only phone-images lists', () => {
  test('is removed when two complete sweeps miss it: there is no question by id', () => {
    const row = known([phoneRecord('a')]);
    const { changed, asked, rows } = history([row, other], [empty, empty]);
    expect(changed).toEqual([[], ['a removed']]);
    expect(asked.flat()).toEqual([]);
    expect(rows).toEqual([{ ...row, missing_from: ['phone-images'], removed: true }, other]);
  });
});

describe('an image both sources list', () => {
  const images = imagesRecord('a', { status_code: 2 });
  const phone = phoneRecord('a');
  const row = known([images, phone]);
  const onlyPhoneImages = sweep([...others, phone]);
  const onlyImages = sweep([...others, images]);

  test('goes at once, as a whole, when neither lists it', () => {
    const { changed, asked } = history([row, other], [empty, empty]);
    expect(changed).toEqual([[], ['a removed']]);
    expect(asked).toEqual([[], ['a']]);
  });

  test('keeps its status until the images endpoint denies it by id, and then only loses that', () => {
    const first = look([row, other], onlyPhoneImages);
    expect(first.diff).toEqual({
      changes: [],
      marks: [{ image_id: 'a', missing_from: ['images'], missing: false, out_of_sight: true }],
      pending: 1,
    });
    const second = look(first.rows, onlyPhoneImages);
    expect(second.diff.changes).toMatchObject([{ type: 'cph.image.updated', transition: null }]);
    expect(second.rows[0]?.image).toEqual(known([phone]).image);
    expect(second.rows[1]).toEqual(other);
    expect(look(second.rows, onlyPhoneImages).diff).toEqual({ changes: [], marks: [], pending: 0 });
  });

  test('keeps its status when the images endpoint finds it by id', () => {
    const looks = [onlyPhoneImages, onlyPhoneImages];
    const { changed, rows } = history([row, other], looks, () => images);
    expect(changed.flat()).toEqual([]);
    expect(rows).toEqual([row, other]);
  });

  test('loses what phone-images said when two complete sweeps of it miss the image', () => {
    const { changed, asked, rows } = history([row, other], [onlyImages, onlyImages]);
    expect(changed).toEqual([[], ['a updated']]);
    expect(asked.flat()).toEqual([]);
    expect(rows).toEqual([known([images]), other]);
  });

  test('stays when one source misses it for the second time and the other has a row that cannot be read', () => {
    const unread = sweep(others, { rejected: [unreadable('images', 'a')] });
    const { changed, rows } = history([row, other], [unread, unread]);
    expect(changed).toEqual([[], ['a updated']]);
    expect(rows[0]?.image).toEqual(known([images]).image);
  });

  test('keeps all of its fields when it is missing from one for the second time and from the other for the first', () => {
    const { changed, rows } = history([row, other], [onlyPhoneImages, empty]);
    expect(changed.flat()).toEqual([]);
    expect(rows[0]?.image).toEqual(row.image);
    expect(history(rows, [empty]).changed).toEqual([['a removed']]);
  });
});

describe('what says nothing about an image', () => {
  test('its unreadable record counts as present', () => {
    const rows = [known([imagesRecord('a')]), known([phoneRecord('b')]), other];
    const rejected = [unreadable('images', 'a'), unreadable('phone-images', 'b')];
    const unread = sweep(others, { rejected });
    const { changed, asked, rows: left } = history(rows, [empty, unread, unread, unread, empty]);
    expect([changed.flat(), asked.flat()]).toEqual([[], []]);
    expect(left.map((row) => row.image)).toEqual(rows.map((row) => row.image));
  });

  test('its unreadable record counts as present also in a source that did not list it before', () => {
    const rows = [known([imagesRecord('a')]), known([phoneRecord('b')]), other];
    const unread = sweep(others, { rejected: [unreadable('phone-images', 'a'), unreadable('images', 'b')] });
    const { changed, asked, rows: left } = history(rows, [empty, unread, unread, unread, empty]);
    expect([changed.flat(), asked.flat()]).toEqual([[], []]);
    expect(left.map((row) => row.image)).toEqual(rows.map((row) => row.image));
  });

  test('a row without an id keeps every image of its source, and only of its source', () => {
    const rows = [known([imagesRecord('a')]), known([phoneRecord('b')])];
    const inImages = sweep([], { rejected: [unreadable('images', null)] });
    expect(history(rows, [inImages, inImages]).changed.flat()).toEqual(['b removed']);
    const inPhoneImages = sweep([], { rejected: [unreadable('phone-images', null)] });
    expect(history(rows, [inPhoneImages, inPhoneImages]).changed.flat()).toEqual(['a removed']);
  });

  test('a row without an id keeps an image that was already missing, and the question open', () => {
    const anonymous = sweep(others, { rejected: [unreadable('images', null)] });
    const { changed, asked } = history([known([imagesRecord('a')]), other], [empty, anonymous, empty]);
    expect(changed).toEqual([[], [], ['a removed']]);
    expect(asked).toEqual([[], [], ['a']]);
  });

  test('a type that is no longer asked for removes nothing of that type', () => {
    const rows = [known([imagesRecord('s', { image_type: 'share' })]), known([imagesRecord('a')]), other];
    const narrowed = sweep(others, { asked: ['private', 'all'] });
    const { changed, asked } = history(rows, [narrowed, narrowed, narrowed]);
    expect(changed).toEqual([[], ['a removed'], []]);
    expect(asked).toEqual([[], ['a'], []]);
  });

  test('an image of an undocumented type may be in any listing, so all of them must miss it', () => {
    const market = known([imagesRecord('m', { image_type: 'market' })]);
    const narrowed = sweep(others, { asked: ['private', 'all'] });
    expect(history([market, other], [narrowed, narrowed]).changed.flat()).toEqual([]);
  });

  test('a source that is no longer read removes nothing it listed', () => {
    const rows = [known([phoneRecord('b')]), known([imagesRecord('a'), phoneRecord('a')]), other];
    const imagesOnly = sweep([imagesRecord('a'), imagesRecord('other')], {
      asked: ['public', 'private', 'share'],
    });
    const { changed, rows: left } = history(rows, [imagesOnly, imagesOnly, imagesOnly]);
    expect(changed.flat()).toEqual([]);
    expect(left).toEqual(rows);
  });
});
