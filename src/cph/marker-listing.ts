/**
 * Reads a listing of which it is not known whether and how it pages. Whatever an answer says of more rows is
 * followed; what cannot be followed leaves the listing incomplete.
 */
import { canonicalJson } from '../inventory/canonical.ts';
import type { DriftKind } from '../inventory/listing.ts';
import { idOf, idsOf, mayNeverEnd, type Row, received } from './received.ts';
import type { Attempt } from './relist.ts';
import { bordersBehindRepeats, overlapsOf } from './repeats.ts';
import type { SignsOfMore } from './signs-of-more.ts';

/** The query parameters that ask for a page; none for the first. */
export type PageParameters = Readonly<Record<string, string>>;

export interface MarkerPage {
  readonly rows: readonly Row[];
  readonly signs: SignsOfMore;
  /** The API refused the question, or answered without its list, which it did not without the parameters. */
  readonly refused?: boolean;
  /** It is empty by its `total` alone, and has no list. */
  readonly listless?: boolean;
  /** Its answer says that there are rows which it does not hold. */
  readonly partial?: boolean;
}

/** How to ask for the next page where no answer says how: behind the last id, or behind so many rows. */
export type Guess = 'marker' | 'offset';

export interface MarkerListing {
  readonly ask: (parameters: PageParameters) => Promise<MarkerPage>;
  /** How to ask on behind a page that says nothing of an end; null where such a page is the last one. */
  readonly goesOnBy: Guess | null;
}

export interface MarkerAttempt extends Attempt {
  /** No answer told that the listing ends here. */
  readonly endAssumed: boolean;
  /** The guess that has brought rows. */
  readonly wentOnBy: Guess | null;
}

/** Reads the listing once, as far as its own answers lead, from its start or from behind `begun`. */
export async function listByMarker(
  { ask, goesOnBy }: MarkerListing,
  begun?: MarkerPage,
): Promise<MarkerAttempt> {
  const pages = [begun ?? (await ask({}))];
  const ways: PageParameters[] = [{}];
  const seen = new Set(pages.flatMap((page) => idsOf(page.rows)));
  const asked = new Set<string>();
  let wentOnBy: Guess | null = null;
  for (;;) {
    const steps = stepsBehind(pages, seen, wentOnBy ?? goesOnBy);
    // One page again and again, each time with an image that has just come: it would never end.
    if (isAskedAgain(steps, asked)) return attemptOf(pages, { drift: 'marker', wentOnBy });
    const next = await firstNew(steps, seen, ask);
    const reached = next.fresh ? next : emptyLink(next, pages);
    if (!reached) {
      const drift = (await driftAtEnd({ pages, seen }, next, ask)) ?? (await hiddenBy(pages, ways, ask));
      return attemptOf([...pages, ...withoutIds(next, pages)], { drift, wentOnBy });
    }
    wentOnBy = reached.step.guess ?? wentOnBy;
    pages.push(reached.page);
    ways.push(reached.step.parameters);
    // Or with an image that comes each time, on a page that moves on with it.
    if (leadsNowhere(pages, seen)) return attemptOf(pages, { drift: 'marker', wentOnBy });
    for (const id of idsOf(reached.page.rows)) seen.add(id);
  }
}

/**
 * Where a page asked for by offset begins with rows that came before, another order of the rows may hide one behind
 * them: a page across that border shows it. A marker may be the row it begins with.
 */
async function hiddenBy(
  pages: readonly MarkerPage[],
  ways: readonly PageParameters[],
  ask: MarkerListing['ask'],
): Promise<DriftKind | null> {
  if (!ways.some((way) => way.offset !== undefined)) return null;
  const known = new Set(pages.flatMap(({ rows }) => idsOf(rows)));
  for (const { at, shared, page } of [...(overlapsOf(pages) ?? []), ...bordersBehindRepeats(pages)]) {
    const way = ways[page];
    if (way?.offset === undefined) continue;
    const { rows } = await ask({ ...way, offset: String(at - shared) });
    if (rows.length === 0 || idsOf(rows).some((id) => !known.has(id))) return 'duplicate';
  }
  return null;
}

interface Step {
  readonly parameters: PageParameters;
  /** Null where the API itself has named the parameters. */
  readonly guess: Guess | null;
}

/** The ways to ask for the next page, the likeliest first; none behind a page that is the last one. */
function stepsBehind(
  pages: readonly MarkerPage[],
  seen: ReadonlySet<string>,
  goesOnBy: Guess | null,
): readonly Step[] {
  const page = pages.at(-1);
  if (page?.signs.next) return namedSteps(page.signs.next);
  const last = idsOf(page?.rows ?? []).at(-1);
  if (!page || last === undefined) return [];
  const rows = pages.reduce((sum, one) => sum + one.rows.length, 0);
  const byMarker: Step = { parameters: { marker: last }, guess: 'marker' };
  const byOffset: Step = { parameters: { offset: String(rows) }, guess: 'offset' };
  if (saysMore(pages, seen.size)) return goesOnBy === 'offset' ? [byOffset, byMarker] : [byMarker, byOffset];
  if (page.signs.tellsEnd || goesOnBy === null) return [];
  return [goesOnBy === 'offset' ? byOffset : byMarker];
}

/** A marker that is a number may be the offset that comes next. */
function namedSteps(next: PageParameters): readonly Step[] {
  const steps: Step[] = [{ parameters: next, guess: null }];
  const { marker } = next;
  if (marker && /^\d{1,9}$/.test(marker)) steps.push({ parameters: { offset: marker }, guess: null });
  return steps;
}

