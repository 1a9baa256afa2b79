import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffSnapshot, type ImageChange, type KnownImage } from '../src/inventory/diff.ts';
import { snapshotDigest } from '../src/inventory/digest.ts';
import { type Image, type ImageRecord, type Sighting, SOURCES, type Source } from '../src/inventory/image.ts';
import { mergeImage } from '../src/inventory/merge.ts';
import { sightingOf as believed } from '../src/inventory/sighting.ts';
import { assembleSnapshot, type Snapshot } from '../src/inventory/snapshot.ts';
import { sightingOf, sweep, sweepParts } from './support/image-records.ts';
import { applyDiff } from './support/inventory-model.ts';
import {
  histories,
  IDS,
  imagesRecords,
  logOf,
  type Played,
  phoneRecords,
  play,
  rowsAfter,
  snapshots,
} from './support/random-histories.ts';

const NOTHING_HELD = { held: new Set<string>(), ignored: new Set<string>() };

test('the same look again lets go only of what the first found missing, and a third finds nothing', () => {
  const looks = fc.tuple(snapshots, fc.subarray([...IDS]));
  const sameLook = fc.property(
    histories,
    looks,
    fc.subarray([...IDS]),
    (history, [observed, absent], ids) => {
      const options = { held: new Set<string>(ids), ignored: new Set<string>() };
      const rows = rowsAfter(history);
      const snapshot = { ...observed, absent: new Set<string>(absent) };
      const once = applyDiff(rows, diffSnapshot(rows, snapshot, options));
      const again = diffSnapshot(once, snapshot, options);
      const newlyMissing = once.filter((row) => isNewlyMissing(row, rows)).map((row) => row.image.image_id);
      expect(newlyMissing).toEqual(expect.arrayContaining(again.changes.map((change) => change.image_id)));
      expect(again.changes.filter(({ before, after }) => listings(after) >= listings(before))).toEqual([]);
      expect(again.marks).toEqual([]);
      const twice = applyDiff(once, again);
      expect(diffSnapshot(twice, snapshot, options)).toMatchObject({ changes: [], marks: [] });
    },
  );
  fc.assert(sameLook, { numRuns: 150 });
});

function isNewlyMissing({ image, missing_from }: KnownImage, rows: readonly KnownImage[]): boolean {
  const before = rows.find((row) => row.image.image_id === image.image_id)?.missing_from ?? [];
  return missing_from.some((source) => !before.includes(source));
}

const listings = (image: Image | null) => image?.listed_in.length ?? 0;

test('the order of records, of known images and of listings makes no difference', () => {
  const listing = (record: ImageRecord) =>
    `${record.image_id} ${'image_type' in record && record.image_type}`;
  const records = fc
    .tuple(imagesRecords(['public', 'private', 'share'], listing), phoneRecords)
    .map(([images, phone]) => [...images, ...phone]);
  const orders = records.chain((all) => fc.tuple(fc.constant(all), shuffled(all), shuffled([0, 1, 2, 3])));
  const anyOrder = fc.property(histories, orders, (history, [all, reordered, places]) => {
    const rows = rowsAfter(history);
    const parts = sweepParts(reordered);
    const one = sweep(all);
    const other = assembleSnapshot(places.flatMap((place) => parts[place] ?? []));
    expect(snapshotDigest(other)).toBe(snapshotDigest(one));
    expect(sortedDiff(rows.toReversed(), other)).toEqual(sortedDiff(rows, one));
  });
  fc.assert(anyOrder, { numRuns: 100 });
});

function shuffled<T>(all: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...all], { minLength: all.length });
}

function sortedDiff(rows: readonly KnownImage[], snapshot: Snapshot) {
  const { changes, marks, pending } = diffSnapshot(rows, snapshot, NOTHING_HELD);
  const byId = (a: { image_id: string }, b: { image_id: string }) => (a.image_id < b.image_id ? -1 : 1);
  return { changes: changes.toSorted(byId), marks: marks.toSorted(byId), pending };
}

test('folding the log gives the table', () => {
  const folding = fc.property(histories, (history) => {
    const folded = new Map(logOf(history).map((change) => [change.image_id, change.after]));
    const table = rowsAfter(history).map(
      ({ image, removed }) => [image.image_id, removed ? null : image] as const,
    );
    expect(folded).toEqual(new Map(table));
  });
  fc.assert(folding, { numRuns: 150 });
});

test('each field of the table is what its source said last of it', () => {
  const faithful = fc.property(histories, (history) => {
    const lastSaid = new Map<string, Sighting>();
    for (const { before, snapshot, diff, rows } of play(history)) {
      const back = diff.changes.filter((change) => change.type === 'cph.image.restored');
      // Of a removed image, a source that does not list it again has said nothing.
      for (const { image_id } of back) forget(lastSaid, image_id, snapshot.sightings.get(image_id) ?? {});
      hear(lastSaid, before, snapshot);
      const listed = rows.filter((row) => !row.removed).map((row) => row.image);
      const retold = listed.map((image) => retell(image, lastSaid.get(image.image_id) ?? {}));
      expect(listed.map(ownedFields)).toEqual(retold.map(ownedFields));
      for (const { image_id, listed_in } of listed) forget(lastSaid, image_id, sourcesIn(listed_in));
    }
  });
  fc.assert(faithful, { numRuns: 150 });
});

