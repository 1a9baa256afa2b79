import { beforeEach, expect, test } from 'vitest';
import { readMeasurements } from '../src/store/measurements.ts';
import { registerSinks } from '../src/store/sinks.ts';
import { readSinkStatus } from '../src/store/status.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();

beforeEach(async () => {
  await database.truncate();
  await registerSinks(database.db, [{ name: 'hook', kind: 'webhook' }], new Date());
});

/** Events with every second number, of which the first is `first`. */
async function append(first: number, count: number): Promise<void> {
  await rowsOf(
    database.db,
    `insert into cph.image_events (seq, type, project_id, region, image_id, occurred_at, baseline, changes, after, run_id)
     overriding system value
     select ${first} + 2 * (n - 1), 'cph.image.created', 'p1', 'r', 'i' || n, now(), false, '{}', '{}', 1 from generate_series(1, ${count}) n`,
  );
}

async function lags(): Promise<{ status: unknown; metric: unknown }> {
  const [status] = await readSinkStatus(database.db);
  const { sinks } = await readMeasurements(database.db);
  return { status: status?.lag, metric: sinks[0]?.lag };
}

test('a sink that has everything lags by nothing, one that is a little behind by the events there are', async () => {
  expect(await lags()).toEqual({ status: 0, metric: 0 });
  await append(100, 9_999);
  expect(await lags()).toEqual({ status: 9_999, metric: 9_999 });
});

test('a sink that is far behind lags by the numbers from the first event it lacks to the last', async () => {
  await append(1_000, 12_000);
  expect(await lags()).toEqual({ status: 23_999, metric: 23_999 });
});
