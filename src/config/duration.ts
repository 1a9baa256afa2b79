export const DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1_000, 1];

/**
 * Milliseconds of a text such as `30s`, `500ms`, `365d` or `1m30s`: whole numbers with units, the largest
 * first, each once. Undefined for anything else, and so for a number without a unit.
 */
export function parseDuration(text: string): number | undefined {
  const counts = DURATION.exec(text)?.slice(1);
  if (counts === undefined || text === '') return undefined;
  return UNITS_MS.reduce((sum, unit, index) => sum + unit * Number(counts[index] ?? 0), 0);
}
