/**
 * Durations and times in words. The server writes them by this, and the browser writes them again as time goes by,
 * in local time: so it imports nothing, and knows no language but what it is told.
 */

/** `d h min s` in the language of the page, with the space that it puts before them. */
export type Units = readonly [day: string, hour: string, minute: string, second: string];

const SECONDS = [86_400, 3600, 60, 1] as const;

/** The two largest units that say something: `41 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. Never below zero. */
export function durationText(ms: number, units: Units): string {
  let rest = Math.max(0, Math.round(ms / 1000));
  const first = Math.max(
    0,
    SECONDS.findIndex((size) => rest >= size),
  );
  if (rest === 0) return `0${units[3]}`;
  const parts: string[] = [];
  for (const i of [first, first + 1]) {
    const size = SECONDS[i];
    if (size === undefined) break;
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${units[i]}`);
  }
  return parts.join(' ');
}

/** How much of an instant is shown. `feed` shows the day only where it is another one than today. */
export type Shape = 'clock' | 'minute' | 'second' | 'day' | 'feed';

const two = (n: number) => String(n).padStart(2, '0');

/** An instant as numbers that sort: `21:31`, `2026-11-25 21:31`. In UTC, or else as the browser's clock shows it. */
export function instantText(
  at: Date,
  { shape, now, utc }: { shape: Shape; now: Date; utc: boolean },
): string {
  const local = (instant: Date) =>
    utc ? instant : new Date(instant.getTime() - instant.getTimezoneOffset() * 60_000);
  const shown = local(at);
  const day = `${shown.getUTCFullYear()}-${two(shown.getUTCMonth() + 1)}-${two(shown.getUTCDate())}`;
  const minute = `${two(shown.getUTCHours())}:${two(shown.getUTCMinutes())}`;
  if (shape === 'day') return day;
  if (shape === 'minute') return `${day} ${minute}`;
  if (shape === 'second') return `${day} ${minute}:${two(shown.getUTCSeconds())}`;
  if (shape === 'clock') return `${minute}:${two(shown.getUTCSeconds())}`;
  return local(now).toISOString().startsWith(day) ? minute : `${day.slice(5)} ${minute}`;
}
