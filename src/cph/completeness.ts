/**
 * What proves that a listing by `offset` and `limit` is complete. Decided from the pages alone, because the reference
 * leaves open what `total` counts and what `offset` counts, and editions of the API differ in both.
 */
import type { ImageRecord } from '../inventory/image.ts';
import type { DriftKind, RejectedRecord } from '../inventory/listing.ts';

/** What one row of an answer was read as. */
export type Row = ImageRecord | RejectedRecord;

export interface Page {
  readonly rows: readonly Row[];
  /** As reported; null when the answer has none. */
  readonly total: number | null;
}

/** Whether `offset` counts images or pages of `limit` images. */
export type OffsetReading = 'index' | 'page-number';

/**
 * How pages that follow one another contradict that they are the whole listing; null proves it complete: a page that is
 * not full ends it, no id comes twice, and where `total` is a grand total it stays the same and is the number of rows.
 * Rows that could not be read count like any other.
 */
export function driftOf(pages: readonly Page[], limit: number): DriftKind | null {
  const ids = idsOf(pages);
  if (new Set(ids).size < ids.length) return 'duplicate';
  const end = pages.findIndex((page) => page.rows.length < limit);
  if (end < 0 || pages.slice(end + 1).some((page) => page.rows.length > 0)) return 'count';
  const listed = pages.slice(0, end + 1);
  const totals = grandTotals(listed);
  if (totals.some((total) => total !== totals[0])) return 'total';
  const rows = listed.reduce((sum, page) => sum + page.rows.length, 0);
  return totals.length > 0 && totals[0] !== rows ? 'count' : null;
}

/** The totals that count the whole listing: none when each of several pages reports its own length. */
function grandTotals(pages: readonly Page[]): number[] {
  if (pages.length > 1 && pages.every((page) => page.total === page.rows.length)) return [];
  return pages.flatMap((page) => page.total ?? []);
}

/**
 * What `offset` counts, from a full first page and the answer to `offset=1`: the same rows but the first when it counts
 * images, others or none when it counts pages. Null when the two fit neither, as they do while images come and go.
 */
export function readOffset(first: Page, probe: Page): OffsetReading | null {
  const before = idsOf([first]);
  const after = idsOf([probe]);
  if (before.length === 0 || (after.length === 0 && probe.rows.length > 0)) return null;
  const known = new Set(before);
  const shared = after.filter((id) => known.has(id)).length;
  if (shared === 0) return 'page-number';
  // An API that ignores offset, or counts pages from 1, answers with the first page again.
  const repeated = first.rows[0]?.image_id === probe.rows[0]?.image_id;
  return !repeated && shared * 2 > before.length ? 'index' : null;
}

/** Ids of all rows that have a readable one, in order. */
export function idsOf(pages: readonly Pick<Page, 'rows'>[]): string[] {
  return pages.flatMap((page) => page.rows.flatMap((row) => row.image_id ?? []));
}
