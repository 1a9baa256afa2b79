import { beforeEach, describe, expect, test } from 'vitest';
import type { Ended } from './support/built-program.ts';
import { useCommandLine } from './support/command-line.ts';
import { createTestDatabase, useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import type { Env } from './support/simulated-project.ts';
import { projectEnv, type SimulatedProject, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
/** A process of its own: what only that can show, and one of each kind of end. */
const program = useProgram();
const run = useCommandLine();
beforeEach(() => database.truncate());

const envOf = ({ cloud }: Pick<SimulatedProject, 'cloud'>): Env => ({
  ...projectEnv(cloud, 'p1'),
  DATABASE_URL: database.url,
  LOG_LEVEL: 'silent',
});

/** What a program said that did what it was asked to, or a person should look: one JSON document. */
function documentOf({ stdout }: Ended): unknown {
  return JSON.parse(stdout);
}

describe('a sync ends with', () => {
  test('0 when every project was swept', async () => {
    const simulated = await simulatedProject(database.db);
    simulated.world.create({ status: 1 });
    const { code, stdout, stderr } = await program.run(['sync'], envOf(simulated));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^PROJECT\tSTATUS\t/);
    expect(stdout).toContain('p1\tsucceeded\t1\t1\t0');
  });

  test('1 and the reason when a project could not be read', async () => {
    const simulated = await simulatedProject(database.db, {
      faults: [{ effect: { kind: 'error', code: 'CPS.0007' } }],
    });
    const { code, stdout } = await run(['sync'], envOf(simulated));
    expect(code).toBe(1);
    expect(stdout).toContain('p1\tfailed');
    expect(stdout).toContain('CPS.0007');
  });

  test('1 and the reason, without a stack, when the database cannot be reached', async () => {
    const simulated = await simulatedProject(database.db);
    const url = new URL(database.url);
    url.pathname = '/no_such_database';
    const { code, stderr } = await program.run(['sync'], { ...envOf(simulated), DATABASE_URL: url.href });
    expect(code).toBe(1);
    expect(stderr).toContain('database "no_such_database" does not exist');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(simulated.cloud.requests).toEqual([]);
  });

  test('3 when a project was read in part', async () => {
    const simulated = await simulatedProject(database.db, {
      faults: [{ when: { endpoint: 'phone-images' }, effect: { kind: 'error', code: 'CPS.0001' } }],
    });
    const { code, stdout } = await run(['sync'], envOf(simulated));
    expect(code).toBe(3);
    expect(stdout).toContain('p1\tpartial');
    expect(stdout).toContain('CPS.0001');
  });

  test('3 and the way out when removals are held', async () => {
    const simulated = await simulatedProject(database.db);
    const images = Array.from({ length: 11 }, () => simulated.world.create({ status: 1 }));
    await simulated.sweep();
    for (const { image_id } of images) simulated.world.remove(image_id);
    const { code, stdout } = await run(['sync'], envOf(simulated));
    expect(code).toBe(3);
    expect(stdout).toContain('11 images');
    expect(stdout).toContain('cph-inventory approve p1');
  });
});

describe('wrong usage ends with 2 and says what is right', () => {
  test.each<[string, string[], string]>([
    ['a command there is not', ['sink'], 'sync'],
    ['an option there is not', ['sync', '--al'], '--al'],
    ['a missing argument', ['history'], 'image'],
    ['a configuration file without a name', ['sync', '--config', ''], 'path of a file'],
    ['a number that is none', ['events', '--after', 'x'], 'sequence number'],
    ['a status there is not', ['images', '--status', 'broken'], 'creating, usable, failed, unknown'],
    ['a project that is not configured', ['sync', '--project', 'p2'], 'p2'],
  ])('%s', async (_, args, said) => {
    const env = { ...projectEnv({ url: 'http://127.0.0.1:1', token: 'a-token' }, 'p1'), LOG_LEVEL: 'silent' };
    const { code, stdout, stderr } = await run(args, { ...env, DATABASE_URL: database.url });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('also in a process of its own', async () => {
    const { code, stderr } = await program.run(['sink']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('sync') });
  });

  test('and help that was asked for with 0', async () => {
    const [all, one] = await Promise.all([program.run(['--help']), run(['sync', '--help'])]);
    expect(all).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('history') });
    expect(one).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('--json') });
  });
});

describe('a configuration that cannot be used', () => {
  test('ends with 2 and names every fault at once', async () => {
    const { code, stderr, stdout } = await run(['sync'], {
      HW_REGION_NAME: 'Not a region',
      CPH_SYNC_CRON: 'often',
      CPH_RATE_LIMIT: '-1',
      DATABASE_URL: 'mysql://somewhere',
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    for (const name of ['HW_REGION_NAME', 'HW_PROJECT_ID', 'CPH_SYNC_CRON', 'CPH_RATE_LIMIT', 'DATABASE_URL'])
      expect(stderr).toContain(name);
    expect(stderr).toContain('HW_AUTH_TOKEN');
  });
});

describe('a database that is not up to date', () => {
  test('is migrated by migrate, once', async () => {
    const empty = await createTestDatabase('template0');
    try {
      const env = { DATABASE_URL: empty.url };
      const early = await run(['images'], env);
      expect(early).toMatchObject({ code: 1, stderr: expect.stringContaining('`migrate` makes it') });
      expect(await run(['migrate'], env)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Applied 0000_init'),
      });
      expect(await run(['migrate'], env)).toMatchObject({
        code: 0,
        stdout: 'The database is up to date.\n',
      });
      expect(await run(['images', '--json'], env)).toMatchObject({ code: 0, stdout: '[]\n' });
    } finally {
      await empty.close();
    }
  });
});

describe('--json', () => {
  test('is one document on stdout, with the log on stderr', async () => {
    const simulated = await simulatedProject(database.db);
    const { image_id } = simulated.world.create({ image_id: 'an-image', image_name: 'one', status: 2 });
    const env = { ...envOf(simulated), LOG_LEVEL: 'debug' };
    const sync = await program.run(['sync', '--json'], env);
    expect(sync.stderr).toContain('sweep succeeded');
    expect(documentOf(sync)).toMatchObject([
      { project_id: 'p1', status: 'succeeded', created: 1, error_code: null, request_ids: expect.any(Array) },
    ]);
    const [images, history] = await Promise.all([
      run(['images', '--json'], env),
      run(['history', image_id, '--json'], env),
    ]);
    expect(documentOf(images)).toMatchObject([
      { project_id: 'p1', image_id, status: 'failed', status_code: 2 },
    ]);
    expect(documentOf(history)).toMatchObject([
      {
        image: { image_id },
        events: [{ event: { type: 'cph.image.created', after: { status: 'failed' } } }],
      },
    ]);
  });
});
