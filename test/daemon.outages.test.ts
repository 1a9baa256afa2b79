import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { startLossyProxy } from './support/lossy-proxy.ts';
import { useTestDatabase } from './support/postgres.ts';
import { runningDaemon } from './support/running-daemon.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const AWAY = 'the database cannot be used; looks are kept waiting';
const BACK = 'the database is back';
const aboutDatabase = (lines: readonly Record<string, unknown>[]) =>
  lines.map(({ msg }) => msg).filter((msg) => msg === AWAY || msg === BACK);

test('an outage is one line when it begins and one when it is over, however long it takes', async () => {
  const proxy = await startLossyProxy(database.url);
  onTestFinished(proxy.close);
  const { db, close } = openDatabase({ url: proxy.url, applicationName: 'lossy', maxConnections: 5 });
  onTestFinished(close);
  const { lines, reports } = runningDaemon(db, [await scriptedProject(db)]);
  await until(() => reports.length === 1);
  // Twice a second it claims, and every few seconds it has no lease to renew, which goes well without a database.
  const refused = async (count: number) => {
    const before = proxy.connections();
    await until(() => proxy.connections() >= before + count);
  };
  proxy.refuse();
  await refused(12);
  expect(aboutDatabase(lines)).toEqual([AWAY]);
  proxy.accept();
  await until(() => aboutDatabase(lines).length === 2);
  expect(aboutDatabase(lines)).toEqual([AWAY, BACK]);
});

test('a daemon that is stopped during an outage does not say that it is over', async () => {
  const proxy = await startLossyProxy(database.url);
  onTestFinished(proxy.close);
  const { db, close } = openDatabase({ url: proxy.url, applicationName: 'lossy', maxConnections: 5 });
  onTestFinished(close);
  const { daemon, lines } = runningDaemon(db, [await scriptedProject(db)]);
  // With nothing to give back any more, a stop asks nothing of Postgres.
  const givenBack = 'select from cph.projects where sweep_tick is not null';
  await until(async () => (await rowsOf(database.db, givenBack)).length === 1);
  proxy.refuse();
  await until(() => aboutDatabase(lines).length === 1);
  await daemon.stop(0);
  expect(aboutDatabase(lines)).toEqual([AWAY]);
});

test('a database that takes leases and no rows is away until it takes rows', async () => {
  const projects = [await scriptedProject(database.db, 'p1'), await scriptedProject(database.db, 'p2')];
  const set = (project_id: string, lease: string) =>
    rowsOf(database.db, `update cph.projects set ${lease} where project_id = '${project_id}'`);
  await rowsOf(database.db, 'alter table cph.sync_runs add constraint full_disk check (false) not valid');
  await set('p2', `leased_by = 'other', leased_until = 'infinity'`);
  const { lines, reports } = runningDaemon(database.db, projects);
  await until(() => aboutDatabase(lines).length === 1);
  // The next claim goes well.
  await set('p2', 'leased_by = null, leased_until = null');
  const [ours] = await rowsOf(database.db, `select leased_by from cph.projects where project_id = 'p1'`);
  const claimed = `select from cph.projects where project_id = 'p2' and leased_by = '${ours?.leased_by}'`;
  await until(async () => (await rowsOf(database.db, claimed)).length === 1);
  expect(aboutDatabase(lines)).toEqual([AWAY]);

  await rowsOf(database.db, 'alter table cph.sync_runs drop constraint full_disk');
  await set('p1', 'leased_by = null, leased_until = null');
  await until(() => reports.length === 1);
  await until(() => aboutDatabase(lines).length === 2);
  expect(aboutDatabase(lines)).toEqual([AWAY, BACK]);
});
