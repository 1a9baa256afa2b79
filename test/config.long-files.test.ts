import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import { compiledCode } from './support/compiled.ts';
import { loadFile, saidOf, TOKEN } from './support/config-file.ts';

const PROJECTS = 700;
const each = (line: (index: number) => string, count = PROJECTS) =>
  Array.from({ length: count }, (_, index) => line(index));
const project = (index: number) => `  - { project_id: p${index}, region: r-1 }`;

/** With 4,200 aliases, looking for each through the whole file took minutes. */
test('a file of hundreds of projects with six aliases each is read', () => {
  const shared = 'region: *r, limits: *l, image_types: *t, sources: *s, ignore_fields: *x, endpoint: *m';
  const anchors =
    'region: &r r-1, limits: &l { rate_limit: 7 }, image_types: &t [private], sources: &s [images], ' +
    'ignore_fields: &x [os_name], endpoint: &m "http://127.0.0.1:1"';
  const lines = [
    'projects:',
    `  - { project_id: first, ${anchors} }`,
    ...each((i) => `  - { project_id: p${i}, ${shared} }`),
  ];
  const { projects } = loadFile(TOKEN + lines.join('\n'));
  expect(projects).toHaveLength(PROJECTS + 1);
  expect(projects.at(-1)).toMatchObject({
    region: 'r-1',
    rateLimit: 7,
    imageTypes: ['private'],
    sources: ['images'],
  });
});

test('a file of hundreds of credentials, one for each project, is read', () => {
  const text = [
    'credentials:',
    ...each((i) => `  c${i}: { token: t${i} }`),
    'projects:',
    ...each((i) => `  - { project_id: p${i}, region: r-1, credentials: c${i} }`),
  ].join('\n');
  expect(loadFile(text).projects).toHaveLength(PROJECTS);
});

test('an alias means the last anchor of its name before it, and a fault names the line of the key', () => {
  const text = `${TOKEN}projects:
  - { project_id: a, region: &r r-1 }
  - { project_id: b, region: *r }
  - { project_id: c, region: &r r-2 }
  - { project_id: d, region: *r }`;
  expect(loadFile(text).projects.map(({ region }) => region)).toEqual(['r-1', 'r-1', 'r-2', 'r-2']);
  expect(saidOf(`${TOKEN}projects:\n  - &p { project_id: a, region: r-1, colour: red }\n  - *p`)).toEqual(
    expect.arrayContaining([
      'projects[0].colour (line 4): an unknown key',
      'projects[1].colour (line 4): an unknown key',
    ]),
  );
  expect(saidOf('projects: [*later]\ncredentials: &later {}')).toEqual([
    'line 1, column 12: an alias (*) of nothing',
  ]);
});

test('a fault in each of hundreds of projects is found', () => {
  expect(
    saidOf(
      `${TOKEN}projects:\n${each((i) => `  - { project_id: p${i}, region: r-1, colour: red }`).join('\n')}`,
    ),
  ).toHaveLength(PROJECTS);
});

/** What a process of its own reads from a file of this text. */
async function readAside(text: string, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(inject('runFolder'), 'long-'));
  const path = join(folder, 'cph.yaml');
  await writeFile(path, text);
  await writeFile(join(folder, 'token'), 'simulated-token-7\n');
  const program = join(await compiledCode(), 'test', 'support', 'config-program.js');
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: { ...env, CPH_CONFIG: path },
  });
  return JSON.parse(stdout);
}

test('a long file is read while the program goes on working, and says what it says read at once', async () => {
  const text = [
    'credentials: { main: { token_file: token } }',
    'defaults: { credentials: main, ignore_fields: [os_name] }',
    'projects:',
    ...each(project),
  ].join('\n');
  const { turns, ...read } = await readAside(text);
  expect(read).toEqual({ same: true, frozen: true, ignored: true, tokens: ['simulated-token-7'] });
  expect(turns).toBeGreaterThan(5);
});

test('a long file with a fault is refused in the same words', async () => {
  const text = `${TOKEN}colour: red\nprojects:\n${each(project).join('\n')}`;
  const { refused, message } = await readAside(text);
  expect(refused).toBe(true);
  expect(message).toMatch(
    /^ConfigError: The configuration in .*cph\.yaml cannot be used:\n {2}colour \(line 3\): got an unknown key/,
  );
});
