/** Deeper than any API nests; recursion must end before the stack does. */
const DEEPEST = 32;

/**
 * Whether Postgres can hold a value of JSON, and gives it back unchanged: `text` and `jsonb` take no NUL, half surrogate
 * pairs would come back as replacement characters, and numbers too large for a double have become infinite.
 */
export function storable(value: unknown): boolean {
  return fits(value, 0);
}

function fits(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEEPEST) return false;
  return Object.entries(value).every(([key, inner]) => fits(key, depth) && fits(inner, depth + 1));
}
