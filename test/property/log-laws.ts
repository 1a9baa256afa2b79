/** What must hold of the log, the transitions and the table together. */
import { isDeepStrictEqual } from 'node:util';
import { statusOfCode } from '../../src/inventory/image.ts';
import type { RunReport } from '../../src/sync/run.ts';
import { isApplied, type Looked, type Played } from './play.ts';
import { recordsIn } from './witness.ts';

/** Numbers rise from look to look, in the order in which looks were applied. */
export function* numbersInOrder({ looks, log }: Played): Generator<string> {
  const seqs = looks.flatMap(({ events }) => events.map(({ seq }) => seq));
  if (seqs.some((seq, i) => seq <= (seqs[i - 1] ?? 0))) yield `the log is numbered ${seqs.join()}`;
  if (seqs.length !== log.events.length) yield 'there are events of no look';
}

/** What an older look saw is never put over what a newer one saw: ids are given out when looks begin. */
export function* neverGoesBack({ looks }: Played): Generator<string> {
  const applied = looks.filter(isApplied).map(({ report }) => report.run_id);
  if (applied.some((id, i) => id <= (applied[i - 1] ?? 0)))
    yield `runs were applied in the order ${applied.join()}`;
}

/** Each event goes on where the one before it ended, and all together lead to the table. */
export function* foldsToTheTable({ looks, log }: Played): Generator<string> {
  const folded = new Map<string, object | null>();
  for (const { image_id, type, before, after, seq } of log.events) {
    const state = folded.get(image_id);
    const begins = type === 'cph.image.created' ? state === undefined : state === null;
    const follows =
      before === null ? begins && type !== 'cph.image.removed' : isDeepStrictEqual(before, state);
    if (!follows) yield `event ${seq} does not follow from what was logged of ${image_id}`;
    folded.set(image_id, after);
  }
  const table = Array.from(
    looks.at(-1)?.after ?? [],
    ([id, { row, fields }]) => [id, row.removed_at ? null : fields] as const,
  );
  if (!isDeepStrictEqual(folded, new Map<string, object | null>(table)))
    yield 'the log does not lead to the table';
}

/** An image has one transition for each status that a look was shown and the look before was not, and one event for it. */
export function* recordsEachTransitionOnce({ looks, log }: Played): Generator<string> {
  const events = new Map(log.events.map((event) => [event.seq, event]));
  const seen = transitionsSeen(looks).toSorted();
  const recorded = log.transitions.map(({ image_id, from_status, to_status, event_seq }) => {
    const event = events.get(event_seq);
    return event?.image_id === image_id
      ? `${event.run_id}: ${image_id} ${from_status} → ${to_status}`
      : `event ${event_seq}`;
  });
  const logged = log.events.flatMap(({ run_id, image_id, transition }) =>
    transition ? [`${run_id}: ${image_id} ${transition.from} → ${transition.to}`] : [],
  );
  for (const [where, transitions] of Object.entries({ recorded, logged })) {
    if (!isDeepStrictEqual(transitions.toSorted(), seen)) {
      yield `seen: ${seen.join(', ')}; ${where}: ${transitions.toSorted().join(', ')}`;
    }
  }
}

function transitionsSeen(looks: Played['looks']): string[] {
  const last = new Map<string, string | null>();
  const transitions: string[] = [];
  for (const look of looks.filter(isApplied)) {
    for (const { image_id, status } of statusesIn(look)) {
      const from = last.get(image_id) ?? null;
      if (from !== status) transitions.push(`${look.report.run_id}: ${image_id} ${from} → ${status}`);
      last.set(image_id, status);
    }
    // An image that only phone-images lists any longer has no status, and starts anew when it has one again.
    for (const [image_id, { row }] of look.after) if (row.status === null) last.set(image_id, null);
  }
  return transitions;
}

