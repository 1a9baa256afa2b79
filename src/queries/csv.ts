/** Rows as CSV (RFC 4180): a line of titles, commas, quotes where they are needed, CRLF. */

/**
 * What spreadsheets take for the beginning of a formula, also behind blanks and in full width. Upstream
 * chooses the names of images, and a name must not run in the spreadsheet of whoever opens the file.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/**
 * The rows under the titles of `columns`. Null is nothing, times are ISO 8601, lists and objects are JSON.
 */
export function csvOf(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((line) => `${line.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A quote in front is how a spreadsheet is told that a cell is text.
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
