import { expect, test } from 'vitest';
import { prune } from '../src/daemon/pruner.ts';
import { append, created } from './support/event-log.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();

test('old runs are deleted although events cannot be, and both are told', async () => {
  const { sweep } = await scriptedProject(database.db);
  const finished = new Date('2026-01-01T00:00:00Z');
  for (let n = 0; n < 2; n += 1) await sweep({ now: () => finished });
  await append(database.db, [created('a'), created('a')]);
  await rowsOf(
    database.db,
    `create function cph.refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
     create trigger refuse before delete on cph.image_events execute function cph.refuse()`,
  );
  const told: unknown[] = [];
  await prune(
    {
      db: database.db,
      now: () => new Date('2026-09-01T00:00:00Z'),
      retention: { eventsMs: 0, runsMs: 0 },
      onPruned: (pruned) => told.push(pruned),
      onTrouble: () => told.push('trouble'),
    },
    new AbortController().signal,
  );
  expect(told).toEqual(['trouble', { events: 0, runs: 1 }]);
  expect(await runsOf(database.db)).toMatchObject([{ id: 2 }]);
});
