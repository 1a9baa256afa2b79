/** What a question can be asked with: how a value is written by people, and how SQL takes it. */
import { canonicalTime } from '../inventory/image.ts';

/** A value in SQL: a constant of its own, and the text that it binds. */
interface Bound {
  readonly value: string;
  /** The SQL around the bound value, `$` standing for it, such as `now() - $::interval`. */
  readonly sql: string;
}

export interface Parameter {
  /** What it is for, to be read behind its name. */
  readonly about: string;
  /** What it takes, as in "takes …". */
  readonly takes: string;
  /** As a person writes it. What counts unless something else is given; without one it has to be given. */
  readonly fallback?: string;
  /** As a person writes it, for the page; the fallback where there is one. */
  readonly example: string;
  /** Null for what it does not take. */
  readonly bind: (text: string) => Bound | null;
}

/** What times and durations are, as in "takes …". */
export const TIME_TAKEN =
  'a time such as 2026-08-01T12:30:00Z, a date, how long ago such as 24h or 7d, or now';
export const DURATION_TAKEN = 'a duration such as 90d or 1h30m';

const DURATION = /^(?=.)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9})s)?$/;

/** A point in time: `now`, so long ago as `24h`, or ISO 8601. */
export function time(fallback: string, about: string): Parameter {
  return { about, takes: TIME_TAKEN, fallback, example: fallback, bind: bindTime };
}

/** A length of time such as `90d` or `1h30m`. */
export function duration(fallback: string, about: string): Parameter {
  const bind = (text: string) => {
    const interval = intervalOf(text);
    return interval === null ? null : { value: interval, sql: '$::interval' };
  };
  return { about, takes: DURATION_TAKEN, fallback, example: fallback, bind };
}

/** The id of an image. Has to be given. */
export function imageId(): Parameter {
  return {
    about: 'the id of the image; as a command, its name does as well',
    takes: 'the id of an image',
    example: '7e01b81939b6537edad5934affebbb22',
    bind: (text) => (text === '' || text.includes('\0') ? null : { value: text, sql: '$::text' }),
  };
}

/** A number of rows. */
export function limit(fallback: string): Parameter {
  const bind = (text: string) => (/^[1-9]\d{0,5}$/.test(text) ? { value: text, sql: '$::int' } : null);
  return { about: 'how many at most', takes: 'a number of rows from 1', fallback, example: fallback, bind };
}

function bindTime(text: string): Bound | null {
  if (text === 'now') return { value: '0 seconds', sql: 'now() - $::interval' };
  const interval = intervalOf(text);
  if (interval !== null) return { value: interval, sql: 'now() - $::interval' };
  const at = writtenTime(text);
  return at === null ? null : { value: at, sql: '$::timestamptz' };
}

/** ISO 8601 or a date alone, which begins in UTC, as a canonical time. Null for what is neither. */
export function writtenTime(text: string): string | null {
  return canonicalTime(text) ?? canonicalTime(`${text}T00:00:00Z`);
}

/** How many days, hours, minutes and seconds a duration such as `1h30m` has. Null for what is none. */
export function durationCounts(text: string): readonly number[] | null {
  return (
    DURATION.exec(text)
      ?.slice(1)
      .map((count) => Number(count ?? 0)) ?? null
  );
}

/** As Postgres writes it, `1 day 2 hours`. Null for what is no duration. */
function intervalOf(text: string): string | null {
  const counts = durationCounts(text);
  if (!counts) return null;
  const units = ['day', 'hour', 'minute', 'second'];
  const parts = counts.flatMap((count, i) =>
    count > 0 ? [`${count} ${units[i]}${count === 1 ? '' : 's'}`] : [],
  );
  return parts.join(' ') || '0 seconds';
}
