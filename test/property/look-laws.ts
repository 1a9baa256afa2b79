/** What must hold of each look by itself. A law yields a sentence for whatever breaks it. */
import { isDeepStrictEqual } from 'node:util';
import { IMAGES_FIELDS, PHONE_IMAGES_FIELDS, SOURCES } from '../../src/inventory/image.ts';
import { isApplied, type Looked, type Played } from './play.ts';
import type { TableRow } from './tables.ts';
import { mayHide } from './troubles.ts';
import type { Moment } from './upstream.ts';
import { idsIn, isComplete, recordsIn, type Shown } from './witness.ts';

/** A look that failed, was stopped or came too late leaves every row as it is. */
function* writesNothingUnlessApplied(look: Looked): Generator<string> {
  if (!isApplied(look) && !isDeepStrictEqual(look.before, look.after)) yield 'rows were written';
}

/** A sweep succeeds, or is held, when all it read is proven complete, and never otherwise. */
function* tellsWhetherItIsComplete(look: Looked): Generator<string> {
  const { report, sight } = look;
  if (report.kind === 'watch' || !isApplied(look)) return;
  if (isComplete(sight) !== (report.status !== 'partial')) yield `it counts as ${report.status}`;
}

/** What an applied look was shown is what the table says, field by field. */
function* writesWhatItSaw(look: Looked): Generator<string> {
  if (!isApplied(look)) return;
  for (const record of recordsIn(look.sight)) {
    const row = look.after.get(record.image_id);
    const said: Readonly<Record<string, unknown>> = { ...record };
    const fields = record.source === 'images' ? ['image_name', ...IMAGES_FIELDS] : PHONE_IMAGES_FIELDS;
    if (!row || row.row.removed_at) yield `${record.image_id} was seen and is not there`;
    else if (fields.some((field) => row.fields[field] !== said[field]))
      yield `${record.image_id} was seen otherwise`;
  }
}

/** A row that says the same afterwards was not written. */
function* writesOnlyWhatChanged({ before, after }: Looked): Generator<string> {
  for (const [image_id, { row, version }] of before) {
    const now = after.get(image_id);
    if (now && now.version !== version && isDeepStrictEqual(now.row, row))
      yield `${image_id} was written for nothing`;
  }
}

/** One event for each image that changed, with what it was and what it is, and none for the others. */
function* logsEachChangeOnce({ before, after, events }: Looked): Generator<string> {
  const expected = [...new Set([...before.keys(), ...after.keys()])].flatMap(
    (image_id) => expectedEvent(before.get(image_id), after.get(image_id)) ?? [],
  );
  const logged = events.map(({ type, before, after }) => ({ type, before, after }));
  const byId = (a: Expected, b: Expected) => (idOf(a) < idOf(b) ? -1 : 1);
  if (!isDeepStrictEqual(logged.toSorted(byId), expected.toSorted(byId))) {
    yield `the log says ${JSON.stringify(logged)}, the table ${JSON.stringify(expected)}`;
  }
}

interface Expected {
  readonly type: string;
  readonly before: object | null;
  readonly after: object | null;
}

const idOf = ({ before, after }: Expected): string => String(Object(after ?? before).image_id);

function expectedEvent(was: TableRow | undefined, is: TableRow | undefined): Expected | null {
  const before = was && !was.row.removed_at ? was.fields : null;
  const after = is && !is.row.removed_at ? is.fields : null;
  if (isDeepStrictEqual(before, after)) return null;
  const kind = () => {
    if (!after) return 'removed';
    if (!before) return was ? 'restored' : 'created';
    return after.status !== null && after.status !== before.status ? 'status_changed' : 'updated';
  };
  return { type: `cph.image.${kind()}`, before, after };
}

/** The numbers of a run are those of its events. */
function* countsWhatItChanged({ report, events }: Looked): Generator<string> {
  for (const kind of ['created', 'updated', 'status_changed', 'removed', 'restored'] as const) {
    const logged = events.filter(({ type }) => type === `cph.image.${kind}`).length;
    if (logged !== report[kind]) yield `${report[kind]} ${kind} on the run, ${logged} in the log`;
  }
}

/** A listing that counts as complete shows all that was there throughout, and nothing that never was. */
function* listsWhatIsThere({ plan, sight, truth, vanished }: Looked, { history }: Played): Generator<string> {
  if (mayHide(plan.faults, history.edition)) return;
  for (const listing of sight.listings) {
    if (listing.result?.proof !== 'complete') continue;
    const { records, rejected } = listing.result;
    const shown = new Set([...records, ...rejected].map(({ image_id }) => image_id));
    const there = truth.map((moment) => idsListed(moment, listing));
    const [first = new Set<string>()] = there;
    const throughout = [...first].filter((id) => !vanished.has(id) && there.every((ids) => ids.has(id)));
    const lacking = throughout.filter((id) => !shown.has(id));
    const { source, image_type } = listing;
    // Rows without an id may be those that seem to lack.
    const nameless = rejected.filter(({ image_id }) => image_id === null).length;
    if (lacking.length > nameless) yield `${source} ${image_type} is complete without ${lacking.join(', ')}`;
    const strangers = records.filter(
      ({ image_id }) => !there.some((ids) => ids.has(image_id)) && !vanished.has(image_id),
    );
    for (const { image_id } of strangers)
      yield `${source} ${image_type} shows ${image_id}, which is not there`;
  }
}

function idsListed(moment: Moment, { source, image_type, creating }: Shown): ReadonlySet<string> {
  const listed = [...moment[source].values()].filter(
    (one) => (image_type === 'all' || one.image_type === image_type) && (!creating || one.image.status === 0),
  );
  return new Set(listed.map(({ image }) => image.image_id));
}

/** Only a complete sweep calls an image missing, and it is missing until a look is shown it again or it is removed. */
function* missesOnlyWhatIsNotShown(look: Looked): Generator<string> {
  const shown = idsIn(look.sight);
  const complete = isComplete(look.sight);
  for (const { row } of isApplied(look) ? look.after.values() : []) {
    if (row.removed_at) continue;
    const isShown = SOURCES.some((source) => shown[source].ids.has(row.image_id));
    const was = isMissing(look.before.get(row.image_id));
    if (row.missing_since && (isShown || !(was || complete))) yield `${row.image_id} is called missing`;
    if (was && !row.missing_since && !isShown) yield `${row.image_id} is no longer called missing`;
  }
}

function isMissing(known: TableRow | undefined): boolean {
  return Boolean(known?.row.missing_since && !known.row.removed_at);
}

export const LOOK_LAWS: readonly ((look: Looked, played: Played) => Iterable<string>)[] = [
  writesNothingUnlessApplied,
  tellsWhetherItIsComplete,
  writesWhatItSaw,
  writesOnlyWhatChanged,
  logsEachChangeOnce,
  countsWhatItChanged,
  listsWhatIsThere,
  missesOnlyWhatIsNotShown,
];
