/** Rows one below the other, for a terminal on which they do not fit beside each other. */
import { GAP } from './layout.ts';
import { type Output, paint } from './output.ts';
import type { Column } from './table.ts';
import { padText, paragraph, printable, widthOf } from './text.ts';

/** Each row as lines of title and value, whole; what is empty is left out. A blank line stands between rows. */
export function printRecords<Row>(out: Output, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const width = Math.max(...columns.map(({ title }) => widthOf(title)));
  for (const [n, row] of rows.entries()) {
    if (n > 0) out.write('\n');
    for (const { title, value, colour } of columns) {
      const text = printable(value(row));
      if (text === '') continue;
      const painted = colour?.(row) ?? null;
      const line = `${paint(out, 'dim', title)}${padText('', width - widthOf(title) + GAP)}${painted ? paint(out, painted, text) : text}`;
      out.write(paragraph(out, line, { hang: GAP }));
    }
  }
}
