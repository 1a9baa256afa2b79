import { describe, expect, test } from 'vitest';
import { readCron } from '../src/waiting/cron.ts';
import { lastTick, nextTick } from '../src/waiting/next-tick.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 1);
const END = Date.UTC(2028, 0, 1);

// Clocks that change by an hour, by half an hour, at midnight, and twice around a month that moves.
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Havana',
  'Africa/Casablanca',
];

describe.each(ZONES)('over two years in %s', (timezone) => {
  const minutes = enumerate(timezone);
  const ticksOf = (expression: string) => {
    const schedule = { cron: readCron(expression), timezone };
    const ticks: number[] = [];
    let tick = nextTick(schedule, new Date(START - 1));
    for (; tick.getTime() < END; tick = nextTick(schedule, tick)) ticks.push(tick.getTime());
    return ticks;
  };

  test('the years have changes of the clock', () => {
    expect(minutes.filter(({ skipped }) => skipped.length > 0).length).toBeGreaterThanOrEqual(2);
    expect(minutes.filter(({ again }) => again).length).toBeGreaterThanOrEqual(60);
  });

  test.each([15, 30])('every %d minutes is just that, on every day', (interval) => {
    const ticks = ticksOf(`*/${interval} * * * *`);
    expect(ticks.length).toBe((END - START) / (interval * MINUTE));
    expect(ticks.every((tick, n) => tick === START + n * interval * MINUTE)).toBe(true);
  });

  test.each([
    ['30 2 * * *', (shown: Shown) => shown.hour === 2 && shown.minute === 30],
    ['0 2 * * *', (shown: Shown) => shown.hour === 2 && shown.minute === 0],
    ['0 0 * * *', (shown: Shown) => shown.hour === 0 && shown.minute === 0],
    ['59 1 * * 0', (shown: Shown) => shown.hour === 1 && shown.minute === 59 && shown.weekday === 0],
    ['15,45 0-3 * * *', (shown: Shown) => shown.hour <= 3 && (shown.minute === 15 || shown.minute === 45)],
    ['0 12 1 * *', (shown: Shown) => shown.hour === 12 && shown.minute === 0 && shown.day === 1],
  ] as const)('%s ticks once for each time it names', (expression, matches) => {
    const expected = minutes
      .filter(({ shown, skipped, again }) => (matches(shown) && !again) || skipped.some(matches))
      .map(({ at }) => at);
    expect(ticksOf(expression)).toEqual(expected);
  });

  test('what repeats within named hours goes on in the repeated one', () => {
    const expected = minutes
      .filter(({ shown }) => shown.hour <= 3 && shown.minute % 10 === 0)
      .map(({ at }) => at);
    expect(ticksOf('*/10 0-3 * * *')).toEqual(expected);
  });

  test('a tick does not depend on when it is asked for', () => {
    for (const expression of ['30 2 * * *', '*/10 0-3 * * *', '0 */2 * * *']) {
      const schedule = { cron: readCron(expression), timezone };
      const changes = minutes.filter(({ skipped, again }) => skipped.length > 0 || again);
      for (const { at } of changes.slice(0, 70)) {
        const tick = nextTick(schedule, new Date(at));
        const asked = [at + 1, tick.getTime() - 1].filter((time) => time < tick.getTime());
        for (const time of asked) expect(nextTick(schedule, new Date(time))).toEqual(tick);
        expect(nextTick(schedule, new Date(at - 1)).getTime()).toBeLessThanOrEqual(tick.getTime());
      }
    }
  });
});

test.each([
  ['Europe/Berlin, spring', '30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin, autumn', '30 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
  ['Europe/Berlin, autumn', '30 2 * * *', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
  ['Europe/Berlin, autumn', '*/5 * * * *', '2026-10-25T00:55:00Z', '2026-10-25T01:00:00Z'],
  ['Europe/Berlin, a day that is both', '0 0 13 * 5', '2026-11-01T00:00:00Z', '2026-11-05T23:00:00Z'],
  ['Europe/Berlin, a Friday', '0 0 13 * 5', '2026-11-06T00:00:00Z', '2026-11-12T23:00:00Z'],
  ['Europe/Berlin, a 13th', '0 0 13 * 5', '2026-12-12T00:00:00Z', '2026-12-12T23:00:00Z'],
  ['UTC, odd days that are a Monday', '0 0 */2 * 1', '2026-06-02T00:00:00Z', '2026-06-15T00:00:00Z'],
  ['UTC, a leap day', '0 0 29 2 *', '2096-03-01T00:00:00Z', '2104-02-29T00:00:00Z'],
  ['UTC, seconds', '30 */10 * * * *', '2026-06-02T00:00:30Z', '2026-06-02T00:10:30Z'],
])('%s: %s after %s is %s', (where, expression, after, tick) => {
  const timezone = where.split(',')[0] ?? '';
  expect(nextTick({ cron: readCron(expression), timezone }, new Date(after))).toEqual(new Date(tick));
});

test('the last tick of a week slept through is found without counting the others', () => {
  const schedule = { cron: readCron('* * * * * *'), timezone: 'UTC' };
  const range = { after: new Date(START), until: new Date(START + 7 * DAY + 250) };
  expect(lastTick(schedule, range)).toEqual(new Date(START + 7 * DAY));
  expect(lastTick(schedule, { after: range.until, until: range.until })).toBeNull();
});

interface Shown {
  readonly day: number;
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

/**
 * Every minute that passes, what clocks show then, what they have just left out, and whether they show it
 * again.
 */
function enumerate(timezone: string) {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: timezone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  const seen = new Set<number>();
  let before: number | null = null;
  const minutes: { at: number; shown: Shown; skipped: Shown[]; again: boolean }[] = [];
  // Clocks change on the quarter of an hour.
  for (let quarter = START - DAY; quarter < END; quarter += 15 * MINUTE) {
    const start = Date.parse(`${format.format(quarter).replace(' ', 'T')}Z`);
    for (let n = 0; n < 15; n += 1) {
      const clock = start + n * MINUTE;
      const skipped: Shown[] = [];
      for (let left = (before ?? clock) + MINUTE; left < clock; left += MINUTE) skipped.push(shownBy(left));
      const at = quarter + n * MINUTE;
      if (at >= START) minutes.push({ at, shown: shownBy(clock), skipped, again: seen.has(clock) });
      seen.add(clock);
      before = clock;
    }
  }
  return minutes;
}

function shownBy(clock: number): Shown {
  const date = new Date(clock);
  return {
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}
