import { expect, test } from 'vitest';
import { intervalsOf } from '../src/daemon/schedule.ts';

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
