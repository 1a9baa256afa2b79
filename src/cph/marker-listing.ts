import { idsOf, type Row } from './completeness.ts';
import type { Attempt } from './relist.ts';

export interface MarkerPage {
  readonly rows: readonly Row[];
  /** Where to go on; empty at the end; null when the answer has no such field, as where there is no paging. */
  readonly nextMarker: string | null;
}

/** The page of an edition that pages, unless told otherwise. */
const FULL_PAGE = 500;

/**
 * Lists once, for an endpoint of which it is not known whether and how it pages. Markers are followed to an empty one;
 * a full page without any is followed by its last id, since the answer may have been cut there: if that brings nothing
 * new, the page was all there is.
 */
export async function listByMarker(ask: (marker: string | null) => Promise<MarkerPage>): Promise<Attempt> {
  const first = await ask(null);
  const rows = [...first.rows];
  const seen = new Set(idsOf([first]));
  let repeated = seen.size < idsOf([first]).length;
  for (let step = stepAfter(first); step !== null; ) {
    const page = await ask(step.marker);
    const ids = idsOf([page]);
    const fresh = new Set(ids.filter((id) => !seen.has(id)));
    if (fresh.size === 0) {
      if (!endsListing(page, step)) return { rows, drift: 'marker' };
      break;
    }
    repeated ||= fresh.size < ids.length;
    rows.push(...page.rows);
    for (const id of fresh) seen.add(id);
    step = stepAfter(page);
  }
  return { rows, drift: repeated ? 'duplicate' : null };
}

interface Step {
  readonly marker: string;
  /** The API has not named it. */
  readonly guessed: boolean;
}

function stepAfter(page: MarkerPage): Step | null {
  if (page.nextMarker) return { marker: page.nextMarker, guessed: false };
  const last = idsOf([page]).at(-1);
  if (page.nextMarker === '' || page.rows.length !== FULL_PAGE || last === undefined) return null;
  return { marker: last, guessed: true };
}

/** Whether a page without a new id is a fair end: the answer to a guess, or an empty page with nowhere to go on. */
function endsListing(page: MarkerPage, step: Step): boolean {
  return step.guessed || (page.rows.length === 0 && !page.nextMarker);
}
