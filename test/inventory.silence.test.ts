import { describe, expect, test } from 'vitest';
import { imagesRecord, known, nameless, phoneRecord, sweep } from './support/image-records.ts';
import { look, looks } from './support/inventory-model.ts';

/** A bystander in every sweep: whatever goes, it stays as it is. */
const other = known([imagesRecord('other'), phoneRecord('other')]);
const others = [imagesRecord('other'), phoneRecord('other')];
const empty = sweep(others);

describe('what says nothing about an image', () => {
  test('a row without an id may be any image of its source, so that the sweep removes none at all', () => {
    const rows = [known([imagesRecord('a')]), known([phoneRecord('b')])];
    for (const source of ['images', 'phone-images'] as const) {
      const unread = sweep([], { rejected: [nameless(source)] });
      const { changed, rows: left } = looks(rows, [unread, unread, unread]);
      expect(changed.flat()).toEqual([]);
      expect(left).toEqual(rows);
    }
  });

  test('a row without an id is none of the images of the other source', () => {
    const unread = sweep(others, { rejected: [nameless('images')] });
    expect(looks([known([phoneRecord('b')]), other], [unread, unread]).changed.flat()).toEqual(['b removed']);
  });

  test('a row without an id keeps an image that was already missing, and the question open', () => {
    const anonymous = sweep(others, { rejected: [nameless('images')] });
    const { changed, asked } = looks([known([imagesRecord('a')]), other], [empty, anonymous, empty]);
    expect(changed).toEqual([[], [], ['a removed']]);
    expect(asked).toEqual([[], [], ['a']]);
  });

  test.each(['A-1', 'a_1', 'A1'])('an image whose id is spelt %s by now is not missing', (respelt) => {
    const rows = [known([imagesRecord('a-1')]), other];
    const shown = sweep([...others, imagesRecord(respelt)]);
    const { changed, asked } = looks(rows, [shown, shown, shown]);
    expect(changed).toEqual([[`${respelt} created`], [], []]);
    expect(asked.flat()).toEqual([]);
  });

  test('a type that is no longer asked for removes nothing of that type', () => {
    const rows = [known([imagesRecord('s', { image_type: 'share' })]), known([imagesRecord('a')]), other];
    const narrowed = sweep(others, { asked: ['private', 'all'] });
    const { changed, asked } = looks(rows, [narrowed, narrowed, narrowed]);
    expect(changed).toEqual([[], ['a removed'], []]);
    expect(asked).toEqual([[], ['a'], []]);
  });

  test('an image of an undocumented type may be in any listing, so all of them must miss it', () => {
    const market = known([imagesRecord('m', { image_type: 'market' })], { listed_under: null });
    const narrowed = sweep(others, { asked: ['private', 'all'] });
    expect(looks([market, other], [narrowed, narrowed]).changed.flat()).toEqual([]);
  });

  test('an image belongs to the listing that showed it, whatever type it names', () => {
    const rows = [known([imagesRecord('m', { image_type: 'market', listed_under: 'share' })]), other];
    const narrowed = sweep(others, { asked: ['private', 'all'] });
    expect(looks(rows, [narrowed, narrowed]).changed.flat()).toEqual([]);
    expect(looks(rows, [empty, empty]).changed.flat()).toEqual(['m removed']);
  });

  test('a mark of a listing that is no longer asked for is cleared, and waits for nothing', () => {
    const image = imagesRecord('s', { image_type: 'share' });
    const missing = known([image], { missing_from: ['images'], out_of_sight: true });
    const { diff, rows } = look([missing, other], sweep(others, { asked: ['private', 'all'] }));
    expect(diff).toMatchObject({ changes: [], pending: 0 });
    expect(rows[0]).toEqual({ ...missing, missing_from: [] });
  });

  test('a source that is no longer read removes nothing it listed', () => {
    const rows = [known([phoneRecord('b')]), known([imagesRecord('a'), phoneRecord('a')]), other];
    const imagesOnly = sweep([imagesRecord('a'), imagesRecord('other')], {
      asked: ['public', 'private', 'share'],
    });
    const { changed, rows: left } = looks(rows, [imagesOnly, imagesOnly, imagesOnly]);
    expect(changed.flat()).toEqual([]);
    expect(left).toEqual(rows);
  });

  test('an image goes when every source that is still read has let go of it', () => {
    const both = known([imagesRecord('a'), phoneRecord('a')]);
    const imagesOnly = sweep([imagesRecord('other')], { asked: ['public', 'private', 'share'] });
    expect(looks([both, other], [imagesOnly, imagesOnly]).changed).toEqual([[], ['a removed']]);
  });
});
