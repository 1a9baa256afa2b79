import { beforeEach, expect, test } from 'vitest';
import { imagesRecord } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { EVERY_SECOND, runningDaemon } from './support/running-daemon.ts';
import { type ScriptedProject, scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

/** Twenty images whose `signed_url` is another one in every answer. */
async function restlessProject(project_id: string): Promise<ScriptedProject> {
  const scripted = await scriptedProject(database.db, project_id);
  let answers = 0;
  scripted.api.hold = (answer) => {
    if (answer !== 'private') return;
    answers += 1;
    scripted.api.records = Array.from({ length: 20 }, (_, i) =>
      imagesRecord(`i${i}`, { extra: { signed_url: `signature ${answers}` } }),
    );
  };
  await scripted.api.hold('private');
  return scripted;
}

test('the daemon says once of each project that a field is restless, however often it changes', async () => {
  const projects = [await restlessProject('p1'), await restlessProject('p2')];
  const { daemon, lines, reports } = runningDaemon(database.db, projects, {
    schedules: { sync: EVERY_SECOND },
  });
  const restless = (project_id: string) =>
    reports.filter((report) => report.project_id === project_id && report.restless_fields.length > 0).length;
  await until(() => restless('p1') >= 2 && restless('p2') >= 2);
  await daemon.stop(1000);
  const said = lines.filter(({ msg }) => String(msg).includes('CPH_IGNORE_FIELDS=signed_url'));
  expect(said.map(({ project_id, field, level }) => ({ project_id, field, level }))).toEqual(
    expect.arrayContaining([
      { project_id: 'p1', field: 'signed_url', level: 40 },
      { project_id: 'p2', field: 'signed_url', level: 40 },
    ]),
  );
  expect(said).toHaveLength(2);
});
