/** A table as CSV, page by page: however long it is, one page of it is in memory, and no connection waits for the reader. */
import { csvOf } from '../../queries/csv.ts';
import type { Asking, Given, Table } from './endpoint.ts';

/** Rows that are read at once where nobody asked for a number of them. */
const AT_ONCE = 1000;

/**
 * The whole table from the first page on, or as many rows as were asked for. The first page is read before
 * this resolves, so that what cannot be answered is refused and not cut off.
 */
export async function csvStream(
  table: Table,
  asking: Asking,
  given: Given,
): Promise<ReadableStream<Uint8Array>> {
  const whole = given.parameters.limit === undefined;
  const read = (cursor: unknown) =>
    table.page(asking, {
      ...given,
      parameters: {
        ...given.parameters,
        ...(whole ? { limit: AT_ONCE } : {}),
        ...(cursor ? { cursor } : {}),
      },
    });
  const encoder = new TextEncoder();
  let page = await read(null);
  let text = csvOf(table.columns, page.items);
  return new ReadableStream({
    pull: async (controller) => {
      controller.enqueue(encoder.encode(text));
      if (!whole || page.next === null) return controller.close();
      page = await read(page.next);
      // The titles stand at the beginning alone.
      text = csvOf(table.columns, page.items).replace(/^[^\r]*\r\n/, '');
    },
  });
}
