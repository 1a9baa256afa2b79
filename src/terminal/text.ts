/** Text of others on a terminal: what can be shown of it, how wide that is, and how it is cut or broken. */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { type Output, paint } from './output.ts';

const PLAIN = /^[ -~]*$/;

/**
 * Joins the parts of one emoji, or says how one is drawn. Anywhere else such a character only makes two names
 * look alike.
 */
const PARTS_OF_EMOJI =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}]\u{FE0F}?)\u{200D}(?=\p{Extended_Pictographic})|(?<=[\p{Extended_Pictographic}0-9#*])\u{FE0F}/gu;

/** What moves the cursor, turns the direction of writing, or takes no room. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu;

/**
 * Text as it can be shown on one line. A name of upstream must not move the cursor, turn the direction of
 * writing, or hold what nobody sees: such characters become one `�`, sequences that control a terminal go.
 */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  const bare = stripVTControlCharacters(text);
  let shown = '';
  let from = 0;
  for (const { index, 0: part } of bare.matchAll(PARTS_OF_EMOJI)) {
    shown += bare.slice(from, index).replace(UNSEEN, '�') + part;
    from = index + part.length;
  }
  return shown + bare.slice(from).replace(UNSEEN, '�');
}

/** How many columns text takes: none for a combining mark, two for a wide character or an emoji. */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });
const CUT = '…';

/** Text that takes no more than `width` columns. What does not fit is cut out of its middle: names differ at their ends. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  const parts = Array.from(letters.segment(text), ({ segment }) => segment);
  const tail = takeWhileFits(parts.toReversed(), Math.floor((width - 1) / 2));
  const head = takeWhileFits(parts, width - 1 - tail.width);
  return `${head.parts.join('')}${CUT}${tail.parts.reverse().join('')}`;
}

function takeWhileFits(parts: readonly string[], width: number): { parts: string[]; width: number } {
  const taken: string[] = [];
  let used = 0;
  for (const part of parts) {
    const next = used + widthOf(part);
    if (next > width) break;
    taken.push(part);
    used = next;
  }
  return { parts: taken, width: used };
}

/** Fills text up to `width` columns with blanks. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? blanks + text : text + blanks;
}

/**
 * A paragraph as a terminal shows it: broken between words, each line behind the first `hang` columns in. A
 * word that is wider than that stays whole, so that an id or an address can be copied. Elsewhere it is one line.
 */
export function paragraph(out: Output, text: string, { hang = 0 }: { hang?: number } = {}): string {
  if (!out.isTTY) return `${text}\n`;
  const width = Math.max(1, out.columns - hang);
  const lines = wrapAnsi(text, width, { trim: false })
    .split('\n')
    .map((line) => line.replace(BLANKS_AT_END, '$1'));
  return `${lines.map((line, i) => (i === 0 ? line : ' '.repeat(hang) + line.replace(BLANKS_AT_START, '$1'))).join('\n')}\n`;
}

/** Blanks at the place of a break, whatever colour begins or ends there. */
const COLOURS = '((?:\\u001b\\[[0-9;]*m)*)';
const BLANKS_AT_END = new RegExp(` +${COLOURS}$`);
const BLANKS_AT_START = new RegExp(`^${COLOURS} +`);

/** A line below a table that sums it up. Behind a `#`, it is told apart from rows where nobody watches. */
export function printTotal(out: Output, text: string): void {
  out.write(out.isTTY ? paragraph(out, paint(out, 'dim', text)) : `# ${text}\n`);
}
