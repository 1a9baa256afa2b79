import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();

async function cloudOf(projects: readonly string[]) {
  const world = createWorld({ seed: 1, start: new Date(), projects: [...projects], images: 3 });
  const cloud = await startSimulator({ world });
  onTestFinished(() => cloud.close());
  return cloud;
}

const fileOf = (url: string, projects: readonly string[]) =>
  JSON.stringify({
    schedule: { sync: '0 0 1 1 *', watch: 'off' },
    http: { port: 'off' },
    credentials: { all: { token: 'simulated-token-1' } },
    defaults: { region: 'ap-southeast-1', credentials: 'all', endpoint: url },
    projects: projects.map((project_id) => ({ project_id })),
  });

const messages = (stderr: string) =>
  stderr
    .trim()
    .split('\n')
    .map((line) => String(JSON.parse(line).msg));

test('SIGHUP goes on with the changed file, keeps the rows of a project taken out, and refuses a broken one', async () => {
  const cloud = await cloudOf(['p1', 'p2']);
  const path = join(program.folder, 'cph.yaml');
  await writeFile(path, fileOf(cloud.url, ['p1']));
  const running = program.start(['start', '--config', path], { DATABASE_URL: database.url });
  const swept = () =>
    rowsOf(database.db, 'select project_id from cph.projects where last_complete_at is not null order by 1');
  await until(async () => (await swept()).length === 1);

  await writeFile(path, 'projects: nonsense');
  running.child.kill('SIGHUP');
  await until(() => running.stderr().includes('the old one stays'));

  const before = await rowsOf(
    database.db,
    "select * from cph.images where project_id = 'p1' order by image_id",
  );
  await writeFile(path, fileOf(cloud.url, ['p2']));
  running.child.kill('SIGHUP');
  await until(async () => (await swept()).length === 2);
  expect(
    await rowsOf(database.db, "select * from cph.images where project_id = 'p1' order by image_id"),
  ).toEqual(before);
  expect(
    await rowsOf(
      database.db,
      'select project_id, unconfigured_since is not null as out from cph.projects order by 1',
    ),
  ).toEqual([
    { project_id: 'p1', out: true },
    { project_id: 'p2', out: false },
  ]);

  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  expect(code).toBe(0);
  expect(messages(stderr).filter((msg) => ['started', 'reloading', 'stopped'].includes(msg))).toEqual([
    'started',
    'reloading',
    'started',
    'stopped',
  ]);
});
