import { beforeEach, expect, test } from 'vitest';
import { markUnconfigured } from '../src/store/projects.ts';
import { markUnconfiguredSinks, registerSinks } from '../src/store/sinks.ts';
import { environmentDaemon } from './support/environment-daemon.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

const marked = async () =>
  (
    await rowsOf(
      database.db,
      `
    select project_id as name from cph.projects where unconfigured_since is not null
    union all select name from cph.sinks where unconfigured_since is not null order by 1`,
    )
  ).map(({ name }) => name);
const daemon = (project_id: string, env: Record<string, string> = {}) =>
  environmentDaemon(program, { url: database.directUrl, project_id, env });

test('a project and a sink that the environment named before are marked, once in the log, and can be forgotten', async () => {
  const mistyped = await daemon('p0', { CPH_ALERTMANAGER_URL: 'http://127.0.0.1:1' });
  await until(
    async () =>
      (await rowsOf(database.db, 'select from cph.projects where last_complete_at is not null')).length,
  );
  await mistyped.stop();

  const right = await daemon('p1');
  await right.untilSaid('started');
  expect(await marked()).toEqual(['alertmanager', 'p0']);
  const said = () => right.messages().filter((message) => message.includes('no longer configured'));
  expect(said()).toEqual([
    expect.stringContaining('cph-inventory forget --sink alertmanager'),
    expect.stringContaining('cph-inventory forget p0'),
  ]);
  right.running.child.kill('SIGHUP');
  await until(() => right.messages().filter((message) => message === 'started').length === 2);
  expect(said()).toHaveLength(2);

  expect((await program.run(['forget', 'p0', '--yes'], right.env)).code).toBe(0);
  expect((await program.run(['forget', '--sink', 'alertmanager', '--yes'], right.env)).code).toBe(0);
  expect((await program.run(['forget', 'p1', '--yes'], right.env)).code).toBe(1);
  expect(await rowsOf(database.db, 'select project_id from cph.projects')).toEqual([{ project_id: 'p1' }]);
});

test('two programs with a project and a sink each share a database: each takes its own marks away, and they stay away', async () => {
  const first = await daemon('p1', { CPH_ALERTMANAGER_URL: 'http://127.0.0.1:1' });
  await first.untilSaid('started');
  const second = await daemon('p2', { CPH_WEBHOOK_URL: 'http://127.0.0.1:1' });
  await second.untilSaid('started');
  await until(async () => (await marked()).length === 0);
  second.running.child.kill('SIGHUP');
  await until(() => second.messages().filter((message) => message === 'started').length === 2);
  await until(async () => (await marked()).length === 0);
  await first.stop();
  await second.stop();
  expect(await marked()).toEqual([]);
});

test('what nobody works with any more is idle, and what somebody works with is not', async () => {
  const now = new Date();
  for (const project_id of ['idle', 'busy', 'leased', 'own']) {
    const { api, sweep } = await scriptedProject(database.db, project_id);
    api.records = [imagesRecord(`${project_id}-a`)];
    await sweep();
  }
  const old = `registered_at = now() - interval '3 hours', last_run_at = now() - interval '3 hours'`;
  await rowsOf(database.db, `update cph.projects set ${old} where project_id <> 'busy'`);
  await rowsOf(
    database.db,
    `update cph.projects set leased_by = 'r', leased_until = now() + interval '1 minute' where project_id = 'leased'`,
  );
  expect(await markUnconfigured(database.db, ['own'], now, 'idle')).toEqual(['idle']);

  const names = ['behind', 'failing', 'heard', 'own'];
  await registerSinks(
    database.db,
    names.map((name) => ({ name, kind: 'webhook' as const })),
    now,
  );
  expect(await markUnconfiguredSinks(database.db, ['own'], now, 'idle')).toEqual([]);
  await rowsOf(database.db, `update cph.sinks set next_attempt_at = null`);
  await rowsOf(database.db, `update cph.image_events set occurred_at = now() - interval '1 hour'`);
  await rowsOf(database.db, `update cph.sinks set cursor_seq = 0 where name = 'behind'`);
  await rowsOf(
    database.db,
    `update cph.sinks set attempts = 2, failing_since = now(), next_attempt_at = now() - interval '10 minutes' where name = 'failing'`,
  );
  expect(await markUnconfiguredSinks(database.db, ['own'], now, 'idle')).toEqual(['behind', 'failing']);
});
