/** What a removal takes, and what it may never take. The laws know nothing of how the sweep decides. */
import type { Source } from '../../src/inventory/image.ts';
import { isApplied, type Looked, type Played } from './play.ts';
import { idsIn, isComplete } from './witness.ts';

interface Listed {
  readonly image_id: string;
  readonly source: Source;
  readonly image_type: string | null;
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

function absenceIn({ sight }: Looked): (one: Listed) => 'shown' | 'proven' | 'unproven' {
  const shown = idsIn(sight);
  const complete = isComplete(sight);
  return ({ image_id, source }) => {
    if (shown[source].ids.has(image_id)) return 'shown';
    return complete && !shown[source].anonymous ? 'proven' : 'unproven';
  };
}

function currentlyListed({ before }: Looked): Listed[] {
  return Array.from(before.values()).flatMap(({ row: { image_id, image_type, listed_in, removed_at } }) =>
    removed_at ? [] : listed_in.map((source) => ({ image_id, image_type, source })),
  );
}

function isLeaving({ after }: Looked, { image_id, source }: Listed): boolean {
  const row = after.get(image_id)?.row;
  return !row || row.removed_at !== null || !row.listed_in.includes(source);
}

/** `looks` are those from the first that missed it to the one that lets it go. */
function wronglyLetGo(looks: readonly Looked[], { image_id, image_type, source }: Listed): string | null {
  const last = looks.at(-1);
  if (looks.length === 1 || !last) return 'at the first sweep that missed it';
  const refused = last.sight.listings.some(({ result }) => result?.proof === 'unsupported');
  // Where the images endpoint refuses public images, phone-images speaks for it, and cannot be asked by id.
  const witness = image_type === 'public' && refused ? 'phone-images' : source;
  const deciding = witness === 'images' ? [last] : looks;
  const gone = deciding.some(
    ({ truth, vanished }) => vanished.has(image_id) || truth.some((moment) => !moment[witness].has(image_id)),
  );
  return gone ? null : 'it was there all the time';
}

/** No sweep lets more images go, from one source or from all, than the limit allows, but for those a person let go. */
export function* keepsToTheLimit({ looks, history }: Played): Generator<string> {
  for (const look of looks) {
    const { report } = look;
    const current = [...look.before.values()].filter(({ row }) => row.removed_at === null);
    const unapproved = currentlyListed(look).filter(
      (one) => isLeaving(look, one) && !look.before.get(one.image_id)?.row.removal_approved,
    );
    const leaving = new Set(unapproved.map(({ image_id }) => image_id)).size;
    const allowed = Math.max(10, history.removalLimit * current.length);
    if (leaving > allowed) yield `run ${report.run_id}: ${leaving} of ${current.length} images left`;
    if (report.held_removals > 0 !== (report.status === 'held'))
      yield `run ${report.run_id}: ${report.status} without a word`;
  }
}
