import { canonicalTime, timeText } from '../inventory/image.ts';

/**
 * How nearly all times come: the spelling we keep, on a day that every year has. The 29th of February is left
 * to {@link canonicalTime}, which takes forty times as long (0.12 and 4.8 µs).
 */
const CANONICAL =
  /^[12]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
/** ISO 8601 in its looser dress: slashes, a blank before the zone, UTC or GMT for Z. */
const LOOSE_ISO =
  /^(\d{4})[-/](\d{2})[-/](\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
/** ISO 8601 without separators. */
const BASIC_ISO = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?$/i;
/** RFC 1123, RFC 850 and RFC 2822: a day and a month by their English names, and a zone. */
const BY_NAME =
  /^(?:[A-Z][a-z]{2,8}, ?)?\d{1,2}[ -][A-Z][a-z]{2}[ -]\d{2,4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|Z|[+-]\d{4})$/;
const EPOCH = /^\d{9,19}(?:\.\d+)?$/;

/**
 * The instant a field of an answer names, in the spelling of {@link canonicalTime}, or undefined when it
 * names none: ISO 8601 in its common dresses, the forms of RFC 1123, 850 and 2822, or seconds, milliseconds,
 * microseconds or nanoseconds since 1970, as a number or as text. Without a zone it is UTC, the zone of every
 * documented example.
 */
export function readTime(value: unknown): string | undefined {
  if (typeof value === 'number') return epochTime(value);
  if (typeof value !== 'string') return undefined;
  if (CANONICAL.test(value)) return value;
  const text = value.trim();
  if (EPOCH.test(text)) return epochTime(Number(text));
  return canonicalTime(isoSpelling(text) ?? text) ?? namedTime(text);
}

/** An instant as a number: which unit is meant shows in its size, as all are between 1973 and 5138. */
function epochTime(value: number): string | undefined {
  if (!(value >= 1e8)) return undefined;
  const seconds = [1, 1e3, 1e6, 1e9].map((unit) => value / unit).find((one) => one < 1e11);
  return seconds === undefined ? undefined : instantText(seconds * 1000);
}

function isoSpelling(text: string): string | null {
  const basic = BASIC_ISO.exec(text);
  if (basic) {
    const [, year, month, day, hour, minute, second, zone = 'Z'] = basic;
    return `${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`;
  }
  const loose = LOOSE_ISO.exec(text);
  if (!loose) return null;
  const [, year, month, day, clock = '', zone = 'Z'] = loose;
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone.replace(/^(?:UTC|GMT)$/i, 'Z');
  return `${year}-${month}-${day}T${clock.replace(',', '.')}${offset}`;
}

function namedTime(text: string): string | undefined {
  return BY_NAME.test(text) ? instantText(Date.parse(text.replace(/ Z$/, ' GMT'))) : undefined;
}

function instantText(milliseconds: number): string | undefined {
  const instant = new Date(Math.trunc(milliseconds));
  return Number.isNaN(instant.getTime()) ? undefined : (canonicalTime(timeText(instant)) ?? undefined);
}
