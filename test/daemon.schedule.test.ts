import { expect, onTestFinished, test, vi } from 'vitest';
import { intervalsOf, startTask } from '../src/daemon/schedule.ts';

const MINUTE = 60_000;

test.each([
  ['*/5 * * * *', 5 * MINUTE, 5 * MINUTE],
  ['*/10 * * * * *', 10_000, 10_000],
  ['0 9-17 * * 1-5', 60 * MINUTE, 64 * 60 * MINUTE],
  ['*/30 * 9 * * *', 30_000, 23 * 60 * MINUTE + 30_000],
])('%s has gaps from %d to %d ms', (expression, shortest, longest) => {
  expect(intervalsOf(expression, 'UTC')).toMatchObject({ shortest });
  expect(intervalsOf(expression, 'UTC').longest).toBeLessThanOrEqual(longest);
});

test('office hours count the weekend as the longest silence', () => {
  expect(intervalsOf('0 9-17 * * 1-5', 'UTC').longest).toBe(64 * 60 * MINUTE);
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

  vi.setSystemTime('2026-08-04T06:00:00Z');
  await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE);
  expect(ticks).toEqual(['2026-08-01T12:00:00.000Z', '2026-08-04T12:00:00.000Z']);
});
