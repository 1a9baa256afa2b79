import { beforeEach, describe, expect, test } from 'vitest';
import { status } from '../src/commands/status.ts';
import { markUnconfigured } from '../src/store/projects.ts';
import { markUnconfiguredSinks, registerSinks } from '../src/store/sinks.ts';
import { outcomeOf } from './support/command-context.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { screenOf } from './support/screen.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const NOW = new Date('2026-01-01T12:00:00Z');
const printed = async (options = {}, expected = 3) => {
  const env = { DATABASE_URL: database.url };
  const { code, text } = await outcomeOf((context) => status(options, context), { env, now: NOW });
  expect(code).toBe(expected);
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

test('a terminal is told of ten failed images and how to see the others, so that projects stay in sight', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  await sweep({ now: () => NOW });
  api.records = Array.from({ length: 12 }, (_, i) => imagesRecord(`i${i}`, { status_code: 2 }));
  await sweep({ now: () => NOW });
  const { out, rows } = screenOf(100, { NO_COLOR: '1' });
  const env = { DATABASE_URL: database.url };
  await outcomeOf((context) => status({}, { ...context, out }), { env, now: NOW });
  expect(rows().filter((row) => row.startsWith('CphImageFailed'))).toHaveLength(10);
  expect(rows()).toContain('… and 2 more images: cph-inventory query failed, query stuck');
  expect((await printed()).match(/^CphImageFailed\t/gm)).toHaveLength(12);
});

describe('the exit code', () => {
  const swept = async (project_id = 'p1') => {
    const { api, sweep } = await scriptedProject(database.db, project_id);
    api.records = [imagesRecord('a')];
    await sweep({ now: () => NOW });
    return { api, sweep };
  };

  test('is 0 while nothing is wrong, and what says so is said first', async () => {
    await swept();
    expect(await printed({}, 0)).toMatch(
      /^The project is fresh\.\n# Attention\nNothing needs you\.\n# Projects\n/,
    );
  });

  test.each([
    ['a project failed', `update cph.projects set last_run_status = 'failed', consecutive_failures = 2`],
    [
      'a project is stale',
      `update cph.projects set last_complete_at = now() - interval '1 day', sync_interval = '5 min'`,
    ],
    ['a project was never read completely', 'update cph.projects set last_complete_at = null'],
    ['removals are held', `update cph.projects set last_run_status = 'held', held_removals = 7`],
    [
      'an image has failed',
      `update cph.images set status = 'failed', status_code = 2, status_baseline = false`,
    ],
    [
      'a sink fails',
      `insert into cph.sinks (name, kind, cursor_seq, attempts, failing_since, last_error) values ('hook', 'webhook', 0, 2, now(), 'no')`,
    ],
  ])('is 3 when %s', async (_, statement) => {
    await swept();
    await rowsOf(database.db, statement);
    expect(await printed({}, 3)).not.toMatch(/^The project is fresh\.\n# Attention\nNothing needs you/);
  });

  test('is 3 when a project is in trouble, which comes first and says why', async () => {
    await swept('a-well');
    await swept('b-ill');
    await rowsOf(
      database.db,
      `update cph.projects set consecutive_failures = 1, last_run_status = 'failed' where project_id = 'b-ill'`,
    );
    const lines = (await printed()).split('\n');
    const place = (name: string) => lines.findIndex((line) => line.startsWith(`${name}\t`));
    expect(place('b-ill')).toBeLessThan(place('a-well'));
    expect(place('b-ill')).toBeGreaterThan(0);
  });
});
