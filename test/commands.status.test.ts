import { beforeEach, expect, test } from 'vitest';
import { status } from '../src/commands/status.ts';
import { markUnconfigured } from '../src/store/projects.ts';
import { markUnconfiguredSinks, registerSinks } from '../src/store/sinks.ts';
import { outcomeOf } from './support/command-context.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const NOW = new Date('2026-01-01T12:00:00Z');
const printed = async (options = {}) => {
  const env = { DATABASE_URL: database.url };
  const { code, text } = await outcomeOf((context) => status(options, context), { env, now: NOW });
  expect(code).toBe(0);
  return text;
};

test('projects and sinks that the configuration no longer names are told apart from trouble', async () => {
  for (const project_id of ['kept', 'out']) {
    const { api, sweep } = await scriptedProject(database.db, project_id);
    api.records = [imagesRecord('a')];
    await sweep({ now: () => NOW });
  }
  await rowsOf(database.db, `update cph.projects set last_run_status = 'failed'`);
  const sinks = ['kept-hook', 'old-hook'].map((name) => ({ name, kind: 'webhook' }) as const);
  await registerSinks(database.db, sinks, NOW);
  await rowsOf(database.db, `update cph.sinks set attempts = 2, failing_since = now(), last_error = 'no'`);
  await markUnconfigured(database.db, ['kept'], NOW);
  await markUnconfiguredSinks(database.db, ['kept-hook'], NOW);

  const lines = (await printed()).split('\n');
  const line = (name: string) => lines.find((text) => text.startsWith(`${name}\t`))?.split('\t');
  expect(line('kept')).toContain('failed');
  expect(line('out')).toContain('not configured');
  expect(line('kept-hook')?.at(-1)).toBe('failed 2 times: no');
  expect(line('old-hook')?.at(-1)).toBe('not configured');

  const since = NOW.toISOString();
  expect(JSON.parse(await printed({ json: true }))).toMatchObject({
    projects: [
      { project_id: 'kept', unconfigured_since: null },
      { project_id: 'out', unconfigured_since: since, stale: false },
    ],
    sinks: [
      { name: 'kept-hook', unconfigured_since: null },
      { name: 'old-hook', unconfigured_since: since },
    ],
  });
});
