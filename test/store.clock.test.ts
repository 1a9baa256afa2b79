import { expect, test } from 'vitest';
import { createClockShift } from '../src/store/clock.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
const SECOND = 1_000;
const HOUR = 3_600_000;

/** A clock that is `aheadMs` ahead, with what was told of it. */
function clockOf(aheadMs: number) {
  const clock = { aheadMs };
  const told: number[] = [];
  const now = () => new Date(Date.now() + clock.aheadMs);
  const { follow } = createClockShift(database.db, now, (shiftMs) => void told.push(shiftMs));
  return { clock, told, follow };
}

test.each([0, 45 * SECOND, -45 * SECOND])('a clock that is %d ms ahead is left as it is', async (ms) => {
  const { told, follow } = clockOf(ms);
  expect(await follow()).toBe(0);
  expect(told).toEqual([]);
});

test.each([
  [HOUR, -HOUR],
  [-HOUR, HOUR],
  [HOUR + 20 * SECOND, -HOUR],
])('a clock that is %d ms ahead is moved by %d ms, and that is told once', async (ahead, shift) => {
  const { clock, told, follow } = clockOf(ahead);
  expect(await follow()).toBe(shift);
  clock.aheadMs += 40 * SECOND;
  expect(await follow()).toBe(shift);
  expect(told).toEqual([shift]);
});

test('a clock that jumps is noticed at once, and so is its return', async () => {
  const { clock, told, follow } = clockOf(0);
  await follow();
  clock.aheadMs = HOUR;
  expect(await follow()).toBe(-HOUR);
  clock.aheadMs = 0;
  expect(await follow()).toBe(0);
  expect(told).toEqual([-HOUR, 0]);
});
