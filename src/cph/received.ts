import type { ImageRecord } from '../inventory/image.ts';
import type { DriftKind, RejectedRecord } from '../inventory/listing.ts';

/** What one row of an answer was read as. */
export type Row = ImageRecord | RejectedRecord;

export interface Page {
  readonly rows: readonly Row[];
  /** As reported; null when the answer has none. */
  readonly total: number | null;
  /** How many rows were asked for. */
  readonly limit?: number;
  /** Nothing but a refusal or an answer without its list came, which is how some editions say that there is no such page. */
  readonly refused?: boolean;
  /** It is empty by its `total` alone, and has no list. */
  readonly listless?: boolean;
  /** Its answer says that there are rows which it does not hold. */
  readonly partial?: boolean;
  /** Its answer says that pages follow. */
  readonly goesOn?: boolean;
}

/** The pages of one listing, in order, with what they say together. */
export interface Received {
  readonly pages: readonly Page[];
  readonly rows: readonly Row[];
  /** Distinct ids, and rows without one. */
  readonly distinct: number;
}

export function idOf(row: Row): string | null {
  return 'image_id' in row ? row.image_id : null;
}

/** Ids of all rows that have one, in order. */
export function idsOf(rows: readonly Row[]): string[] {
  const ids: string[] = [];
  for (const row of rows) if ('image_id' in row) ids.push(row.image_id);
  return ids;
}

export function received(pages: readonly Page[]): Received {
  const rows = pages.flatMap((page) => page.rows);
  const ids = idsOf(rows);
  return { pages, rows, distinct: new Set(ids).size + rows.length - ids.length };
}

/**
 * What `total` says of the whole listing: `moved` when it says different things, null when it says nothing,
 * because there is none or each page counts itself. A total that counts what is left from each page on is
 * read as the first.
 */
export function announcedTotal({ pages }: Received): number | 'moved' | null {
  const told = pages.filter((page) => page.total !== null && !page.refused);
  const [first] = told;
  if (!first || first.total === null) return null;
  if (told.every((page) => page.total === first.total) && !(told.length > 1 && countsItself(told))) {
    return first.total;
  }
  if (countsItself(told)) return null;
  return countsTheRest(pages) ? first.total : 'moved';
}

function countsItself(pages: readonly Page[]): boolean {
  return pages.every((page) => page.total === page.rows.length);
}

function countsTheRest(pages: readonly Page[]): boolean {
  let before = 0;
  return pages.every((page) => {
    const whole = (page.total ?? Number.NaN) + before;
    before += page.rows.length;
    return page.refused || whole === pages[0]?.total;
  });
}

/** How a listing whose end is proven contradicts that it is whole; null when it does not. */
export function driftOf(
  listing: Received,
  { total, twice }: { total: 'grand' | 'other' | null; twice: ReadonlySet<string> },
): DriftKind | null {
  if (repeatedIds(listing).some((id) => !twice.has(id))) return 'duplicate';
  const announced = announcedTotal(listing);
  if (announced === 'moved') return 'total';
  // A row that comes twice may have been counted twice.
  const most = repeatedIds(listing).length > 0 ? listing.rows.length : listing.distinct;
  return total !== 'other' && announced !== null && announced > most ? 'count' : null;
}

/** Of so few rows or more are pages of every edition that is known. */
const SMALLEST_PAGE = 5;
const MANY_PAGES = 200;

/**
 * Whether pages are so many and so small that there may be no end to them. Where few images are others in each answer, and
 * the same page comes whatever is asked, no row ever comes again.
 */
export function mayNeverEnd(pages: readonly Pick<Page, 'rows'>[]): boolean {
  if (pages.length <= MANY_PAGES) return false;
  return pages.reduce((sum, { rows }) => sum + rows.length, 0) < pages.length * SMALLEST_PAGE;
}

/** Ids that came more than once. */
export function repeatedIds({ rows, distinct }: Received): string[] {
  if (rows.length === distinct) return [];
  const seen = new Set<string>();
  const again = idsOf(rows).filter((id) => seen.size === seen.add(id).size);
  return [...new Set(again)];
}
