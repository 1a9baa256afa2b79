import { describe, expect, test } from 'vitest';
import { partialSnapshot } from '../src/inventory/snapshot.ts';
import { imagesRecord, known, nameless, phoneRecord, sweep } from './support/image-records.ts';
import { look, looks } from './support/inventory-model.ts';

/** A bystander in every sweep: whatever goes, it stays as it is. */
const other = known([imagesRecord('other'), phoneRecord('other')]);
const others = [imagesRecord('other'), phoneRecord('other')];
const empty = sweep(others);

describe('an image the images endpoint lists', () => {
  const row = known([imagesRecord('a')]);

  test('is removed when two complete sweeps miss it and it is not there by id', () => {
    const { changed, asked, rows } = looks([row, other], [empty, empty]);
    expect(changed).toEqual([[], ['a removed']]);
    expect(asked).toEqual([[], ['a']]);
    expect(rows).toEqual([{ ...row, missing_from: ['images'], out_of_sight: true, removed: true }, other]);
  });

  test('is missing after the first: kept as it was, and to be looked at again', () => {
    const { diff, rows } = look([row, other], empty);
    expect(diff).toEqual({
      changes: [],
      marks: [
        {
          image_id: 'a',
          listed_under: 'private',
          missing_from: ['images'],
          missing: true,
          out_of_sight: true,
        },
      ],
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
    const { changed, asked } = looks([row], [empty, empty, empty], () => imagesRecord('a'));
    expect(changed.flat()).toEqual(['other created']);
    expect(asked).toEqual([[], ['a'], []]);
  });

  test('what is found by id counts like what is listed', () => {
    const found = imagesRecord('a', { status_code: 2 });
    const { changed, rows } = looks([row, other], [empty, empty], () => found);
    expect(changed).toEqual([[], ['a status_changed']]);
    expect(rows[0]).toEqual(known([found]));
  });

  test('may still be there when what is found by id has no usable id', () => {
    const { changed, rows } = looks([row, other], [empty, empty, empty], () => nameless('images'));
    expect(changed).toEqual([[], [], []]);
    expect(rows[0]).toEqual({ ...row, missing_from: ['images'], out_of_sight: true });
  });

  test('is still there when what is found by id has fields that cannot be read', () => {
    const torn = imagesRecord('a', { image_size: null, unreadable: ['image_size: text instead of a size'] });
    const { changed, rows } = looks([row, other], [empty, empty], () => torn);
    expect(changed).toEqual([[], []]);
    expect(rows[0]).toEqual(row);
  });

  test('waits when the question by id was not answered', () => {
    const unanswered = { ...row, missing_from: ['images'] as const };
    const { diff } = look([unanswered], { ...empty, complete: false });
    expect(diff).toMatchObject({ changes: [{ image_id: 'other' }], marks: [], pending: 1 });
  });

  test('starts anew when a sweep or a watch sees it in between', () => {
    for (const seen of [sweep([...others, imagesRecord('a')]), partialSnapshot([imagesRecord('a')], [])]) {
      const { changed, asked } = looks([row, other], [empty, seen, empty]);
      expect([changed.flat(), asked.flat()]).toEqual([[], []]);
    }
  });

  test('a partial sweep between two complete ones neither counts nor starts anew', () => {
    const partial = sweep([], { proofs: { private: 'failed' } });
    const { changed, asked } = looks([row, other], [empty, partial, partial, empty]);
    expect(changed).toEqual([[], [], [], ['a removed']]);
    expect(asked).toEqual([[], [], [], ['a']]);
  });

  test('is not removed when phone-images lists it by the time the images endpoint denies it', () => {
    const { changed, asked, rows } = looks([row, other], [empty, sweep([...others, phoneRecord('a')])]);
    expect(changed).toEqual([[], ['a updated']]);
    expect(asked).toEqual([[], ['a']]);
    expect(rows).toEqual([known([phoneRecord('a')]), other]);
  });

  test('is asked for under whatever type it has, also one the API does not document', () => {
    const market = known([imagesRecord('m', { image_type: 'market' })], { listed_under: null });
    expect(looks([market, other], [empty, empty]).changed).toEqual([[], ['m removed']]);
  });
});

describe('an image only phone-images lists', () => {
  test('is removed when two complete sweeps miss it: there is no question by id', () => {
    const row = known([phoneRecord('a')]);
    const { changed, asked, rows } = looks([row, other], [empty, empty]);
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
    const { changed, asked } = looks([row, other], [empty, empty]);
    expect(changed).toEqual([[], ['a removed']]);
    expect(asked).toEqual([[], ['a']]);
  });

  test('keeps its status until the images endpoint denies it by id, and then only loses that', () => {
    const first = look([row, other], onlyPhoneImages);
    expect(first.diff).toEqual({
      changes: [],
      marks: [
        {
          image_id: 'a',
          listed_under: 'private',
          missing_from: ['images'],
          missing: false,
          out_of_sight: true,
        },
      ],
      pending: 1,
    });
    const second = look(first.rows, onlyPhoneImages);
    expect(second.diff.changes).toMatchObject([{ type: 'cph.image.updated', transition: null }]);
    expect(second.rows[0]?.image).toEqual(known([phone]).image);
    expect(second.rows[1]).toEqual(other);
    expect(look(second.rows, onlyPhoneImages).diff).toEqual({ changes: [], marks: [], pending: 0 });
  });

  test('keeps its status when the images endpoint finds it by id', () => {
    const sweeps = [onlyPhoneImages, onlyPhoneImages];
    const { changed, rows } = looks([row, other], sweeps, () => images);
    expect(changed.flat()).toEqual([]);
    expect(rows).toEqual([row, other]);
  });

  test('loses what phone-images said when two complete sweeps of it miss the image', () => {
    const { changed, asked, rows } = looks([row, other], [onlyImages, onlyImages]);
    expect(changed).toEqual([[], ['a updated']]);
    expect(asked.flat()).toEqual([]);
    expect(rows).toEqual([known([images]), other]);
  });

  test('loses nothing to one source while a row of the other may be it', () => {
    const unread = sweep(others, { rejected: [nameless('images')] });
    const { changed, rows } = looks([row, other], [unread, unread, unread]);
    expect(changed.flat()).toEqual([]);
    expect(rows[0]?.image).toEqual(row.image);
  });

  test('keeps all of its fields when it is missing from one for the second time and from the other for the first', () => {
    const { changed, rows } = looks([row, other], [onlyPhoneImages, empty]);
    expect(changed.flat()).toEqual([]);
    expect(rows[0]?.image).toEqual(row.image);
    expect(looks(rows, [empty]).changed).toEqual([['a removed']]);
  });
});
