import { beforeEach, expect, test } from 'vitest';
import { status } from '../src/commands/status.ts';
import { outcomeOf } from './support/command-context.ts';
import { imagesRecord } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { EVERY_SECOND, runningDaemon } from './support/running-daemon.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

/** A project with a missing image of which the API does not tell whether it is there. */
async function untoldProject() {
  const scripted = await scriptedProject(database.db);
  scripted.api.records = [imagesRecord('stays'), imagesRecord('goes')];
  await scripted.sweep();
  scripted.api.records = [imagesRecord('stays')];
  scripted.api.refused = ['goes'];
  return scripted;
}

async function shown() {
  const env = { DATABASE_URL: database.url };
  const printed = (json: boolean) =>
    outcomeOf((context) => status({ json }, context), { env, now: new Date() });
  return { text: (await printed(false)).text, document: JSON.parse((await printed(true)).text) };
}

test('the daemon says once that an image is kept because the API does not tell whether it is there', async () => {
  const project = await untoldProject();
  const { daemon, lines, reports } = runningDaemon(database.db, [project], {
    schedules: { sync: EVERY_SECOND },
  });
  await until(() => reports.filter(({ error }) => error !== null).length >= 2);
  await daemon.stop(1000);
  const said = lines.filter(({ msg }) => String(msg).startsWith('1 missing image is kept'));
  expect(said).toMatchObject([{ project_id: 'p1', code: 'untold_images', level: 40 }]);
});

test('status says so while it is so', async () => {
  const { api, sweep } = await untoldProject();
  await sweep();
  expect((await shown()).document).toMatchObject({ left_open: [] });
  await sweep();
  const { text, document } = await shown();
  expect(text).toMatch(/^p1: 1 missing image is kept: .*CPS\.0099/m);
  expect(document).toMatchObject({ left_open: [{ project_id: 'p1', error_code: 'untold_images' }] });
  api.refused = [];
  await sweep();
  expect((await shown()).document).toMatchObject({ left_open: [] });
});

test('status says why a sweep was partial', async () => {
  const { api, sweep } = await untoldProject();
  api.circumstances = { proofs: { private: 'denied' } };
  await sweep();
  expect((await shown()).document).toMatchObject({
    left_open: [{ project_id: 'p1', error_code: 'CPS.0001' }],
  });
});
