/** Which columns of a table fit on a terminal, and how wide each is. Pure. */

/** What a column needs. */
export interface ColumnNeed {
  /** The widest there is to show, the title included. */
  readonly natural: number;
  /** It may be cut to this. Without it, it is shown whole. */
  readonly least?: number | undefined;
  /** The column with the highest rank goes first where there is no room. Rank 0 stays. */
  readonly rank: number;
}

/** Between two columns. */
export const GAP = 2;

/** Whether the columns that stay have room, cut as far as they may be. */
export function fits(needs: readonly ColumnNeed[], available: number): boolean {
  const staying = needs.filter(({ rank }) => rank === 0);
  return (
    staying.reduce((sum, { natural, least }) => sum + Math.min(natural, least ?? natural) + GAP, -GAP) <=
    available
  );
}

/**
 * The width of each column so that a line takes no more than `available`; 0 for one that is not shown. Columns
 * go before others are cut shorter than their least width. What room is left goes to those that are cut most.
 */
export function layOut(needs: readonly ColumnNeed[], available: number): number[] {
  const least = needs.map(({ natural, least: cut }) => Math.min(natural, cut ?? natural));
  const kept = keepWhatFits(needs, least, available);
  const widths = needs.map((_, i) => (kept.has(i) ? (least[i] ?? 0) : 0));
  const room = available - GAP * (kept.size - 1);
  const spare = room - widths.reduce((sum, width) => sum + width, 0);
  if (spare < 0) shrink(widths, -spare);
  else grow(widths, { needs, kept, spare });
  return widths;
}

function keepWhatFits(
  needs: readonly ColumnNeed[],
  least: readonly number[],
  available: number,
): Set<number> {
  const kept = new Set(needs.keys());
  const total = () => Array.from(kept).reduce((sum, i) => sum + (least[i] ?? 0) + GAP, -GAP);
  const leastWanted = Array.from(needs.keys()).sort((a, b) => rankOf(needs, b) - rankOf(needs, a) || b - a);
  for (const i of leastWanted) {
    if (total() <= available || rankOf(needs, i) === 0) break;
    kept.delete(i);
  }
  return kept;
}

function rankOf(needs: readonly ColumnNeed[], i: number): number {
  return needs[i]?.rank ?? 0;
}

/** Takes from the widest, so that a narrow column stays whole as long as it can. */
function shrink(widths: number[], excess: number): void {
  for (let over = excess; over > 0; over -= 1) {
    const widest = widths.reduce((most, width, i) => (width > (widths[most] ?? 0) ? i : most), 0);
    if ((widths[widest] ?? 0) <= 1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

function grow(
  widths: number[],
  { needs, kept, spare }: { needs: readonly ColumnNeed[]; kept: ReadonlySet<number>; spare: number },
): void {
  const missing = (i: number) => (needs[i]?.natural ?? 0) - (widths[i] ?? 0);
  const cut = Array.from(kept).filter((i) => missing(i) > 0);
  let left = spare;
  // The least missing first: what it does not take, the others share.
  for (const [n, i] of cut.sort((a, b) => missing(a) - missing(b)).entries()) {
    const more = Math.min(missing(i), Math.floor(left / (cut.length - n)));
    widths[i] = (widths[i] ?? 0) + more;
    left -= more;
  }
}
