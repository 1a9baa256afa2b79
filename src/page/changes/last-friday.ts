const DAY_MS = 86_400_000;
const FRIDAY = 5;
const HOUR = 18;

/** The last Friday at 18:00 UTC: when people left, and since when they ask on Monday what changed. */
export function lastFriday(now: Date): Date {
  const evening = new Date(now);
  evening.setUTCHours(HOUR, 0, 0, 0);
  const back = (now.getUTCDay() - FRIDAY + 7) % 7;
  const friday = evening.getTime() - back * DAY_MS;
  return new Date(friday > now.getTime() ? friday - 7 * DAY_MS : friday);
}

/** The same as it stands in an address. */
export const fridayText = (now: Date) => lastFriday(now).toISOString().replace(':00.000Z', 'Z');
