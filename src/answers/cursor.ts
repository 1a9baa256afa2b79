/** Keyset paging: where an answer ended, as an opaque text that leads to what comes next. */
import { QueryFault } from '../queries/run.ts';

/** The values of the last row that decide its place, in their order. */
export type Place = readonly (string | number)[];

/** Rows, and where what comes behind them begins; null at the end. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
}

/** `order` says which order the place is one of, since it means nothing in another. */
export function cursorOf(order: string, place: Place): string {
  return Buffer.from(JSON.stringify([order, ...place])).toString('base64url');
}

/**
 * The place that a cursor of this order holds, of as many values as `example` and of the same kinds.
 *
 * @throws QueryFault for anything that {@link cursorOf} did not make for this order
 */
export function placeOf<const P extends Place>(
  cursor: string,
  { order, example }: { order: string; example: P },
): { -readonly [I in keyof P]: P[I] extends number ? number : string } {
  const [named, ...place] = valuesIn(cursor);
  const fits =
    named === order &&
    place.length === example.length &&
    place.every((value, i) => typeof value === typeof example[i] && isPlain(value));
  if (!fits) throw notACursor();
  return place as never;
}

/** Whether Postgres takes it for a number or a text. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' ? !value.includes('\0') : Number.isSafeInteger(value);
}

function valuesIn(cursor: string): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(values) ? values : [];
  } catch {
    return [];
  }
}

/** For a cursor whose values cannot be, such as a time that is none. */
export function notACursor(): QueryFault {
  return new QueryFault('cursor', 'cursor takes what next of an answer says, with the same sort');
}

/** A page of at most `limit` of the rows, of which one more was asked for to see whether there is more. */
export function pageOf<Row>(
  rows: readonly Row[],
  { limit, cursor }: { limit: number; cursor: (last: Row) => string },
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? cursor(last) : null };
}
