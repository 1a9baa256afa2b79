import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sideBySide } from '../src/waiting/side-by-side.ts';

test('four are under way at once, and what they make is in the order of the items', async () => {
  let underWay = 0;
  let most = 0;
  const made = await sideBySide([5, 4, 3, 2, 1, 0], async (ms) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await after(ms);
    underWay -= 1;
    return ms * 2;
  });
  expect(made).toEqual([10, 8, 6, 4, 2, 0]);
  expect(most).toBe(4);
});

test('an error is thrown once nothing is under way, and nothing is begun after it', async () => {
  const begun: number[] = [];
  let ended = 0;
  const all = sideBySide([0, 1, 2, 3, 4, 5], async (item) => {
    begun.push(item);
    await after(1);
    if (item === 1) throw new Error('of item 1');
    await after(5);
    ended += 1;
    if (item === 2) throw new Error('of item 2');
    return item;
  });
  await expect(all).rejects.toThrow('of item 1');
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(ended).toBe(3);
});
