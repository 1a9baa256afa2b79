/** What probes are told of the database. */
import { expect, onTestFinished, test } from 'vitest';
import { readinessOf } from '../src/daemon/readiness.ts';
import { openDatabase } from '../src/store/database.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();

const WELL = { database: 'ok', migrations: 'ok', schedules: 'ok' };

function opened(url: string) {
  const connections = openDatabase({ url, applicationName: 'readiness', maxConnections: 1 });
  onTestFinished(() => connections.close());
  return connections.db;
}

test('a database that answers, takes writes and is migrated is ready', async () => {
  const db = opened(database.directUrl);
  expect(await readinessOf(db, { scheduled: true })).toEqual(WELL);
  expect(await readinessOf(db, { scheduled: false })).toEqual({ ...WELL, schedules: 'stopped' });
});

// As after a fail-over to a standby, or where an administrator saves a full disk: it answers, and no look can be kept.
test('one that takes no writes is not, and says why', async () => {
  const url = new URL(database.directUrl);
  url.search = '?options=-c%20default_transaction_read_only%3Don';
  expect(await readinessOf(opened(url.href), { scheduled: true })).toEqual({
    ...WELL,
    database: expect.stringContaining('read-only'),
  });
});
