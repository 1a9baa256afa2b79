/** A last line that says how things stand, below what is printed one line after the other. */
import { type Output, paint } from './output.ts';
import { cutMiddle, widthOf } from './text.ts';

interface StatusLine {
  /** Prints above the status line. */
  readonly print: (text: string) => void;
  /** Shows the first text that fits in one line. `texts` go from the longest to the shortest. */
  readonly show: (texts: readonly string[]) => void;
  /** Takes the status line away. */
  readonly end: () => void;
}

/**
 * Opens a status line. Where what was written cannot be written over, there is none, and what is printed simply
 * comes. It never fills its last column: there the cursor would go to the next line, and this one stay behind.
 */
export function statusLine(out: Output): StatusLine {
  if (!out.movesCursor) {
    return { print: (text) => out.write(`${text}\n`), show: () => undefined, end: () => undefined };
  }
  let texts: readonly string[] = [];
  let width = 0;
  const line = () => {
    const shown = fitting(texts, out.columns - 1);
    width = widthOf(shown);
    return shown === '' ? '' : paint(out, 'dim', shown);
  };
  // A window that became narrower has broken the line into several.
  const erase = () => {
    const above = Math.max(0, Math.ceil(width / out.columns) - 1);
    return `${above > 0 ? `\u001b[${above}A` : ''}\r\u001b[J`;
  };
  return {
    print: (text) => out.write(`${erase()}${text}\n${line()}`),
    show: (next) => {
      texts = next;
      out.write(erase() + line());
    },
    end: () => {
      texts = [];
      out.write(erase() + line());
    },
  };
}

function fitting(texts: readonly string[], width: number): string {
  return texts.find((text) => widthOf(text) <= width) ?? cutMiddle(texts.at(-1) ?? '', width);
}
