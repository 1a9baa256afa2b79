import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DaemonOptions } from '../src/daemon/daemon.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { EVERY_SECOND, runningDaemon } from './support/running-daemon.ts';
import { type ScriptedProject, scriptedProject } from './support/scripted-project.ts';
import { simulatedProject } from './support/simulated-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const daemonOf = (
  projects: readonly Pick<ScriptedProject, 'project'>[],
  schedules: Partial<DaemonOptions['schedules']> = {},
) => runningDaemon(database.db, projects, { schedules });

/** A project whose sweeps wait for their last answer until they are let go. */
async function heldProject(project_id = 'p1') {
  const scripted = await scriptedProject(database.db, project_id);
  scripted.api.records = [imagesRecord('a')];
  const { come, now } = moment();
  scripted.api.hold = (answer) => (answer === 'all' ? come : undefined);
  return { ...scripted, letGo: now };
}

describe('a daemon that starts', () => {
  test('sweeps every project at once, without waiting for its schedule', async () => {
    const projects = [await scriptedProject(database.db, 'p1'), await scriptedProject(database.db, 'p2')];
    const { reports, lines } = daemonOf(projects);
    await until(() => reports.length === 2);
    expect(reports.map(({ project_id }) => project_id).toSorted()).toEqual(['p1', 'p2']);
    expect(await runsOf(database.db)).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
    expect(lines.filter(({ msg }) => msg === 'sweep succeeded')).toHaveLength(2);
  });

  test('sweeps a project although another one hangs', async () => {
    const held = await heldProject();
    const { reports } = daemonOf([held, await scriptedProject(database.db, 'p2')]);
    await until(() => reports.length === 1);
    expect(reports).toMatchObject([{ project_id: 'p2', status: 'succeeded' }]);
    held.letGo();
  });

  test('goes on after a sweep that failed', async () => {
    const scripted = await scriptedProject(database.db);
    scripted.api.circumstances = {
      proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' },
    };
    const { reports, lines } = daemonOf([scripted], { sync: EVERY_SECOND });
    await until(() => reports.length === 1);
    scripted.api.circumstances = {};
    await until(() => reports.length === 2);
    expect(reports).toMatchObject([{ status: 'failed' }, { status: 'succeeded' }]);
    expect(lines.find(({ msg }) => msg === 'sweep failed')).toMatchObject({
      level: pino.levels.values.error,
      project_id: 'p1',
      error: { code: 'CPS.0003' },
    });
  });
});

describe('schedules', () => {
  test('sweep and watch again and again', async () => {
    const scripted = await scriptedProject(database.db);
    const { reports } = daemonOf([scripted], { sync: '*/2 * * * * *', watch: EVERY_SECOND });
    await until(() => new Set(reports.map(({ kind }) => kind)).size === 2 && reports.length >= 3);
  });

  test('wait for the look under way at a project, and not for those at others', async () => {
    const held = await heldProject();
    const other = await scriptedProject(database.db, 'p2');
    const { daemon, reports } = daemonOf([held, other], { sync: EVERY_SECOND, watch: EVERY_SECOND });
    await until(() => reports.length === 3);
    expect(reports.map(({ project_id }) => project_id)).toEqual(['p2', 'p2', 'p2']);
    expect(await runsOf(database.db, 'p1')).toMatchObject([{ kind: 'sweep', status: 'running' }]);

    // Some ticks have come meanwhile; a daemon that is stopped has no turn left for them.
    const stopped = daemon.stop(10_000);
    held.letGo();
    await stopped;
    expect(await runsOf(database.db, 'p1')).toMatchObject([{ kind: 'sweep', status: 'succeeded' }]);
  });
});

describe('a daemon that is stopped', () => {
  test('waits for the look under way', async () => {
    const held = await heldProject();
    const { daemon, reports } = daemonOf([held]);
    await until(async () => (await runsOf(database.db)).length === 1);
    let stopped = false;
    const stopping = daemon.stop(10_000).then(() => {
      stopped = true;
    });
    await rowsOf(database.db, 'select 1');
    expect(stopped).toBe(false);
    held.letGo();
    await stopping;
    expect(reports).toMatchObject([{ status: 'succeeded', created: 1 }]);
    expect(await rowsOf(database.db, 'select from cph.images')).toHaveLength(1);
  });

  test('gives a project back as soon as its look is over, whatever the others take', async () => {
    const [first, second] = [await heldProject('p1'), await heldProject('p2')];
    const { daemon } = daemonOf([first, second]);
    await until(async () => (await runsOf(database.db)).length === 2);
    const stopping = daemon.stop(10_000);
    first.letGo();
    const leased = 'select project_id from cph.projects where leased_by is not null';
    await until(async () => (await rowsOf(database.db, leased)).length === 1);
    expect(await rowsOf(database.db, leased)).toEqual([{ project_id: 'p2' }]);
    second.letGo();
    await stopping;
    expect(await rowsOf(database.db, leased)).toEqual([]);
  });

  test('ends a look at an API that hangs, and nothing of it is written', async () => {
    const simulated = await simulatedProject(database.db, {
      faults: [{ when: { endpoint: 'phone-images' }, effect: { kind: 'hang' } }],
    });
    simulated.world.create({ status: 1 });
    const { daemon, reports } = daemonOf([simulated]);
    await until(() => simulated.cloud.requests.some(({ endpoint }) => endpoint === 'phone-images'));
    await daemon.stop(1);
    expect(reports).toMatchObject([{ status: 'abandoned', created: 0 }]);
    expect(await rowsOf(database.db, 'select from cph.images')).toEqual([]);
    expect(await runsOf(database.db)).toMatchObject([
      { status: 'abandoned', error_message: 'the program was asked to stop' },
    ]);
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_run_status: null, consecutive_failures: 0 },
    ]);
  });

  test('is stopped once, however often it is told to', async () => {
    const held = await heldProject();
    const { daemon, reports } = daemonOf([held]);
    await until(async () => (await runsOf(database.db)).length === 1);
    const first = daemon.stop(10_000);
    expect(daemon.stop(0)).toBe(first);
    held.letGo();
    await first;
    await daemon.stop(0);
    expect(reports).toMatchObject([{ status: 'succeeded' }]);
  });

  test('looks no more', async () => {
    const scripted = await scriptedProject(database.db);
    const { daemon, reports } = daemonOf([scripted], { sync: EVERY_SECOND });
    await until(() => reports.length === 2);
    await daemon.stop(0);
    const runs = await runsOf(database.db);
    const other = await scriptedProject(database.db, 'p2');
    const { reports: later } = daemonOf([other], { sync: EVERY_SECOND });
    await until(() => later.length === 3);
    expect(await runsOf(database.db, 'p1')).toEqual(runs);
  });
});
