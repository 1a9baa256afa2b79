import { beforeEach, expect, test } from 'vitest';
import { claimSink, markUnconfiguredSinks, registerSinks } from '../src/store/sinks.ts';
import { append, created } from './support/event-log.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const webhooks = (...names: string[]) => names.map((name) => ({ name, kind: 'webhook' }) as const);
const rows = (columns: string) => rowsOf(database.db, `select name, ${columns} from cph.sinks order by name`);

test('a sink that is no longer configured is marked, and goes on at its place once it is again', async () => {
  const [taken, later] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')];
  await registerSinks(database.db, webhooks('kept', 'out'), taken);
  await append(database.db, [created('a')]);
  await markUnconfiguredSinks(database.db, ['kept'], taken);
  await markUnconfiguredSinks(database.db, ['kept'], later);
  expect(await rows('unconfigured_since')).toEqual([
    { name: 'kept', unconfigured_since: null },
    { name: 'out', unconfigured_since: taken },
  ]);
  await registerSinks(database.db, webhooks('kept', 'out'), later);
  expect(await rows('unconfigured_since, cursor_seq')).toEqual([
    { name: 'kept', unconfigured_since: null, cursor_seq: 0 },
    { name: 'out', unconfigured_since: null, cursor_seq: 0 },
  ]);
});

test('a sink that a replica with another file has marked is one that is configured once it is delivered to', async () => {
  await registerSinks(database.db, webhooks('ours'), new Date());
  await append(database.db, [created('a')]);
  await markUnconfiguredSinks(database.db, [], new Date());
  await claimSink(database.db, 'ours', { replica: 'ours', lease_ms: 1_000, now: new Date() });
  expect(await rows('unconfigured_since')).toEqual([{ name: 'ours', unconfigured_since: null }]);
});

test('a start with nothing new writes no row', async () => {
  await registerSinks(database.db, webhooks('a', 'b'), new Date());
  const before = await rows('xmin::text, ctid::text');
  await registerSinks(database.db, webhooks('a', 'b'), new Date());
  await markUnconfiguredSinks(database.db, ['a', 'b'], new Date());
  expect(await rows('xmin::text, ctid::text')).toEqual(before);
});