/** The status each image was shown in; of contradicting records, that which the look went by. */
function statusesIn({ sight, after }: Looked): { image_id: string; status: string }[] {
  const shown = new Map<string, Set<string>>();
  for (const record of recordsIn(sight)) {
    if (record.source !== 'images' || record.status === null) continue;
    shown.set(record.image_id, (shown.get(record.image_id) ?? new Set()).add(record.status));
  }
  return Array.from(shown, ([image_id, statuses]) => {
    const written = after.get(image_id)?.row.status ?? '';
    const [first = ''] = statuses;
    return { image_id, status: statuses.has(written) ? written : first };
  });
}

/** A change of status truly happened between the two observations a transition names. */
export function* datesTransitions({ upstream, log }: Played): Generator<string> {
  for (const { image_id, from_status, to_status, previous_observed_at, observed_at } of log.transitions) {
    if (from_status === null) continue;
    const happened = upstream.world.history.some(
      ({ to, at, ...entry }) =>
        entry.image_id === image_id &&
        to !== null &&
        statusOfCode(to) === to_status &&
        previous_observed_at !== null &&
        at >= previous_observed_at &&
        at <= observed_at,
    );
    if (!happened)
      yield `${image_id} did not become ${to_status} between ${previous_observed_at?.toISOString()} and ${observed_at.toISOString()}`;
  }
}

/** The time in a status is the time since it was first seen. */
export function* measuresTimeInStatus({ log }: Played): Generator<string> {
  const since = new Map<string, Date>();
  for (const { image_id, from_status, observed_at, time_in_status } of log.transitions) {
    const before = since.get(image_id);
    const measured = from_status && before ? observed_at.getTime() - before.getTime() : null;
    if (millisecondsOf(time_in_status) !== measured)
      yield `${image_id} was ${from_status} for ${time_in_status}`;
    since.set(image_id, observed_at);
  }
}

/** Intervals come as Postgres writes them, `00:15:01`. */
function millisecondsOf(interval: string | null): number | null {
  if (interval === null) return null;
  const [hours = 0, minutes = 0, seconds = 0] = interval.split(':').map(Number);
  return Math.round((hours * 3600 + minutes * 60 + seconds) * 1000);
}

/** First sights up to the first complete sweep are the baseline, and nothing else. */
export function* marksTheBaseline({ looks }: Played): Generator<string> {
  const first = looks.findIndex(
    ({ report }) => report.kind === 'sweep' && /succeeded|held/.test(report.status),
  );
  for (const [n, { events }] of looks.entries()) {
    const isFirstSight = ({ type, transition }: (typeof events)[number]) =>
      type === 'cph.image.created' || transition?.from === null;
    const wrong = events.filter((one) => one.baseline !== (isFirstSight(one) && (first < 0 || n <= first)));
    if (wrong.length > 0) yield `look ${n}: baseline is wrong`;
  }
}

/** Every run has ended as its look reported, in its own row or, where it found nothing, in that of the one before it. */
export function* endsEveryRun({ looks, log }: Played): Generator<string> {
  const reports = looks.map(({ report }) => report).toSorted((a, b) => a.run_id - b.run_id);
  const counted = new Map<number, number>();
  const last = new Map<string, number>();
  for (const report of reports) {
    const { run_id, kind, status } = report;
    const row = log.runs.find(({ id }) => id === run_id);
    if (row) last.set(kind, run_id);
    const own = row?.status === status;
    if (!own && (row || !foundNothing(report))) yield `run ${run_id}: ${row?.status}, reported: ${status}`;
    const shared = last.get(kind) ?? 0;
    counted.set(shared, (counted.get(shared) ?? 0) + 1);
  }
  const looksOf = log.runs.map(({ id, looks }) => [id, looks]);
  if (
    !isDeepStrictEqual(
      looksOf,
      [...counted].toSorted(([a], [b]) => a - b),
    )
  ) {
    yield `looks by run: ${JSON.stringify(looksOf)}, reported: ${JSON.stringify([...counted])}`;
  }
}

function foundNothing({ status, created, updated, status_changed, removed, restored }: RunReport): boolean {
  return status === 'succeeded' && created + updated + status_changed + removed + restored === 0;
}
