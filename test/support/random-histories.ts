/** Random histories of looks: images come, change, drop out of a source and vanish; listings and questions go wrong. */
import fc from 'fast-check';
import type { ImageChange, KnownImage } from '../../src/inventory/diff.ts';
import { type ImageRecord, SOURCES } from '../../src/inventory/image.ts';
import { partialSnapshot, type Snapshot } from '../../src/inventory/snapshot.ts';
import { imagesRecord, nameless, phoneRecord, sweep } from './image-records.ts';
import { type Looked, look } from './inventory-model.ts';

export const IDS = ['a', 'b', 'c'] as const;
const id = fc.constantFrom(...IDS);
const said = {
  image_name: fc.constantFrom(null, 'x', 'y'),
  extra: fc.dictionary(fc.constantFrom('p', 'q'), fc.constantFrom(1, '1', null), { maxKeys: 2 }),
};

/** Records of the images endpoint, at most one for each `key`. */
export function imagesRecords(types: readonly string[], key: (record: ImageRecord) => string) {
  const status_code = fc.constantFrom(null, 0, 1, 2, 7, 8);
  const fields = fc.record({ ...said, status_code, image_type: fc.constantFrom(...types) });
  return fc.uniqueArray(
    fc.tuple(id, fields).map((args) => imagesRecord(...args)),
    { selector: key },
  );
}

export const phoneRecords = fc.uniqueArray(
  fc
    .tuple(id, fc.record({ ...said, os_name: fc.constantFrom(null, 'AOSP9') }))
    .map((args) => phoneRecord(...args)),
  { selector: (record) => record.image_id },
);

function often<const A, const B>(usual: A, rare: B): fc.Arbitrary<A | B> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(rare) });
}

/** What one look observes; most are complete sweeps. */
export const snapshots: fc.Arbitrary<Snapshot> = fc
  .record({
    watch: often(false, true),
    images: imagesRecords(['public', 'private', 'share', 'market'], (record) => record.image_id),
    phone: phoneRecords,
    proofs: fc.record({
      public: often('complete', 'unsupported'),
      private: often('complete', 'incomplete'),
      all: often('complete', 'failed'),
    }),
    rejected: fc.array(fc.constantFrom(...SOURCES).map(nameless), { maxLength: 1 }),
  })
  .map(({ watch, images, phone, proofs, rejected }) =>
    watch ? partialSnapshot(images, rejected) : sweep([...images, ...phone], { proofs, rejected }),
  );

/** Snapshots one after another, each with the images that are there when asked for by id. */
export const histories = fc.array(
  fc.tuple(
    snapshots,
    fc.subarray([...IDS]).map((ids): readonly string[] => (ids.length > 1 ? [] : ids)),
  ),
  { minLength: 1, maxLength: 10, size: 'max' },
);
type History = readonly (readonly [observed: Snapshot, askable: readonly string[]])[];

/** A look of a history, on the rows the one before it left. */
export interface Played extends Looked {
  readonly before: readonly KnownImage[];
}

export function play(history: History): Played[] {
  let rows: readonly KnownImage[] = [];
  return history.map(([observed, there]) => {
    const before = rows;
    const looked = look(before, observed, {
      byId: (image_id) => (there.includes(image_id) ? imagesRecord(image_id) : null),
    });
    rows = looked.rows;
    return { ...looked, before };
  });
}

/** What is known after a history. */
export function rowsAfter(history: History): readonly KnownImage[] {
  return play(history).at(-1)?.rows ?? [];
}

/** Every change of a history, in order. */
export function logOf(history: History): ImageChange[] {
  return play(history).flatMap((looked) => looked.diff.changes);
}
