import { describe, expect, test } from 'vitest';
import { diffSnapshot, type ImageChange, type KnownImage } from '../src/inventory/diff.ts';
import { mergeImage } from '../src/inventory/merge.ts';
import { partialSnapshot, type Snapshot } from '../src/inventory/snapshot.ts';
import { imagesRecord, known, phoneRecord, sightingOf, sweep } from './support/image-records.ts';
import { look } from './support/inventory-model.ts';

const NOTHING = { changes: [], marks: [], pending: 0 };
const NOTHING_HELD = { held: new Set<string>(), ignored: new Set<string>() };

function diff(rows: readonly KnownImage[], snapshot: Snapshot) {
  return diffSnapshot(rows, snapshot, NOTHING_HELD);
}

/** The one change of a diff that marks nothing. */
function onlyChange(rows: readonly KnownImage[], snapshot: Snapshot): ImageChange {
  const { changes, marks } = diff(rows, snapshot);
  expect(marks).toEqual([]);
  const [change, ...others] = changes;
  expect(others).toEqual([]);
  if (!change) throw new Error('nothing changed');
  return change;
}

describe('what stays as it is', () => {
  const everything = [
    imagesRecord('a'),
    phoneRecord('a'),
    imagesRecord('b', { status_code: 2 }),
    phoneRecord('c'),
  ];
  const rows = [
    known([imagesRecord('a'), phoneRecord('a')]),
    known([imagesRecord('b', { status_code: 2 })]),
    known([phoneRecord('c')]),
  ];

  test('images that say the same again are no change and leave no mark', () => {
    expect(diff(rows, sweep(everything))).toEqual(NOTHING);
    expect(diff([], sweep([]))).toEqual(NOTHING);
  });

  test('one changed image leaves the others alone', () => {
    const snapshot = sweep([...everything.slice(1), imagesRecord('a', { image_name: 'renamed' })]);
    expect(onlyChange(rows, snapshot)).toMatchObject({ type: 'cph.image.updated', image_id: 'a' });
  });

  test('keys of extra in another order are no change, another value is', () => {
    const row = known([imagesRecord('a', { extra: { tags: { x: 1, y: 2 }, arch: 'arm64' } })]);
    const reordered = imagesRecord('a', { extra: { arch: 'arm64', tags: { y: 2, x: 1 } } });
    expect(diff([row], sweep([reordered]))).toEqual(NOTHING);
    const retagged = { arch: 'arm64', tags: { y: 2, x: 3 } };
    expect(onlyChange([row], sweep([imagesRecord('a', { extra: retagged })])).changes).toEqual({
      extra: { from: row.image.extra, to: retagged },
    });
  });
});

describe('created', () => {
  test('an image at first sight, with a transition from nothing to its status', () => {
    const snapshot = sweep([imagesRecord('a', { status_code: 0 }), phoneRecord('a')]);
    expect(onlyChange([], snapshot)).toEqual({
      type: 'cph.image.created',
      image_id: 'a',
      before: null,
      after: mergeImage(null, sightingOf(imagesRecord('a', { status_code: 0 }), phoneRecord('a'))),
      changes: {},
      transition: { from: null, to: 'creating' },
      listed_under: 'private',
      missing_from: [],
      out_of_sight: false,
      status_read: true,
    });
  });

  test('an image without a status, without a transition', () => {
    const change = onlyChange([], sweep([phoneRecord('a')]));
    expect(change).toMatchObject({ type: 'cph.image.created', transition: null, status_read: false });
    expect(change.after?.status).toBeNull();
  });
});

