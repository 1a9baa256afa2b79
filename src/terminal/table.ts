/** Tables: as wide as the terminal and no wider; anywhere else lines of whole values set apart by tabs. */
import { type ColumnNeed, fits, GAP, layOut } from './layout.ts';
import { type Colour, type Output, paint } from './output.ts';
import { printRecords } from './records.ts';
import { cutMiddle, padText, paragraph, printable, widthOf } from './text.ts';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly colour?: (row: Row) => Colour | null;
  readonly align?: 'right';
  /** Where the terminal is narrow, the column with the highest rank goes first. Without one it stays. */
  readonly rank?: number;
  /** Values are cut in their middle down to this width. Without it, they are shown whole. */
  readonly least?: number;
}

/** Rows that are written at once. */
const BATCH = 1000;

/**
 * Opens a table whose rows come one batch after the other. How wide its columns are is settled by the terminal
 * and the first of them: a later value that is wider is cut. Returns what prints a batch.
 */
export function openTable<Row>(
  out: Output,
  columns: readonly Column<Row>[],
  first: readonly Row[],
): (rows: readonly Row[]) => void {
  const shown = out.isTTY ? widthsOf(out, columns, first) : columns.map((column) => ({ column, width: 0 }));
  const print = out.isTTY ? printLines : printTabbed;
  print(out, shown, [null]);
  return (rows) => {
    for (let at = 0; at < rows.length; at += BATCH) print(out, shown, rows.slice(at, at + BATCH));
  };
}

/**
 * Prints rows under their titles. `empty` says in a sentence what it means that there are none. On a terminal on
 * which not even the columns that stay have room, rows are printed as records: a table of nothing but `…` tells nothing.
 */
export function printTable<Row>(
  out: Output,
  columns: readonly Column<Row>[],
  { rows, empty }: { rows: readonly Row[]; empty: string },
): void {
  if (rows.length === 0 && out.isTTY) out.write(paragraph(out, paint(out, 'dim', empty)));
  else if (out.isTTY && !fits(needsOf(columns, rows), out.columns)) printRecords(out, columns, rows);
  else openTable(out, columns, rows)(rows);
}

interface Shown<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

/** Null stands for the titles. */
type Line<Row> = Row | null;

function needsOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): ColumnNeed[] {
  return columns.map(({ title, value, least, rank = 0 }) => {
    let natural = widthOf(title);
    for (const row of rows) natural = Math.max(natural, widthOf(printable(value(row))));
    return { natural, least, rank };
  });
}

function widthsOf<Row>(out: Output, columns: readonly Column<Row>[], rows: readonly Row[]): Shown<Row>[] {
  const widths = layOut(needsOf(columns, rows), out.columns);
  return columns.flatMap((column, i) => (widths[i] ? [{ column, width: widths[i] }] : []));
}

function cellOf<Row>(column: Column<Row>, row: Line<Row>): string {
  return row === null ? column.title : printable(column.value(row));
}

function colourOf<Row>(column: Column<Row>, row: Line<Row>): Colour | null {
  return row === null ? 'dim' : (column.colour?.(row) ?? null);
}

function printLines<Row>(out: Output, shown: readonly Shown<Row>[], lines: readonly Line<Row>[]): void {
  const texts = lines.map((row) => {
    let blanks = 0;
    let line = '';
    for (const { column, width } of shown) {
      const text = padText(cutMiddle(cellOf(column, row), width), width, column.align);
      const visible = text.replace(/ +$/, '');
      const colour = colourOf(column, row);
      // Blanks wait for what comes behind them, so that no line ends in some.
      if (visible !== '') {
        line += ' '.repeat(blanks) + (colour ? paint(out, colour, visible) : visible);
        blanks = 0;
      }
      blanks += text.length - visible.length + GAP;
    }
    return `${line}\n`;
  });
  out.write(texts.join(''));
}

function printTabbed<Row>(out: Output, shown: readonly Shown<Row>[], lines: readonly Line<Row>[]): void {
  const texts = lines.map((row) => {
    const cells = shown.map(({ column }) => {
      const text = cellOf(column, row);
      const colour = row === null ? null : colourOf(column, row);
      return colour ? paint(out, colour, text) : text;
    });
    return `${cells.join('\t')}\n`;
  });
  out.write(texts.join(''));
}
