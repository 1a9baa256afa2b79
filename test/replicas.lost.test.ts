import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../src/simulator/faults.ts';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { rowsOf, rowVersions, runsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { prepareFleet } from './support/replica-fleet.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

/** A project that a replica begins to look at, and whose last answer is on its way for a second, or what else a fault does. */
async function lookUnderWay(effect: Fault['effect'] = { kind: 'delay', milliseconds: 1_000 }) {
  const world = createWorld({ seed: 1, start: new Date(), projects: ['p1'] });
  for (const image_id of ['changes', 'goes', 'stays']) world.create({ image_id, status: 1 });
  const slow: Fault = {
    when: { endpoint: 'phone-images', nth: 1 },
    effect,
  };
  const cloud = await startSimulator({ world, now: () => new Date(), faults: [slow] });
  onTestFinished(() => cloud.close());
  const env = { CPH_SYNC_CRON: '0 0 1 1 *', CPH_SHUTDOWN_TIMEOUT: '2s' };
  const plan = { databaseUrl: database.url, cloud, projects: world.projects, env };
  const { start } = await prepareFleet(program, plan);
  const first = await start();
  await until(() => cloud.requests.some(({ endpoint }) => endpoint === 'phone-images'));
  return { world, cloud, first, start };
}

/** Leases run by Postgres' clock alone, so this is what twenty seconds of silence look like. */
async function leaseRunsOut(): Promise<void> {
  await until(async () => (await runsOf(database.db)).length === 1);
  await rowsOf(database.db, `update cph.projects set leased_until = now() - interval '1 second'`);
}

const secondSweep = () => until(async () => (await runsOf(database.db))[1]?.status === 'succeeded');

test('a replica that slept through its lease changes nothing with what it saw before', async () => {
  const { world, first, start } = await lookUnderWay();
  first.pause();
  world.update('changes', { image_name: 'new name', status: 2 });
  world.remove('goes');
  await leaseRunsOut();
  const second = await start();
  await secondSweep();
  await second.stop();
  const written = await rowVersions(database.db);
  const projects = await rowsOf(database.db, 'select * from cph.projects');
  expect(written.images).toMatchObject([
    { image_id: expect.stringMatching(/changes|stays/) },
    { image_id: expect.stringMatching(/changes|stays/) },
  ]);

  first.resume();
  await until(() => first.stderr().includes('sweep abandoned'));
  await first.stop();
  expect(await rowVersions(database.db)).toEqual(written);
  expect(await rowsOf(database.db, 'select * from cph.projects')).toEqual(projects);
  expect(await runsOf(database.db)).toMatchObject([
    { id: 1, status: 'abandoned', created: 0 },
    { id: 2, status: 'succeeded', created: 2 },
  ]);
});

test('a replica that is killed in the middle of a look leaves its project to another', async () => {
  const { first, start } = await lookUnderWay();
  await first.kill();
  const second = await start();
  expect(await runsOf(database.db)).toMatchObject([{ status: 'running' }]);
  await leaseRunsOut();
  await secondSweep();
  expect(await runsOf(database.db)).toMatchObject([
    { status: 'abandoned', error_message: expect.stringContaining('gone') },
    { status: 'succeeded', created: 3 },
  ]);
  await second.stop();
  expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
    { leased_by: null, leased_until: null, last_run_status: 'succeeded' },
  ]);
});

test('a replica that is stopped in the middle of a look hands its project to another at once', async () => {
  const { cloud, first, start } = await lookUnderWay({ kind: 'hang' });
  const second = await start();
  expect(await runsOf(database.db)).toMatchObject([{ status: 'running' }]);
  expect(await first.stop()).toMatchObject({ code: 0 });
  // Neither schedule ticks, and the lease would have lasted for longer than we wait.
  await secondSweep();
  expect(await runsOf(database.db)).toMatchObject([
    { status: 'abandoned', error_message: expect.stringContaining('asked to stop') },
    { status: 'succeeded', created: 3 },
  ]);
  expect(cloud.requests.filter(({ endpoint }) => endpoint === 'phone-images')).toHaveLength(2);
  expect(await second.stop()).toMatchObject({ code: 0 });
});
