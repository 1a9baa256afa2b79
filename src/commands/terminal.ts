/** How commands speak: aligned tables and colour on a terminal, plain tab-separated lines anywhere else. */
import { stripVTControlCharacters, styleText } from 'node:util';

/** Where a command writes what it was asked for. Logs go elsewhere. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
}

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Colours text for a terminal. Leaves it alone for a file or a pipe. */
export function paint(out: Output, colour: Colour | readonly Colour[], text: string): string {
  // The stream was asked already. The check of styleText would look at another stream.
  return out.isTTY ? styleText([...[colour].flat()], text, { validateStream: false }) : text;
}

/** Takes control characters out of what upstream sent: a name must not be able to move the cursor. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, '�');
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly colour?: (row: Row) => Colour | null;
  readonly align?: 'right';
}

/** Prints rows under their titles. `empty` says in a sentence what it means that there are none. */
export function printTable<Row>(
  out: Output,
  columns: readonly Column<Row>[],
  { rows, empty }: { rows: readonly Row[]; empty: string },
): void {
  const cells = rows.map((row) => columns.map((column) => printable(column.value(row))));
  if (!out.isTTY) {
    const lines = [columns.map((column) => column.title), ...cells];
    out.write(lines.map((line) => `${line.join('\t')}\n`).join(''));
    return;
  }
  if (rows.length === 0) {
    out.write(`${paint(out, 'dim', empty)}\n`);
    return;
  }
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((line) => line[i]?.length ?? 0)),
  );
  const pad = (text: string, i: number) =>
    columns[i]?.align === 'right' ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
  out.write(
    `${paint(
      out,
      'dim',
      columns
        .map((column, i) => pad(column.title, i))
        .join('  ')
        .trimEnd(),
    )}\n`,
  );
  for (const [n, row] of rows.entries()) {
    const line = columns.map((column, i) => {
      const colour = column.colour?.(row);
      const text = pad(cells[n]?.[i] ?? '', i);
      return colour ? paint(out, colour, text) : text;
    });
    out.write(`${line.join('  ').trimEnd()}\n`);
  }
}

/** One JSON document. */
export function printJson(out: Output, document: unknown): void {
  out.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** A duration in the two largest units that say something: `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const s = ms / 1000;
  if (s < 9.95) return `${Math.max(0, s).toFixed(1)} s`;
  if (s < 59.5) return `${Math.round(s)} s`;
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const first = units.findIndex(([, size]) => s >= size);
  const parts = units.slice(Math.max(0, first), first + 2);
  let rest = Math.round(s);
  return parts
    .map(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      return amount > 0 ? `${amount} ${unit}` : '';
    })
    .filter(Boolean)
    .join(' ');
}

/** A size in decimal units, as the vendor's console shows it: `1.31 GB`. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return '';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power === 0 ? amount : amount.toPrecision(3)} ${units[power]}`;
}

/** An instant as operators compare it with other logs: UTC, to the second. */
export function instantText(instant: Date | null): string {
  return instant ? `${instant.toISOString().slice(0, 19).replace('T', ' ')}Z` : '';
}

export function statusColour(status: string | null): Colour | null {
  if (status === 'failed') return 'red';
  if (status === 'creating') return 'yellow';
  return status === 'usable' ? 'green' : null;
}

/** Green for a run that did all it should, red for one that failed, yellow where a person should look. */
export function runColour(status: string | null): Colour | null {
  if (status === null) return null;
  if (status === 'succeeded') return 'green';
  return status === 'failed' ? 'red' : 'yellow';
}
