/** Cron expressions, read as cron reads them. */
import { type ParsedFields, parse } from 'node-cron';

/** An expression, taken apart. Lists are ascending; weekdays count from Sunday, 0. */
export interface Cron {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Day of month and day of week are both restricted: one of them is enough, as in every cron. */
  readonly eitherDay: boolean;
  /** Seconds, minutes or hours begin with `*`: it repeats, and names no time of the day. */
  readonly repeats: boolean;
}

/** Why an expression is not taken, in a few words that name the part. */
export class CronError extends Error {
  override readonly name = 'CronError';
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Words for its values, the first one standing for `from`. */
  readonly words: readonly string[];
}

const MONTHS = 'january,february,march,april,may,june,july,august,september,october,november,december';
const WEEKDAYS = 'sunday,monday,tuesday,wednesday,thursday,friday,saturday';
const FIELDS: readonly Field[] = [
  { name: 'second', from: 0, to: 59, words: [] },
  { name: 'minute', from: 0, to: 59, words: [] },
  { name: 'hour', from: 0, to: 23, words: [] },
  { name: 'day of month', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: MONTHS.split(',') },
  // 7 is Sunday too.
  { name: 'day of week', from: 0, to: 7, words: WEEKDAYS.split(',') },
];

/**
 * Reads an expression of five fields, or six with seconds first. This is stricter than the parser behind it:
 * that one wraps `5-1` around, and takes a step of 90 minutes for the minute 0.
 *
 * @throws CronError
 */
export function readCron(expression: string): Cron {
  const found = expression.trim().split(/\s+/);
  if (found.length !== 5 && found.length !== 6)
    throw new CronError(`it has ${found.length} ${found.length === 1 ? 'field' : 'fields'}`);
  const texts = found.length === 5 ? ['0', ...found] : found;
  for (const [index, field] of FIELDS.entries()) judgeField(texts[index] ?? '', field);
  const fields = numbersOf(texts.join(' '));
  const star = texts.map((text) => text.startsWith('*'));
  const cron: Cron = {
    seconds: ascending(fields.second),
    minutes: ascending(fields.minute),
    hours: ascending(fields.hour),
    days: new Set(fields.dayOfMonth.map(Number)),
    months: new Set(fields.month),
    weekdays: new Set(fields.dayOfWeek.map(Number)),
    eitherDay: !star[3] && !star[5],
    repeats: Boolean(star[0] || star[1] || star[2]),
  };
  if (daysWithin(cron).next().done) throw new CronError(NO_SUCH_DAY);
  return cron;
}

const NO_SUCH_DAY = 'no month that it names has such a day';

function numbersOf(expression: string): ParsedFields {
  try {
    return parse(expression);
  } catch (cause) {
    // All else that it refuses was judged before.
    throw new CronError(NO_SUCH_DAY, { cause });
  }
}

const ascending = (numbers: readonly number[]) => [...new Set(numbers)].sort((a, b) => a - b);

function judgeField(text: string, field: Field): void {
  for (const part of text.split(',')) judgePart(part, field);
}

/** `*`, a value or a range, and behind `*` or a range a step. */
function judgePart(part: string, field: Field): void {
  const found = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(part);
  if (!found) throw new CronError(`${field.name} cannot be ${JSON.stringify(part)}`);
  const [, star, first = '', last, step] = found;
  const from = star ? field.from : numberOf(first, field);
  const to = star ? field.to : last === undefined ? from : endOf(last, field);
  if (to < from) throw new CronError(`${field.name} ${part} runs backwards`);
  if (step === undefined) return;
  if (!star && last === undefined) throw new CronError(`${field.name} ${part} has a step but no range`);
  // Sunday is in `*` once.
  const width = star && field.to === 7 ? 6 : to - from;
  const steps = Number(step);
  if (steps < 1 || steps > width)
    throw new CronError(`a step of ${steps} in ${field.name} ${part} never comes`);
}

/** As the end of a range, Sunday is 7. */
function endOf(text: string, field: Field): number {
  return numberOf(text, field) === 0 && field.to === 7 && !/\d/.test(text) ? 7 : numberOf(text, field);
}

function numberOf(text: string, { name, from, to, words }: Field): number {
  const lower = text.toLowerCase();
  const word = words.findIndex((known) => lower === known || lower === known.slice(0, 3));
  const value = /^\d{1,2}$/.test(text) ? Number(text) : word < 0 ? Number.NaN : word + from;
  if (!(value >= from && value <= to)) {
    throw new CronError(`${name} cannot be ${JSON.stringify(text)}; it goes from ${from} to ${to}`);
  }
  return value;
}

const DAY_MS = 86_400_000;
/** The 29th of February falls on one weekday every 28 years, or 40 around a year such as 2100. */
const FARTHEST_DAYS = 41 * 366;

/**
 * Days that it names, from the one that `from` lies in, as milliseconds of a clock without a time zone. Ends
 * where none can be expected any more.
 */
export function* daysWithin(cron: Cron, from = 0): Generator<number> {
  const today = Math.floor(from / DAY_MS) * DAY_MS;
  for (let n = 0; n < FARTHEST_DAYS; n += 1) {
    const day = today + n * DAY_MS;
    if (isNamed(cron, new Date(day))) yield day;
  }
}

function isNamed({ months, days, weekdays, eitherDay }: Cron, day: Date): boolean {
  if (!months.has(day.getUTCMonth() + 1)) return false;
  const named = days.has(day.getUTCDate());
  const weekday = weekdays.has(day.getUTCDay());
  return eitherDay ? named || weekday : named && weekday;
}