/** The likeliest of the steps was asked before. From now on it was. */
function isAskedAgain([likeliest]: readonly Step[], asked: Set<string>): boolean {
  if (!likeliest) return false;
  const before = asked.size;
  return asked.add(canonicalJson(likeliest.parameters)).size === before;
}

/** Of a listing whose empty pages name another one each time. */
const MOST_PAGES = 200;

/** An empty page that names the one to follow it: rows that are left out of a page leave its place in the chain. */
function emptyLink({ page, step }: Next, { length }: readonly MarkerPage[]): Reached | null {
  if (!page || !step || step.guess || page.refused || length >= MOST_PAGES) return null;
  return page.rows.length === 0 && page.signs.next ? { page, step } : null;
}

interface Reached {
  readonly page: MarkerPage;
  readonly step: Step;
}

type Next =
  | { readonly fresh: true; readonly page: MarkerPage; readonly step: Step }
  | { readonly fresh: false; readonly page: MarkerPage | null; readonly step: Step | null };

/** The first page with an id that is new; else the last one that was asked for. */
async function firstNew(
  steps: readonly Step[],
  seen: ReadonlySet<string>,
  ask: MarkerListing['ask'],
): Promise<Next> {
  let none: Next = { fresh: false, page: null, step: null };
  for (const step of steps) {
    const page = await ask(step.parameters);
    if (idsOf(page.rows).some((id) => !seen.has(id))) return { fresh: true, page, step };
    none = { fresh: false, page, step };
  }
  return none;
}

/**
 * A page of the rows without a usable id that a guess has brought, where none came before: no id tells whether they are
 * new, but an endpoint that ignores the guess gives what it gave before.
 */
function withoutIds({ page, step }: Next, pages: readonly MarkerPage[]): MarkerPage[] {
  const isNameless = (row: Row) => idOf(row) === null;
  const rows = step?.guess ? (page?.rows.filter(isNameless) ?? []) : [];
  if (!page || rows.length === 0 || pages.some((one) => one.rows.some(isNameless))) return [];
  return [{ ...page, rows }];
}

function saysMore(pages: readonly MarkerPage[], distinct: number): boolean {
  const signs = pages.at(-1)?.signs;
  return Boolean(signs && (signs.flagged || signs.counted > distinct || signs.pages > pages.length));
}

/** Whether the last page is mostly old, or pages may come for ever. */
function leadsNowhere(pages: readonly MarkerPage[], seen: ReadonlySet<string>): boolean {
  const ids = idsOf(pages.at(-1)?.rows ?? []);
  return ids.filter((id) => !seen.has(id)).length * 2 < ids.length || mayNeverEnd(pages);
}

/** Why no page with a new id is no fair end; null where it is one. */
async function driftAtEnd(
  { pages, seen }: { pages: readonly MarkerPage[]; seen: ReadonlySet<string> },
  { page, step }: Next,
  ask: MarkerListing['ask'],
): Promise<DriftKind | null> {
  if (!page || !step || step.guess) return saysMore(pages, seen.size) ? 'end' : null;
  if (page.rows.length > 0 || page.signs.next || page.signs.flagged) return 'marker';
  const ids = pages.flatMap(({ rows }) => idsOf(rows));
  return !page.refused || (await endsAtLast(ids, step, ask)) ? null : 'marker';
}

/**
 * Whether nothing lies behind the last row, where its id is the marker that the API gave and did not take: then the id
 * before it leads to the last row and no other.
 */
async function endsAtLast(
  ids: readonly string[],
  { parameters }: Step,
  ask: MarkerListing['ask'],
): Promise<boolean> {
  const [beforeLast, last] = ids.slice(-2);
  if (last === undefined || beforeLast === undefined || parameters.marker !== last) return false;
  const across = await ask({ ...parameters, marker: beforeLast });
  return idsOf(across.rows).join() === last;
}

function attemptOf(
  pages: readonly MarkerPage[],
  { drift, wentOnBy }: { drift: DriftKind | null; wentOnBy: Guess | null },
): MarkerAttempt {
  const { rows, distinct } = received(pages.map((page) => ({ rows: page.rows, total: null })));
  const counted = Math.max(...pages.map(({ signs }) => signs.counted));
  const contradiction =
    distinct < rows.length && contradicts(pages) ? 'duplicate' : counted > distinct ? 'count' : null;
  const last = pages.at(-1)?.signs;
  const isPartial = pages.some((page) => page.partial);
  const open = drift ?? (isPartial ? 'end' : null);
  return {
    rows,
    pages: pages.map(({ rows, listless = false }) => ({ rows, total: null, listless })),
    drift: open ?? contradiction,
    ended: open === null && contradiction !== 'count',
    endAssumed: !last?.tellsEnd && !last?.next,
    wentOnBy,
  };
}

/** Whether one id comes with different rows, or where no overlap of two pages explains it. */
function contradicts(pages: readonly MarkerPage[]): boolean {
  const texts = new Map<string, string>();
  if (overlapsOf(pages) === null) return true;
  return pages
    .flatMap((page) => page.rows)
    .some((row) => {
      const [id, text] = [idOf(row), canonicalJson(row)];
      if (id === null) return false;
      const other = texts.get(id) ?? text;
      texts.set(id, text);
      return other !== text;
    });
}
