/** What docs/operating.md says of documents that commands print is what they print. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { useCommandLine } from './support/command-line.ts';
import { useTestDatabase } from './support/postgres.ts';
import { projectEnv, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
const run = useCommandLine();
beforeEach(() => database.truncate());

/** The names in the row of a command, up to what is said of another case. */
async function documented(command: string): Promise<string[]> {
  const page = await readFile(resolve(import.meta.dirname, '../docs/operating.md'), 'utf8');
  const table = page.slice(page.indexOf('| command | document | names |'));
  const [, , , names = ''] =
    table
      .split('\n')
      .find((line) => line.startsWith(`| ${command} |`))
      ?.split('|') ?? [];
  const [these = ''] = names.replace(/\([^)]*\)/g, '').split(';');
  return Array.from(these.matchAll(/`(\w+)`/g), ([, name = '']) => name).toSorted();
}

test.each([
  ['sync'],
  ['check'],
  ['status'],
  ['plan'],
  ['history', 'an-image'],
  ['explain', 'an-image'],
  ['changes', '--since', '1h'],
  ['approve', 'p1', '--yes'],
])('%s --json has the names that are documented, and no colour', async (command, ...args) => {
  const { cloud, world } = await simulatedProject(database.db);
  world.create({ image_id: 'an-image', image_name: 'one', status: 1 });
  const env = {
    ...projectEnv(cloud, 'p1'),
    DATABASE_URL: database.url,
    FORCE_COLOR: '1',
    LOG_LEVEL: 'silent',
  };
  await run(['sync'], env);
  const { stdout } = await run([command, ...args, '--json'], env);
  const document = JSON.parse(stdout);
  expect(Object.keys(Array.isArray(document) ? document[0] : document).toSorted()).toEqual(
    await documented(command),
  );
});

test('a command that fails prints no document', async () => {
  const env = { DATABASE_URL: database.url };
  expect(await run(['history', 'nobody', '--json'], env)).toMatchObject({ code: 1, stdout: '' });
  expect(await run(['images', '--older-than', '90', '--json'], env)).toMatchObject({ code: 2, stdout: '' });
});
