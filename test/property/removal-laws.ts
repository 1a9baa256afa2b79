/** What a removal takes, and what it may never take. The laws know nothing of how the sweep decides. */
import type { Source } from '../../src/inventory/image.ts';
import { isApplied, type Looked, type Played } from './play.ts';
import { knownRows } from './tables.ts';
import { idsIn, isAsked, isComplete, listingsOf } from './witness.ts';

interface Listed {
  readonly image_id: string;
  readonly source: Source;
  readonly listed_in: readonly Source[];
  readonly listed_under: string | null;
  readonly removal_approved: boolean;
}

/**
 * An image leaves a source only in a complete sweep that was not shown it, after an earlier one that was not shown it
 * either, and only if it truly was not there: where it can be asked for by id, during the very look that let it go.
 */
export function* letsGoOnlyWhatIsGone({ looks }: Played): Generator<string> {
  for (const { one, looks: missing, proven } of departures(looks)) {
    const problem = proven ? wronglyLetGo(missing, one) : 'nothing proved it absent';
    if (problem) yield `run ${missing.at(-1)?.report.run_id}: ${one.image_id} left ${one.source}: ${problem}`;
  }
}

interface Departure {
  readonly one: Listed;
  /** From the first of the complete sweeps in a row that were not shown it to the one that lets it go. */
  readonly looks: readonly Looked[];
  /** The last of them is a complete sweep that was not shown it. */
  readonly proven: boolean;
}

function* departures(looks: readonly Looked[]): Generator<Departure> {
  const missedSince = new Map<string, number>();
  const applied = looks.filter(isApplied);
  for (const [n, look] of applied.entries()) {
    const absenceOf = absenceIn(look);
    for (const one of currentlyListed(look)) {
      const key = `${one.source} ${one.image_id}`;
      const since = missedSince.get(key) ?? n;
      const absence = absenceOf(one);
      if (isLeaving(look, one))
        yield { one, looks: applied.slice(since, n + 1), proven: absence === 'proven' };
      if (absence === 'shown') missedSince.delete(key);
      if (absence === 'proven') missedSince.set(key, since);
    }
  }
}

function absenceIn({ sight, before }: Looked): (one: Listed) => 'shown' | 'proven' | 'unproven' {
  const shown = idsIn(sight);
  const complete = isComplete(sight, knownRows(before));
  const proven = (one: Listed, source: Source) =>
    complete &&
    !shown[source].has(one.image_id) &&
    listingsOf(sight, one, source).some(({ result }) => result !== null);
  return (one) => {
    if (shown[one.source].has(one.image_id)) return 'shown';
    if (isAsked(sight, one, one.source)) return proven(one, one.source) ? 'proven' : 'unproven';
    // A source that is not read keeps no image that all others have let go of.
    const asked = one.listed_in.filter((source) => isAsked(sight, one, source));
    return asked.length > 0 && asked.every((source) => proven(one, source)) ? 'proven' : 'unproven';
  };
}

function currentlyListed({ before }: Looked): Listed[] {
  return knownRows(before).flatMap(({ image_id, listed_in, listed_under, removal_approved }) =>
    listed_in.map((source) => ({ image_id, listed_in, listed_under, removal_approved, source })),
  );
}

function isLeaving({ after }: Looked, { image_id, source }: Listed): boolean {
  const row = after.get(image_id)?.row;
  return !row || row.removed_at !== null || !row.listed_in.includes(source);
}

/** `looks` are those from the first that missed it to the one that lets it go. */
function wronglyLetGo(looks: readonly Looked[], one: Listed): string | null {
  const { image_id, source } = one;
  const last = looks.at(-1);
  // A source that nobody asks any more loses its images with the others, which have let go of them by these rules.
  if (last && !isAsked(last.sight, one, source)) return null;
  if (looks.length === 1 || !last) return 'at the first sweep that missed it';
  const asked = looks.filter(({ sight }) => isAsked(sight, one, source));
  if (asked.length === 1) return null;
  const deciding = source === 'images' ? [last] : asked;
  const gone = deciding.some(
    ({ truth, vanished }) => vanished.has(image_id) || truth.some((moment) => !moment[source].has(image_id)),
  );
  return gone ? null : 'it was there all the time';
}

/**
 * No sweep lets more images go, from the project, one source or one listing, than the limit allows, and none of a
 * listing that has become empty, but for those a person let go.
 */
export function* keepsToTheLimit({ looks }: Played): Generator<string> {
  for (const look of looks) {
    const { report, sight, configuration } = look;
    const isOver = (leaving: number, of: number) => leaving > Math.max(10, configuration.removalLimit * of);
    const current = currentlyListed(look).filter((one) => isAsked(sight, one, one.source));
    const unapproved = current.filter((one) => isLeaving(look, one) && !one.removal_approved);
    const leaving = new Set(unapproved.map(({ image_id }) => image_id)).size;
    const known = new Set(current.map(({ image_id }) => image_id)).size;
    if (isOver(leaving, known)) yield `run ${report.run_id}: ${leaving} of ${known} images left`;
    for (const { source, image_type, result } of sight.listings) {
      const isOf = (one: Listed) =>
        one.source === source && (source === 'phone-images' || one.listed_under === image_type);
      const [left, of] = [unapproved.filter(isOf).length, current.filter(isOf).length];
      const empty = result !== null && result.records.length + result.rejected.length === 0;
      if (isOver(left, of) || (empty && of > 3 && left > 0))
        yield `run ${report.run_id}: ${left} of ${of} images left ${source} ${image_type}`;
    }
    if (report.held_removals > 0 !== (report.status === 'held'))
      yield `run ${report.run_id}: ${report.status} without a word`;
  }
}
