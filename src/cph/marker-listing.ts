/**
 * Reads a listing of which it is not known whether and how it pages. Whatever an answer says of more rows is followed;
 * what cannot be followed leaves the listing incomplete.
 */
import { canonicalJson } from '../inventory/canonical.ts';
import type { DriftKind } from '../inventory/listing.ts';
import { idOf, idsOf, type Row, received } from './received.ts';
import type { Attempt } from './relist.ts';
import type { SignsOfMore } from './signs-of-more.ts';

/** The query parameters that ask for a page; none for the first. */
export type PageParameters = Readonly<Record<string, string>>;

export interface MarkerPage {
  readonly rows: readonly Row[];
  readonly signs: SignsOfMore;
  /** The API refused the question, which it did not without the parameters. */
  readonly refused?: boolean;
}

export interface MarkerListing {
  readonly ask: (parameters: PageParameters) => Promise<MarkerPage>;
  /** Whether to ask on behind a page that says nothing of an end, with its last id for a marker. */
  readonly guesses: (page: MarkerPage) => boolean;
}

export interface MarkerAttempt extends Attempt {
  /** No answer told that the listing ends here. */
  readonly endAssumed: boolean;
  /** Asking on with the last id for a marker has brought rows that nothing else had announced. */
  readonly guessed: boolean;
}

/** Reads the listing once, as far as its own answers lead, from its start or from behind `begun`. */
export async function listByMarker(
  { ask, guesses }: MarkerListing,
  begun?: MarkerPage,
): Promise<MarkerAttempt> {
  const pages = [begun ?? (await ask({}))];
  const seen = new Set(pages.flatMap((page) => idsOf(page.rows)));
  let guessed = false;
  for (let step = stepAfter(pages, seen, begun ? () => true : guesses); step !== null; ) {
    const page = await ask(step.parameters);
    const fresh = idsOf(page.rows).filter((id) => !seen.has(id));
    if (fresh.length === 0)
      return attemptOf(pages, { drift: driftAtEnd(pages, page, step), guessed, told: !step.guessed });
    guessed ||= step.guessed && !saysMore(pages, seen.size);
    pages.push(page);
    for (const id of fresh) seen.add(id);
    step = stepAfter(pages, seen, guesses);
  }
  return attemptOf(pages, { drift: null, guessed, told: pages.at(-1)?.signs.tellsEnd ?? false });
}

interface Step {
  readonly parameters: PageParameters;
  /** The API has not named it. */
  readonly guessed: boolean;
}

/** The largest page, by the newest edition of the reference. */
const FULL_PAGE = 500;

function stepAfter(
  pages: readonly MarkerPage[],
  seen: ReadonlySet<string>,
  guesses: MarkerListing['guesses'],
): Step | null {
  const page = pages.at(-1);
  if (!page) return null;
  const { rows, signs } = page;
  if (signs.next) return { parameters: signs.next, guessed: false };
  const last = idsOf(rows).at(-1);
  if (last === undefined) return null;
  const silent = !signs.tellsEnd && (rows.length === FULL_PAGE || guesses(page));
  return saysMore(pages, seen.size) || silent ? { parameters: { marker: last }, guessed: true } : null;
}

function saysMore(pages: readonly MarkerPage[], distinct: number): boolean {
  const signs = pages.at(-1)?.signs;
  return Boolean(signs && (signs.flagged || signs.counted > distinct || signs.pages > pages.length));
}

/** Why a page without a new id is no fair end; null where it is one. */
function driftAtEnd(pages: readonly MarkerPage[], page: MarkerPage, step: Step): DriftKind | null {
  const distinct = new Set(pages.flatMap(({ rows }) => idsOf(rows))).size;
  if (step.guessed) return saysMore(pages, distinct) || page.refused ? 'end' : null;
  const isEmpty = page.rows.length === 0 && !page.refused && !page.signs.next && !page.signs.flagged;
  return isEmpty ? null : 'marker';
}

function attemptOf(
  pages: readonly MarkerPage[],
  { drift, guessed, told }: { drift: DriftKind | null; guessed: boolean; told: boolean },
): MarkerAttempt {
  const rows = pages.flatMap((page) => page.rows);
  const { distinct } = received([{ rows, total: null }]);
  const counted = Math.max(...pages.map(({ signs }) => signs.counted));
  const contradiction = contradicts(rows) ? 'duplicate' : counted > distinct ? 'count' : null;
  return {
    rows,
    pages: pages.map((page) => ({ rows: page.rows, total: null })),
    drift: drift ?? contradiction,
    ended: drift === null && contradiction !== 'count',
    endAssumed: !told,
    guessed,
  };
}

/** Whether one id comes with different rows. The same row twice is one row. */
function contradicts(rows: readonly Row[]): boolean {
  const texts = new Map<string, string>();
  const { distinct } = received([{ rows, total: null }]);
  if (distinct === rows.length) return false;
  return rows.some((row) => {
    const [id, text] = [idOf(row), canonicalJson(row)];
    if (id === null) return false;
    const other = texts.get(id) ?? text;
    texts.set(id, text);
    return other !== text;
  });
}
