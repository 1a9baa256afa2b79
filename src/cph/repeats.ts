/**
 * Rows that come again on another page. Where pages overlap at their border, that is how an edition pages, or something
 * was made meanwhile. But an order that is another one for each page also shows a row twice, and in its place another
 * row never, the same each time it is asked.
 */
import { type OffsetReading, offsetBehind } from './lessons.ts';
import { LIMIT, type PageRequest, smallestNonDivisor } from './listing-end.ts';
import { announcedTotal, idsOf, type Page, type Received, type Row } from './received.ts';

/** Where a page begins with the last rows of the one before. */
export interface Border {
  /** How many rows came on the pages before it. */
  readonly at: number;
  /** How many of them it begins with. */
  readonly shared: number;
  /** Which page begins there, from 0. */
  readonly page: number;
}

/** The borders at which pages overlap; null when a row comes again elsewhere on another page. */
export function overlapsOf(pages: readonly { readonly rows: readonly Row[] }[]): Border[] | null {
  const seen = new Set<string>();
  const borders: Border[] = [];
  let before: readonly string[] = [];
  let at = 0;
  for (const [page, { rows }] of pages.entries()) {
    const ids = idsOf(rows);
    const shared = ids.filter((id) => seen.has(id)).length;
    if (shared > 0) {
      if (before.slice(-shared).join() !== ids.slice(0, shared).join()) return null;
      borders.push({ at, shared, page });
    }
    for (const id of ids) seen.add(id);
    if (ids.length > 0) before = ids;
    at += rows.length;
  }
  return borders;
}

/**
 * Whether no row is hidden behind those that came again: the total counts each once, or a page across each border where
 * that may be shows rows that are known and no other.
 */
export async function hidesNothing(
  so: Received,
  reading: OffsetReading,
  ask: (page: PageRequest) => Promise<Page>,
): Promise<boolean> {
  if (announcedTotal(so) === so.distinct) return true;
  const borders = overlapsOf(so.pages);
  if (borders === null) return false;
  const known = new Set(idsOf(so.rows));
  const behind = reading.startsWith('index') ? bordersBehindRepeats(so.pages) : [];
  for (const border of [...borders, ...behind]) {
    const { rows } = await ask(pageAcross(border, reading));
    if (rows.length === 0 || idsOf(rows).some((id) => !known.has(id))) return false;
  }
  return true;
}

/**
 * Where a page begins behind one on which a row came twice: if the API does not count the second copy in `offset`, the
 * page begins too late.
 */
export function bordersBehindRepeats(pages: readonly Pick<Page, 'rows'>[]): Border[] {
  let at = 0;
  return pages.flatMap(({ rows }, i) => {
    const ids = idsOf(rows);
    const shared = ids.length - new Set(ids).size;
    at += rows.length;
    const isFollowed = (pages[i + 1]?.rows.length ?? 0) > 0;
    return shared > 0 && isFollowed ? [{ at, shared, page: i + 1 }] : [];
  });
}

function pageAcross({ at, shared }: Border, reading: OffsetReading): PageRequest {
  if (reading.startsWith('index')) {
    return { offset: offsetBehind(reading, { rows: at - shared, pages: 0 }), limit: LIMIT };
  }
  const limit = smallestNonDivisor(at);
  return { offset: offsetBehind(reading, { rows: 0, pages: Math.floor(at / limit) }), limit };
}
