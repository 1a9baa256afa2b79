import { beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../src/simulator/server.ts';
import type { RunningProgram } from './support/built-program.ts';
import { currentImages, foldedLog, rowsOf, rowVersions, runsOf } from './support/inventory-rows.ts';
import { holdLock, untilWaiting } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { projectEnv, simulatedProject } from './support/simulated-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

function startSync(cloud: Simulator): RunningProgram {
  const env = { ...projectEnv(cloud, 'p1'), DATABASE_URL: database.url };
  return program.start(['sync'], env);
}

async function kill({ child, ended }: RunningProgram): Promise<void> {
  child.kill('SIGKILL');
  expect(await ended).toMatchObject({ code: null });
}

/** Postgres notices that a client is gone when it next speaks to it. */
async function untilForgotten(): Promise<void> {
  await until(async () => {
    const sessions = await rowsOf(
      database.db,
      `select from pg_stat_activity where datname = current_database() and application_name = 'cph-inventory'`,
    );
    return sessions.length === 0;
  });
}

/** A cloud of which one image has changed, one has gone for good and some are new since the last sweep. */
async function changedCloud() {
  const simulated = await simulatedProject(database.db);
  const { world, sweep } = simulated;
  for (const image_id of ['changes', 'goes', 'stays']) world.create({ image_id, status: 1 });
  await sweep();
  world.remove('goes');
  await sweep();
  world.fail('changes');
  for (let i = 0; i < 200; i += 1) world.create({ status: 1 });
  return simulated;
}

describe('a sync killed in the middle of its apply', () => {
  test.each(['cph.images', 'cph.image_events', 'cph.image_status_transitions'])(
    'that had got as far as %s leaves nothing, and the next one does it all',
    async (table) => {
      const { cloud, sweep } = await changedCloud();
      const before = await rowVersions(database.db);
      const size = await imagesSize();
      const lock = await holdLock(database.directUrl, `lock table ${table} in exclusive mode`);
      const running = startSync(cloud);
      const [waiting] = await untilWaiting(database.db, 1);
      expect(waiting).toContain(table);
      // Written, though nobody else can see it: the table's file has grown.
      if (table !== 'cph.images') expect(await imagesSize()).toBeGreaterThan(size);

      await kill(running);
      await lock.release();
      await untilForgotten();
      expect(await rowVersions(database.db)).toEqual(before);
      expect((await runsOf(database.db)).at(-1)).toMatchObject({
        id: 3,
        status: 'running',
        finished_at: null,
      });

      expect(await sweep()).toMatchObject({
        status: 'succeeded',
        created: 200,
        status_changed: 1,
        removed: 1,
      });
      expect((await runsOf(database.db)).slice(2)).toMatchObject([
        { id: 3, status: 'abandoned', created: 0, error_message: expect.stringContaining('run 4') },
        { id: 4, status: 'succeeded' },
      ]);
      expect(await foldedLog(database.db, 'p1')).toEqual(await currentImages(database.db, 'p1'));
      expect(await rowsOf(database.db, 'select from cph.image_status_transitions')).toHaveLength(3 + 200 + 1);
    },
  );
});

test('a sync killed while it waits for an answer leaves nothing, and the next one abandons its run', async () => {
  const { cloud, sweep } = await changedCloud();
  const before = await rowVersions(database.db);
  cloud.setFaults([{ when: { endpoint: 'phone-images' }, effect: { kind: 'hang' } }]);
  const asked = cloud.requests.length;
  const running = startSync(cloud);
  await until(() => cloud.requests.slice(asked).some(({ endpoint }) => endpoint === 'phone-images'));
  await kill(running);
  expect(await rowVersions(database.db)).toEqual(before);

  cloud.setFaults([]);
  expect(await sweep()).toMatchObject({ status: 'succeeded', created: 200 });
  expect((await runsOf(database.db)).slice(2)).toMatchObject([
    { status: 'abandoned' },
    { status: 'succeeded' },
  ]);
});

async function imagesSize(): Promise<number> {
  const [row] = await rowsOf(database.db, `select pg_relation_size('cph.images') as size`);
  return Number(row?.size);
}
