/** What must hold of each look by itself. A law yields a sentence for whatever breaks it. */
import { isDeepStrictEqual } from 'node:util';
import { IMAGES_FIELDS, PHONE_IMAGES_FIELDS, SOURCES } from '../../src/inventory/image.ts';
import { endsUntold } from './editions.ts';
import { isApplied, type Looked, type Played } from './play.ts';
import { MOST_REQUESTS } from './program.ts';
import { knownRows, type TableRow } from './tables.ts';
import { mayHide } from './troubles.ts';
import type { Moment } from './upstream.ts';
import { idsIn, isAsked, isComplete, recordsIn, type Shown } from './witness.ts';

/** A look that failed, was stopped or came too late leaves every row as it is. */
function* writesNothingUnlessApplied(look: Looked): Generator<string> {
  if (!isApplied(look) && !isDeepStrictEqual(look.before, look.after)) yield 'rows were written';
}

/** A sweep succeeds, or is held, when all it read is proven complete, and never otherwise. */
function* tellsWhetherItIsComplete(look: Looked): Generator<string> {
  const { report, sight } = look;
  if (report.kind === 'watch' || !isApplied(look)) return;
  const complete = isComplete(sight, knownRows(look.before));
  if (report.status !== 'partial' && !complete) yield `it counts as ${report.status}`;
  // A code may be about another parameter than the type.
  const refused = sight.listings.some(({ result }) => result === null);
  if (report.status === 'partial' && complete && !refused) yield 'it counts as partial';
}

/** What an applied look was shown is what the table says, field by field; of contradicting records, one of them. */
function* writesWhatItSaw({ sight, after, configuration, ...look }: Looked): Generator<string> {
  if (!isApplied(look)) return;
  const records = recordsIn(sight);
  for (const { image_id, source } of records) {
    const row = after.get(image_id);
    if (!row || row.row.removed_at) yield `${image_id} was seen and is not there`;
    const ofImage = records.filter((one) => one.image_id === image_id && one.source === source);
    const fields = source === 'images' ? ['image_name', ...IMAGES_FIELDS] : PHONE_IMAGES_FIELDS;
    for (const field of fields.filter((name) => !configuration.ignored.includes(name))) {
      const said = ofImage.map((record) => Object.entries(record).find(([name]) => name === field)?.[1]);
      // What no record says stays as it is known.
      if (!said.includes(row?.fields[field]) && !said.includes(null))
        yield `${image_id} was seen with another ${field}`;
    }
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
  if (mayHide(plan.faults)) return;
  for (const listing of sight.listings) {
    if (listing.result?.proof !== 'complete' || endsUntold(listing.source, history.edition)) continue;
    const { records, rejected } = listing.result;
    const shown = new Set(records.map(({ image_id }) => image_id));
    const filters = listing.creating && history.edition.statusFilter === 'honoured';
    const there = truth.map((moment) => idsListed(moment, { ...listing, creating: filters }));
    const [first = new Set<string>()] = there;
    const throughout = [...first].filter((id) => !vanished.has(id) && there.every((ids) => ids.has(id)));
    const lacking = throughout.filter((id) => !shown.has(id));
    const { source, image_type } = listing;
    // Rows without an id may be those that seem to lack.
    if (lacking.length > rejected.length)
      yield `${source} ${image_type} is complete without ${lacking.join(', ')}`;
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

/**
 * Only a complete sweep calls an image missing. It is missing until a look is shown it again, it is removed, or none of
 * its listings is asked for any more.
 */
function* missesOnlyWhatIsNotShown(look: Looked): Generator<string> {
  const shown = idsIn(look.sight);
  const complete = isComplete(look.sight, knownRows(look.before));
  for (const { row } of isApplied(look) ? look.after.values() : []) {
    if (row.removed_at) continue;
    const isShown = SOURCES.some((source) => shown[source].has(row.image_id));
    const was = isMissing(look.before.get(row.image_id));
    const asked = row.listed_in.some((source) => isAsked(look.sight, row, source));
    if (row.missing_since && (isShown || !(was || (complete && asked))))
      yield `${row.image_id} is called missing`;
    if (was && !row.missing_since && !isShown && asked) yield `${row.image_id} is no longer called missing`;
  }
}

function isMissing(known: TableRow | undefined): boolean {
  return Boolean(known?.row.missing_since && !known.row.removed_at);
}

/** However images come and go while it reads. */
function* asksWithinReason({ report: { requests } }: Looked): Generator<string> {
  if (requests > MOST_REQUESTS) yield `it asked ${requests} times`;
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
  asksWithinReason,
];
