/** `; did you mean …?` to put behind a fault or warning; empty when no candidate is near. */
export function suggestion(word: string, candidates: readonly string[]): string {
  // An empty text is near to every short word.
  const nearest = word === '' ? null : nearestWord(word, candidates);
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** The candidate that `word` is most likely a slip of; null when none is within a quarter of its length. */
function nearestWord(word: string, candidates: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(word.length / 4)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate);
    if (distance >= least) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest;
}

/** Levenshtein distance; two letters that changed places count once. Three rows of the matrix are kept. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  let beforePrevious: number[] = [];
  for (let row = 0; row < from.length; row += 1) {
    const current = [row + 1];
    for (let column = 0; column < to.length; column += 1) {
      const replaced = (previous[column] ?? 0) + (from[row] === to[column] ? 0 : 1);
      const swap = from[row] === to[column - 1] && from[row - 1] === to[column];
      const swapped = swap ? (beforePrevious[column - 1] ?? 0) + 1 : replaced;
      current.push(Math.min(replaced, swapped, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
