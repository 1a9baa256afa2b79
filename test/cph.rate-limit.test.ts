import { beforeEach, describe, expect, test } from 'vitest';
import { createRateLimit } from '../src/cph/rate-limit.ts';

let now = 0;
beforeEach(() => {
  now = 0;
});

/** How many turns of an unlimited crowd come within the next second. */
function turnsInASecond(limit: ReturnType<typeof createRateLimit>): number {
  let turns = 0;
  while (limit.takeTurn() < 1000) turns += 1;
  return turns;
}

describe('requests', () => {
  test('come evenly, at the rate that is allowed', () => {
    const limit = createRateLimit(20, () => now);
    expect([1, 2, 3, 4].map(() => limit.takeTurn())).toEqual([0, 50, 100, 150]);
    now = 170;
    expect(limit.takeTurn()).toBe(30);
  });

  test('are not saved up while nobody asks', () => {
    const limit = createRateLimit(20, () => now);
    limit.takeTurn();
    now = 60_000;
    expect([1, 2].map(() => limit.takeTurn())).toEqual([0, 50]);
  });
});

describe('when the API complains', () => {
  test('the rate is halved', () => {
    const limit = createRateLimit(20, () => now);
    limit.slowDown(0);
    expect(turnsInASecond(limit)).toBe(10);
  });

  test('complaints about requests that were in flight together count once', () => {
    const limit = createRateLimit(20, () => now);
    for (let i = 0; i < 4; i += 1) limit.slowDown(0);
    expect(turnsInASecond(limit)).toBe(10);
  });

  test('again and again, the rate does not fall to nothing', () => {
    const limit = createRateLimit(16, () => now);
    for (; now < 60_000; now += 1000) limit.slowDown(0);
    expect(turnsInASecond(limit)).toBe(1);
  });

  test('nobody is sent before the pause it asks for has passed', () => {
    const limit = createRateLimit(20, () => now);
    limit.slowDown(3000);
    expect(limit.takeTurn()).toBe(3000);
  });

  test('the rate recovers step by step as requests are accepted, and no further', () => {
    const limit = createRateLimit(20, () => now);
    limit.slowDown(0);
    for (let i = 0; i < 25; i += 1) limit.speedUp();
    expect(turnsInASecond(limit)).toBe(15);
    for (let i = 0; i < 1000; i += 1) limit.speedUp();
    now = 10_000;
    expect(turnsInASecond(limit)).toBe(20);
  });
});
