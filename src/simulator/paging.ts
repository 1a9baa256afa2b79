import type { Edition } from './edition.ts';
import { Refusal } from './errors.ts';
import { wholeNumber } from './query.ts';

const MAX_LIMIT = 100;

/** Where a page begins, and how many rows it holds at most. */
interface Window {
  readonly first: number;
  readonly rows: number;
}

/**
 * What `offset` and `limit` of the images endpoint mean in this edition. Throws {@link Refusal} for what it
 * refuses.
 */
export function windowOf(query: URLSearchParams, edition: Edition): Window {
  const rows = rowsAsked(query, edition);
  const offset = wholeNumber(query, 'offset', { low: 0, refusal: 'CPS.0002' }) ?? 0;
  if (offset === 0 || edition.offset === 'ignored') return { first: 0, rows };
  return { first: edition.offset === 'index' ? offset : offset * rows, rows };
}

function rowsAsked(query: URLSearchParams, { limit }: Edition): number {
  const most = limit === 'honoured' ? MAX_LIMIT : Object(limit).most;
  const high = most ?? Number.MAX_SAFE_INTEGER;
  const asked =
    wholeNumber(query, 'limit', { low: 1, high, refusal: 'CPS.0002' }) ?? Math.min(MAX_LIMIT, high);
  if (limit === 'honoured' || (typeof limit === 'object' && 'most' in limit)) return asked;
  return limit === 'ignored' ? Number.POSITIVE_INFINITY : Math.min(asked, limit.clamped);
}

/**
 * The rows of a page; null behind the end where the edition has no answer with a list for that. Throws {@link Refusal}
 * where it refuses it.
 */
export function pageOf<Row>(
  listed: readonly Row[],
  { first, rows }: Window,
  { beyondEnd, deepest }: Edition,
): readonly Row[] | null {
  const end = deepest === 'end' ? listed.length : Math.min(listed.length, deepest.row);
  if (first === 0 || first < end) return listed.slice(first, first + rows);
  if (beyondEnd === 'empty') return [];
  if (beyondEnd === 'refused') throw new Refusal('CPS.0002');
  if (beyondEnd !== 'last-page') return null;
  const pagesBefore = Math.max(0, Math.ceil(listed.length / rows) - 1);
  return listed.slice(pagesBefore === 0 ? 0 : pagesBefore * rows);
}

/** The list with one row twice: both on the first page of `rows` rows, or one on it and one on the next. */
export function withDuplicate<Row>(
  listed: readonly Row[],
  rows: number,
  { duplicates }: Edition,
): readonly Row[] {
  const place = duplicates === 'on-page' ? 0 : rows - 1;
  // On a page of one row, both places would be the same, and a marker would lead from the row to itself for
  // ever.
  if (duplicates === 'none' || rows < 2 || place >= listed.length) return listed;
  return [...listed.slice(0, place + 1), ...listed.slice(place)];
}

/** The numbers a `total` can be made of. */
export interface Counts {
  readonly page: number;
  /** Everything that matches the question. */
  readonly matching: number;
  /** What the same question without a type matches. */
  readonly allTypes: number;
}

/** `total` as the edition counts and writes it; nothing where it sends none. */
export function totalField({ total, totalAs }: Edition, counts: Counts): { total?: number | string } {
  if (total === 'absent') return {};
  const count = counted(total, counts);
  return { total: totalAs === 'text' ? String(count) : count };
}

function counted(total: Exclude<Edition['total'], 'absent'>, { page, matching, allTypes }: Counts): number {
  if (total === 'page') return page;
  if (total === 'all-types') return allTypes;
  return total === 'grand' ? matching : Math.min(matching, total.capped);
}
