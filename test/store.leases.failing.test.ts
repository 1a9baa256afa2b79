import { beforeEach, describe, expect, test } from 'vitest';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { claimsOn, MINUTE, TICK } from './support/replica-claims.ts';

const database = useTestDatabase();
const { register, claim, release } = claimsOn(database);
beforeEach(() => database.truncate());

describe('projects whose sweeps fail', () => {
  const failed = (times: number, ...ids: string[]) =>
    rowsOf(
      database.db,
      `update cph.projects set consecutive_failures = ${times} where project_id = any('{${ids.join()}}')`,
    );

  test('take no more places than they may, those that have waited longest first', async () => {
    const ids = await register('a', 'b', 'c', 'd', 'e');
    await failed(1, 'a', 'b', 'c');
    await claim(['a']);
    await release('a', 'ours', { sweep: new Date(TICK.getTime() - MINUTE), watch: null });
    expect(await claim(ids, { limit: 4, failing_limit: 2 })).toMatchObject([
      { project_id: 'b', sweep: true, failing: true },
      { project_id: 'c', sweep: true, failing: true },
      { project_id: 'd', sweep: true, failing: false },
      { project_id: 'e', sweep: true, failing: false },
    ]);
    expect(await claim(ids, { failing_limit: 0 })).toEqual([]);
    expect(await claim(ids, { failing_limit: 1 })).toMatchObject([{ project_id: 'a' }]);
  });

  test('once are not behind those that are down, of which those that have waited longest come first', async () => {
    const ids = await register('down', 'down for long', 'once');
    await failed(1, 'once');
    await failed(3, 'down');
    await failed(99, 'down for long');
    await claim(['once']);
    await release('once', 'ours', { sweep: new Date(TICK.getTime() - MINUTE), watch: null });
    await claim(['down']);
    await release('down', 'ours', { sweep: new Date(TICK.getTime() - MINUTE), watch: null });
    const [first, second] = [await claim(ids, { failing_limit: 1 }), await claim(ids, { failing_limit: 1 })];
    expect([first, second]).toMatchObject([[{ project_id: 'once' }], [{ project_id: 'down for long' }]]);
  });

  test('that somebody is at leave their places to those that are free', async () => {
    const ids = await register('a', 'b', 'c');
    await failed(1, 'a', 'b', 'c');
    await claim(['a'], { replica: 'theirs' });
    expect(await claim(ids, { failing_limit: 1 })).toMatchObject([{ project_id: 'b' }]);
  });
});