describe('updated', () => {
  test('names each changed field, what it was and what it is', () => {
    const row = known([imagesRecord('a'), phoneRecord('a')]);
    const snapshot = sweep([imagesRecord('a', { image_size: 7 }), phoneRecord('a', { os_name: 'AOSP11' })]);
    const change = onlyChange([row], snapshot);
    expect(change).toMatchObject({ type: 'cph.image.updated', before: row.image, transition: null });
    expect(change.changes).toEqual({
      image_size: { from: 1_306_150_912, to: 7 },
      os_name: { from: 'AOSP7.1.1', to: 'AOSP11' },
    });
    expect(change.after).toEqual({ ...row.image, image_size: 7, os_name: 'AOSP11' });
  });

  test('a source that begins to list the image adds its fields', () => {
    const row = known([imagesRecord('a')]);
    const change = onlyChange([row], sweep([imagesRecord('a'), phoneRecord('a')]));
    expect(change.type).toBe('cph.image.updated');
    expect(change.changes).toMatchObject({
      os_type: { from: null, to: 'aosp' },
      listed_in: { from: ['images'], to: ['images', 'phone-images'] },
    });
  });

  test('a record that leaves out a status, a size and a label leaves them as they are known', () => {
    const row = known([imagesRecord('a', { status_code: 2 }), phoneRecord('a')]);
    const silent = sweep([
      imagesRecord('a', { status_code: null, image_size: null, image_name: null, extra: {} }),
      phoneRecord('a', { os_name: null, image_label: null }),
    ]);
    expect(diff([row], silent).changes).toEqual([]);
  });

  test('a status that is left out and comes back is no transition', () => {
    const row = known([imagesRecord('a', { status_code: 2 })]);
    const silent = look([row], sweep([imagesRecord('a', { status_code: null })]));
    expect(silent.rows[0]?.image).toEqual(row.image);
    expect(look(silent.rows, sweep([imagesRecord('a', { status_code: 2 })])).diff.changes).toEqual([]);
  });

  test('a field that is ignored changes nothing by itself, and leaves the image with its next change', () => {
    const said = { image_version: 'AOSP 9.0', extra: { download_url: 'signed-1', arch: 'arm64' } };
    const row = known([imagesRecord('a', said)]);
    const ignored = new Set(['image_version', 'download_url']);
    const now = { image_version: null, extra: { arch: 'arm64' } };
    const quiet = diffSnapshot([row], sweep([imagesRecord('a', now)]), { ...NOTHING_HELD, ignored });
    expect(quiet).toEqual(NOTHING);
    const renamed = sweep([imagesRecord('a', { ...now, image_name: 'renamed' })]);
    const [change] = diffSnapshot([row], renamed, { ...NOTHING_HELD, ignored }).changes;
    expect(change?.after).toMatchObject({ image_version: null, extra: { arch: 'arm64' } });
    expect(Object.keys(change?.changes ?? {}).sort()).toEqual(['extra', 'image_name', 'image_version']);
  });

  test('a field that is ignored stays out of an image that comes back', () => {
    const said = { image_version: 'AOSP 9.0', extra: { download_url: 'signed-1' } };
    const row = known([imagesRecord('a', said)], { removed: true, missing_from: ['images'] });
    const ignored = new Set(['image_version', 'download_url']);
    const back = sweep([imagesRecord('a', { image_version: null, extra: {} })]);
    const [change] = diffSnapshot([row], back, { ...NOTHING_HELD, ignored }).changes;
    expect(change?.after).toMatchObject({ image_version: null, extra: {} });
  });

  test('one unlisted status code after another is the same unknown status', () => {
    const row = known([imagesRecord('a', { status_code: 7 })]);
    const change = onlyChange([row], sweep([imagesRecord('a', { status_code: 8 })]));
    expect(change).toMatchObject({ type: 'cph.image.updated', transition: null });
    expect(change.changes).toEqual({ status_code: { from: 7, to: 8 } });
  });
});

describe('status changed', () => {
  test.each([
    [0, 1, { from: 'creating', to: 'usable' }],
    [0, 2, { from: 'creating', to: 'failed' }],
    [2, 0, { from: 'failed', to: 'creating' }],
    [1, 7, { from: 'usable', to: 'unknown' }],
    [7, 1, { from: 'unknown', to: 'usable' }],
    [null, 2, { from: null, to: 'failed' }],
  ])('from code %s to %s', (status_code, now, transition) => {
    const row = known([imagesRecord('a', { status_code })]);
    const change = onlyChange([row], sweep([imagesRecord('a', { status_code: now })]));
    expect(change).toMatchObject({ type: 'cph.image.status_changed', transition, status_read: true });
    expect(change.changes.status).toEqual(transition);
  });

  test('carries the other fields that changed with it', () => {
    const row = known([imagesRecord('a', { status_code: 0, image_size: null })]);
    const change = onlyChange([row], sweep([imagesRecord('a', { status_code: 1, image_size: 7 })]));
    expect(change.type).toBe('cph.image.status_changed');
    expect(Object.keys(change.changes).sort()).toEqual(['image_size', 'status', 'status_code']);
  });

  test('the images endpoint begins to list an image only phone-images listed', () => {
    const row = known([phoneRecord('a')]);
    const change = onlyChange([row], sweep([phoneRecord('a'), imagesRecord('a')]));
    expect(change).toMatchObject({
      type: 'cph.image.status_changed',
      transition: { from: null, to: 'usable' },
    });
  });
});

describe('restored', () => {
  const removed = { removed: true, missing_from: ['images'], out_of_sight: true } as const;
  const row = known([imagesRecord('a')], removed);

  test('a removed image that is listed again as it was', () => {
    expect(onlyChange([row], sweep([imagesRecord('a')]))).toEqual({
      type: 'cph.image.restored',
      image_id: 'a',
      before: null,
      after: row.image,
      changes: {},
      transition: null,
      listed_under: 'private',
      missing_from: [],
      out_of_sight: false,
      status_read: true,
    });
  });

  test('with what is different from when it was removed', () => {
    const change = onlyChange([row], sweep([imagesRecord('a', { status_code: 2 })]));
    expect(change).toMatchObject({
      type: 'cph.image.restored',
      before: null,
      transition: { from: 'usable', to: 'failed' },
      changes: { status: { from: 'usable', to: 'failed' }, status_code: { from: 1, to: 2 } },
    });
    expect(change.after).toEqual({ ...row.image, status: 'failed', status_code: 2 });
  });

  test('keeps what its record leaves out', () => {
    const change = onlyChange([row], sweep([imagesRecord('a', { image_size: null, status_code: null })]));
    expect(change.after).toEqual(row.image);
  });

  test('knows nothing of a source that does not list it now', () => {
    const change = onlyChange([row], sweep([phoneRecord('a')]));
    expect(change).toMatchObject({ type: 'cph.image.restored', transition: null, status_read: false });
    expect(change.after).toEqual(mergeImage(null, sightingOf(phoneRecord('a'))));
  });

  test('also by a look at single images', () => {
    expect(onlyChange([row], partialSnapshot([imagesRecord('a')], [])).type).toBe('cph.image.restored');
  });

  test('a removed image that is not listed stays removed, and nothing waits for it', () => {
    expect(diff([row], sweep([]))).toEqual(NOTHING);
  });
});
