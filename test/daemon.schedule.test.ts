import { expect, onTestFinished, test, vi } from 'vitest';
import { intervalsOf, startTask } from '../src/daemon/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  ['*/5 * * * *', 5 * MINUTE, 5 * MINUTE],
  ['*/10 * * * * *', 10_000, 10_000],
  ['0 9-17 * * 1-5', HOUR, 64 * HOUR],
  ['*/30 * 9 * * *', 30_000, 23 * HOUR + 30_000],
  ['*/5 9-17 * * 1-5', 5 * MINUTE, 63 * HOUR + 5 * MINUTE],
  ['0 3 * * *', DAY, DAY],
  ['0 0 1 * *', 28 * DAY, 31 * DAY],
  ['0 0 13 * 5', DAY, 7 * DAY],
])('%s ticks from %d to %d ms apart', (expression, shortest, longest) => {
  expect(intervalsOf(expression)).toEqual({ shortest, longest });
});

test('a tick that the process was too busy for is made up for, and of several the last', async () => {
  vi.useFakeTimers({ now: new Date('2026-08-01T11:59:50Z') });
  onTestFinished(() => void vi.useRealTimers());
  const ticks: string[] = [];
  const task = startTask('0 12 * * *', (tick) => void ticks.push(tick.toISOString()), { timezone: 'UTC' });
  onTestFinished(() => task.destroy());
  vi.setSystemTime('2026-08-01T12:07:00Z');
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(ticks).toEqual(['2026-08-01T12:00:00.000Z']);

  ticks.length = 0;
  vi.setSystemTime('2026-08-04T06:00:00Z');
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(ticks).toEqual(['2026-08-03T12:00:00.000Z']);
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(ticks).toEqual(['2026-08-03T12:00:00.000Z', '2026-08-04T12:00:00.000Z']);
});

test('ticks that come during a run are one run after it', async () => {
  vi.useFakeTimers({ now: new Date('2026-08-01T12:00:30Z') });
  onTestFinished(() => void vi.useRealTimers());
  const ticks: string[] = [];
  const ends: (() => void)[] = [];
  const work = (tick: Date) => {
    ticks.push(tick.toISOString().slice(11, 16));
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  const task = startTask('* * * * *', work);
  onTestFinished(() => task.destroy());
  await vi.advanceTimersByTimeAsync(10 * MINUTE);
  expect(ticks).toEqual(['12:01']);
  ends[0]?.();
  await vi.advanceTimersByTimeAsync(1);
  expect(ticks).toEqual(['12:01', '12:10']);
});