const sourcesIn = (listed_in: readonly Source[]) =>
  Object.fromEntries(listed_in.map((source) => [source, true]));

/** Notes what a snapshot says of each image, as far as it is believed of one that is known. */
function hear(lastSaid: Map<string, Sighting>, before: readonly KnownImage[], snapshot: Snapshot): void {
  for (const [id, shown] of snapshot.sightings) {
    const known = before.find(({ image }) => image.image_id === id);
    lastSaid.set(id, heard(lastSaid.get(id), known ? believed(known, snapshot) : shown));
  }
}

function forget(
  lastSaid: Map<string, Sighting>,
  image_id: string,
  listing: Readonly<Partial<Record<Source, unknown>>>,
): void {
  const said = Object.entries(lastSaid.get(image_id) ?? {});
  const kept = said.filter(([source]) => SOURCES.some((one) => one === source && listing[one]));
  lastSaid.set(image_id, Object.fromEntries(kept));
}

/** A record leaves what it does not say as it was said before. */
function heard(before: Sighting | undefined, now: Sighting): Sighting {
  const filled = SOURCES.flatMap((source) => {
    const record = now[source] ?? before?.[source];
    if (!record) return [];
    const silent = ([, value]: [string, unknown]) => value !== null;
    return [
      [
        source,
        { ...record, ...before?.[source], ...Object.fromEntries(Object.entries(record).filter(silent)) },
      ],
    ];
  });
  return Object.fromEntries(filled);
}

function retell({ listed_in }: Image, sighting: Sighting): Image {
  const listing = listed_in.flatMap((source) => sighting[source] ?? []);
  return mergeImage(null, sightingOf(...listing));
}

/** Without the two fields that both sources may fill. */
function ownedFields(image: Image): Image {
  return { ...image, image_name: null, extra: {} };
}

test('an image goes only when two complete sweeps in a row miss it, whatever incomplete looks come between', () => {
  const patient = fc.property(histories, (history) => {
    const misses = new Map<string, number>();
    for (const looked of play(history)) {
      countMisses(looked, misses);
      const { snapshot, diff } = looked;
      const gone = diff.changes.filter(({ after }) => after === null);
      expect(gone.filter(({ image_id }) => (misses.get(image_id) ?? 0) < 2)).toEqual([]);
      expect(snapshot.complete || gone.length === 0).toBe(true);
      const unasked = gone.filter(
        ({ image_id, before }) => before?.listed_in.includes('images') && !snapshot.absent.has(image_id),
      );
      expect(unasked).toEqual([]);
    }
  });
  fc.assert(patient, { numRuns: 300 });
});

/** Complete sweeps that each image was missed by since a look last showed it. */
function countMisses({ before, snapshot }: Played, misses: Map<string, number>): void {
  for (const { image_id } of before.map((row) => row.image)) {
    const shown = snapshot.sightings.has(image_id);
    misses.set(image_id, shown ? 0 : (misses.get(image_id) ?? 0) + (snapshot.complete ? 1 : 0));
  }
}

test('each event of an image begins where the one before it ended', () => {
  const chained = fc.property(histories, (history) => {
    const last = new Map<string, ImageChange>();
    for (const change of logOf(history)) {
      const previous = last.get(change.image_id);
      expect(change.before).toEqual(previous?.after ?? null);
      expect(change.type).toBe(typeAfter(previous, change));
      if (change.before && change.after) expect(withChanges(change.before, change)).toEqual(change.after);
      last.set(change.image_id, change);
    }
  });
  fc.assert(chained, { numRuns: 150 });
});

function typeAfter(previous: ImageChange | undefined, { after, transition }: ImageChange): string {
  if (!previous) return 'cph.image.created';
  if (!previous.after) return 'cph.image.restored';
  if (!after) return 'cph.image.removed';
  return transition ? 'cph.image.status_changed' : 'cph.image.updated';
}

function withChanges(before: Image, { changes }: ImageChange): Image {
  const to = Object.entries(changes).map(([field, change]) => [field, change.to]);
  return { ...before, ...Object.fromEntries(to) };
}

test('transitions tell every status an image was seen in, one after another', () => {
  const told = fc.property(histories, (history) => {
    const status = new Map<string, Image['status']>();
    for (const { image_id, after, transition } of logOf(history)) {
      const from = status.get(image_id) ?? null;
      const to = after?.status ?? null;
      expect(transition).toEqual(to === null || to === from ? null : { from, to });
      if (after) status.set(image_id, to);
    }
  });
  fc.assert(told, { numRuns: 150 });
});
