import { beforeEach, expect, test } from 'vitest';
import type { ImageChange } from '../src/inventory/diff.ts';
import { append, created } from './support/event-log.ts';
import { wholeLog } from './support/inventory-rows.ts';
import { holdLock, untilWaiting } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

/** A change that says when somebody has read what it was about. */
function observed(image_id: string, onRead: () => void): ImageChange {
  const change = created(image_id);
  return Object.defineProperty({ ...change }, 'after', {
    get: () => {
      onRead();
      return change.after;
    },
  });
}

test('whoever waits for the log has made the texts of all its events before', async () => {
  const lock = await holdLock(database.directUrl, `select pg_advisory_xact_lock(${0x63_70_68_01})`);
  const read = new Set<string>();
  const ids = Array.from({ length: 12_000 }, (_, i) => `image-${i}`);
  const appending = append(
    database.db,
    ids.map((id) => observed(id, () => read.add(id))),
  );
  const [waiting] = await untilWaiting(database.db, 1);
  expect(waiting).toContain('pg_advisory_xact_lock');
  expect(read.size).toBe(ids.length);

  // And others are not kept waiting by it: once the lock is given, only Postgres has work left.
  read.clear();
  await lock.release();
  await appending;
  expect(read.size).toBe(0);
  expect(await wholeLog(database.db)).toHaveLength(ids.length);
});
