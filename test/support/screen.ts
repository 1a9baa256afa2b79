import { type Output, openOutput } from '../../src/terminal/output.ts';
import { widthOf } from '../../src/terminal/text.ts';

interface Screen {
  readonly out: Output;
  /** What is to be seen, row by row, without colours. */
  readonly rows: () => string[];
  /** Makes the window as wide as this; like most terminals, it breaks the lines anew. */
  readonly resize: (columns: number) => void;
}

/** A terminal that understands what is written here: lines, wrapping, colours, going up and erasing. */
export function screenOf(columns: number, env: Readonly<Record<string, string>> = {}): Screen {
  const stream = { write: (text: string) => write(text), isTTY: true, columns };
  let lines: string[] = [''];
  let up = 0;
  const rowsOf = (line: string) => {
    const rows = [''];
    for (const letter of line) {
      if (widthOf((rows.at(-1) ?? '') + letter) > stream.columns) rows.push('');
      rows.push((rows.pop() ?? '') + letter);
    }
    return rows;
  };
  /** Takes away the row of the cursor and those below it. */
  const erase = () => {
    const owners = lines.flatMap((line, i) => rowsOf(line).map(() => i));
    const kept = owners.slice(0, owners.length - 1 - up);
    lines = [...lines.slice(0, (kept.at(-1) ?? -1) + 1), ''];
    up = 0;
  };
  const take = (part: string) => {
    if (part === '\n') lines.push('');
    else if (part === '\u001b[J') erase();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal is told by
    else if (/^\u001b\[\d+A$/.test(part)) up = Number.parseInt(part.slice(2), 10);
    else if (part !== '\r' && !part.startsWith('\u001b')) lines.push((lines.pop() ?? '') + part);
  };
  const write = (text: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal is told by
    for (const [part] of text.matchAll(/\u001b\[\d*[A-Za-z]|\r|\n|[^\u001b\r\n]+/g)) take(part);
  };
  return {
    out: openOutput(stream, env),
    rows: () => lines.flatMap(rowsOf),
    resize: (width) => {
      stream.columns = width;
    },
  };
}
