import { cp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import type { RunningProgram } from './support/built-program.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { holdLock, untilWaiting } from './support/locks.ts';
import { setReachable, useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

/** A cloud of two projects, and the daemon with a file that names some of them. */
async function daemon(projects: readonly string[], settings: Record<string, unknown> = {}) {
  const world = createWorld({ seed: 1, start: new Date(), projects: ['p1', 'p2'], images: 3 });
  const cloud = await startSimulator({ world });
  onTestFinished(() => cloud.close());
  const file = join(program.folder, 'cph.yaml');
  const write = (named: readonly string[], more: Record<string, unknown> = {}) =>
    writeFile(file, fileOf(cloud.url, named, { ...settings, ...more }));
  await write(projects);
  const running = program.start(['start', '--config', file], { DATABASE_URL: database.directUrl });
  const reload = (text?: string) =>
    (text === undefined ? Promise.resolve() : writeFile(file, text)).then(() => running.child.kill('SIGHUP'));
  return { running, write, reload };
}

const fileOf = (url: string, projects: readonly string[], settings: Record<string, unknown>) =>
  JSON.stringify({
    schedule: { sync: '0 0 1 1 *', watch: 'off' },
    http: { port: 'off' },
    credentials: { all: { token: 'simulated-token-1' } },
    defaults: { region: 'ap-southeast-1', credentials: 'all', endpoint: url },
    projects: projects.map((project_id) => ({ project_id })),
    ...settings,
  });

const messages = (stderr: string): string[] =>
  stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => String(JSON.parse(line).msg));

const steps = (stderr: string) =>
  messages(stderr).filter((msg) => ['started', 'reloading', 'stopping', 'stopped'].includes(msg));

const untilSaid = (running: RunningProgram, text: string) => until(() => running.stderr().includes(text));

/** Waits until exactly these have been swept. */
const untilSwept = (...projects: string[]) =>
  until(async () => {
    const swept = await rowsOf(
      database.db,
      'select project_id from cph.projects where last_complete_at is not null order by 1',
    );
    return swept.map(({ project_id }) => project_id).join() === projects.join();
  });

const takenOut = () =>
  rowsOf(
    database.db,
    'select project_id, unconfigured_since is not null as out from cph.projects order by project_id',
  );

const sinksTakenOut = () =>
  rowsOf(database.db, 'select name, unconfigured_since is not null as out from cph.sinks order by name');

/** A sink that nobody is behind. */
const sink = (name: string) => ({ kind: 'alertmanager', name, url: 'http://127.0.0.1:1' });

async function stopped(running: RunningProgram) {
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  return { code, steps: steps(stderr) };
}

test('SIGHUP goes on with the changed file, keeps the rows of a project taken out, and takes it back', async () => {
  const { running, write, reload } = await daemon(['p1']);
  await untilSwept('p1');
  const imagesOfP1 = () =>
    rowsOf(database.db, "select * from cph.images where project_id = 'p1' order by image_id");
  const before = await imagesOfP1();

  await write(['p2']);
  await reload();
  await untilSwept('p1', 'p2');
  expect(await imagesOfP1()).toEqual(before);
  expect(await takenOut()).toEqual([
    { project_id: 'p1', out: true },
    { project_id: 'p2', out: false },
  ]);

  await write(['p1', 'p2']);
  await reload();
  await until(async () => (await takenOut()).every(({ out }) => out === false));
  await until(() => steps(running.stderr()).length === 5);
  expect(await stopped(running)).toEqual({
    code: 0,
    steps: ['started', 'reloading', 'started', 'reloading', 'started', 'stopping', 'stopped'],
  });
});

test('a sink that is taken out is marked, until it is taken back', async () => {
  const { running, write, reload } = await daemon(['p1'], { sinks: [sink('old')] });
  await untilSwept('p1');
  await write(['p1'], { sinks: [sink('new')] });
  await reload();
  await until(() => steps(running.stderr()).length === 3);
  expect(await sinksTakenOut()).toEqual([
    { name: 'new', out: false },
    { name: 'old', out: true },
  ]);
  await write(['p1'], { sinks: [sink('new'), sink('old')] });
  await reload();
  await until(() => steps(running.stderr()).length === 5);
  expect((await sinksTakenOut()).filter(({ out }) => out)).toEqual([]);
});

test('a file that cannot be used changes nothing, and the next one is taken', async () => {
  const { running, write, reload } = await daemon(['p1']);
  await untilSwept('p1');
  await reload('projects: nonsense');
  await untilSaid(running, 'the old one stays');
  expect(steps(running.stderr())).toEqual(['started']);

  await write(['p1', 'p2']);
  await reload();
  await untilSwept('p1', 'p2');
});

test('a SIGHUP while the daemon is still starting ends nothing, and is answered once it has started', async () => {
  const lock = await holdLock(database.directUrl, 'lock table cph.projects');
  const { running, write, reload } = await daemon(['p1']);
  await untilWaiting(database.db, 1);
  await write(['p1', 'p2']);
  await reload();
  await lock.release();
  await untilSwept('p1', 'p2');
  expect(steps(running.stderr())).toEqual(['started', 'reloading', 'started']);
});

test('a SIGHUP while the database is away is answered as soon as it is back', async () => {
  const { running, write, reload } = await daemon(['p1']);
  await untilSwept('p1');
  await setReachable(database, false);
  await write(['p1', 'p2']);
  await reload();
  await untilSaid(running, 'until the database takes the new one');
  expect(steps(running.stderr())).toEqual(['started']);
  await setReachable(database, true);
  await untilSwept('p1', 'p2');
  expect(await stopped(running)).toMatchObject({ code: 0 });
});

test('a reload changes how much is logged, and says that another database takes a restart', async () => {
  const { running, write, reload } = await daemon(['p1']);
  await untilSwept('p1');
  await write(['p1'], { log_level: 'warn', database_url: 'postgres://nobody:sekret@127.0.0.1:1/none' });
  await reload();
  await untilSaid(running, 'stays in use until a restart');
  await write(['p1', 'p2'], { log_level: 'info', database_url: database.directUrl });
  await reload();
  await untilSwept('p1', 'p2');
  expect(running.stderr()).not.toContain('sekret');
  // In between, nothing below a warning.
  expect(steps(running.stderr())).toEqual(['started', 'reloading', 'started']);
});

/** Puts the migrations of a later version where the program has its own, as `npm ci` does in a checkout that was updated. */
async function upgradeInPlace(tag: string): Promise<void> {
  const folder = join(program.folder, 'package', 'migrations');
  const checkout = await realpath(folder);
  await rm(folder);
  onTestFinished(async () => {
    await rm(folder, { recursive: true });
    await symlink(checkout, folder);
  });
  await cp(checkout, folder, { recursive: true });
  const journal = join(folder, 'meta', '_journal.json');
  const { entries, ...rest } = JSON.parse(await readFile(journal, 'utf8'));
  await writeFile(journal, JSON.stringify({ ...rest, entries: [...entries, { tag }] }));
  await writeFile(join(folder, `${tag}.sql`), 'select 1');
}

test('a daemon ends when a later version has migrated its database, and says what to do', async () => {
  const { running } = await daemon(['p1']);
  await untilSwept('p1');
  await upgradeInPlace('9999_later');
  onTestFinished(
    async () => void (await rowsOf(database.db, "delete from cph.migrations where tag like '9%'")),
  );
  await rowsOf(database.db, "insert into cph.migrations (tag, hash) values ('9999_later', 'x')");
  const { code, stderr } = await running.ended;
  expect(code).toBe(1);
  expect(stderr).toContain('(9999_later). Upgrade this program');
});
