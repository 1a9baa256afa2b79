/** A figure: the median of at least five, how far they lie apart, and what it is held against. */

export interface Figure {
  /** The number in the list of goals, for the table. */
  readonly measure: string;
  readonly name: string;
  /** How many images or events; null where that is no question. */
  readonly size: number | null;
  readonly unit: 'ms of CPU' | 'ms' | 'MB';
  readonly ours: Spread;
  /** In the same run, by turns; null where a figure stands for itself. */
  readonly against: { readonly what: string; readonly spread: Spread } | null;
  /** At most this: times the alternative where there is one, else in the unit. */
  readonly goal: number;
}

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export const TIMES = 5;

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (place: number) => sorted[place] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), low: at(0), high: at(sorted.length - 1) };
}

/** Measures all pieces by turns, after a round that warms up. */
export async function byTurns<const Names extends string>(
  pieces: Readonly<Record<Names, () => Promise<number>>>,
): Promise<Record<Names, Spread>> {
  const names = Object.keys(pieces) as Names[];
  const taken = new Map<Names, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= TIMES; round += 1) {
    for (const name of names) {
      const value = await pieces[name]();
      if (round > 0) taken.get(name)?.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, spreadOf(taken.get(name) ?? [])])) as Record<
    Names,
    Spread
  >;
}
