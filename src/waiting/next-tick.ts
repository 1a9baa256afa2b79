/** When a schedule ticks. Nothing here knows what time it is now. */
import { type Cron, daysWithin } from './cron.ts';
import { type TimeZone, timeZone } from './time-zone.ts';

interface Schedule {
  readonly cron: Cron;
  /** By its IANA name. */
  readonly timezone: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The first tick after an instant. Where clocks change:
 *
 * - What repeats, such as every five minutes, goes on. It ticks in both of the hours that autumn shows
 *   twice.
 * - A time of the day, such as `30 2 * * *`, ticks right after the gap when spring skips it. It ticks at the
 *   first of the two when autumn shows it twice.
 */
export function nextTick({ cron, timezone }: Schedule, after: Date): Date {
  const zone = timeZone(timezone);
  let from = startOf(cron, { zone, after: after.getTime() });
  for (;;) {
    const due = nextMatch(cron, from.at + from.offset) - from.offset;
    const change = zone.changeWithin({ after: from.at, until: due, offset: from.offset });
    if (change === null) return new Date(due);
    const offset = zone.offsetAt(change);
    const skipped = offset - from.offset;
    if (due < change + skipped && !goesOnEvenly(cron, skipped)) return new Date(change);
    const repeated = cron.repeats ? 0 : Math.max(0, -skipped);
    from = { at: change + repeated - 1, offset };
  }
}

/** The last tick after `after` and not after `until`; null where there is none. */
export function lastTick(schedule: Schedule, { after, until }: { after: Date; until: Date }): Date | null {
  // From behind, in ever larger steps: a machine may have slept for a week on a schedule of seconds.
  for (let back = 60_000; ; back *= 2) {
    const start = Math.max(after.getTime(), until.getTime() - back);
    let last: Date | null = null;
    for (let tick = nextTick(schedule, new Date(start)); tick <= until; tick = nextTick(schedule, tick))
      last = tick;
    if (last || start === after.getTime()) return last;
  }
}

interface Position {
  readonly at: number;
  /** Of the clocks that matches are looked up on from here. */
  readonly offset: number;
}

/** Where to begin to look: behind the times that autumn shows for a second time, if they count once. */
function startOf(cron: Cron, { zone, after }: { zone: TimeZone; after: number }): Position {
  const offset = zone.offsetAt(after);
  const here = { at: after, offset };
  if (cron.repeats) return here;
  const before = zone.offsetAt(after - DAY_MS);
  const change = zone.changeWithin({ after: after - DAY_MS, until: after, offset: before });
  const end = (change ?? after) + before - offset;
  return end > after ? { at: end - 1, offset } : here;
}

/** Whether the ticks of an hour come again in the next one: then a skipped hour leaves no gap. */
function goesOnEvenly({ repeats, hours }: Cron, skippedMs: number): boolean {
  return repeats && hours.length === 24 && skippedMs % HOUR_MS === 0;
}

/** The first match after a time, both as shown by a clock that never changes, in milliseconds. */
function nextMatch(cron: Cron, after: number): number {
  const from = Math.floor(after / 1000) * 1000 + 1000;
  for (const day of daysWithin(cron, from)) {
    const time = firstTime(cron, Math.max(0, from - day) / 1000);
    if (time !== null) return day + time * 1000;
  }
  throw new RangeError('the schedule never ticks');
}

/** The first time of a day from `from` on, in seconds. */
function firstTime({ hours, minutes, seconds }: Cron, from: number): number | null {
  for (const hour of hours) {
    if (hour * 3600 + 3599 < from) continue;
    for (const minute of minutes) {
      const start = hour * 3600 + minute * 60;
      const second = seconds.find((second) => start + second >= from);
      if (second !== undefined) return start + second;
    }
  }
  return null;
}

/**
 * The shortest and the longest time between two ticks, in milliseconds, leaving aside days on which clocks
 * change. Until the longest has passed, silence is as it should be.
 */
export function intervalsOf(cron: Cron): { shortest: number; longest: number } {
  const times = timesOf(cron);
  const [first = 0] = times;
  const gaps = new Set(times.slice(1).map((time, n) => time - (times[n] ?? 0)));
  const overnight = DAY_MS - (times.at(-1) ?? 0) + first;
  let last: number | null = null;
  for (const day of daysWithin(cron)) {
    if (last !== null) gaps.add(day - last - DAY_MS + overnight);
    last = day;
  }
  return { shortest: Math.min(...gaps), longest: Math.max(...gaps) };
}

/** The times of a day on which it ticks, in milliseconds. */
function timesOf({ hours, minutes, seconds }: Cron): number[] {
  return hours.flatMap((hour) =>
    minutes.flatMap((minute) => seconds.map((second) => (hour * 3600 + minute * 60 + second) * 1000)),
  );
}
