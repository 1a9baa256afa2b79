/** Commands without DATABASE_URL. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { psqlCommand } from '../src/commands/psql.ts';
import { openOutput } from '../src/terminal/output.ts';
import { useProgram } from './support/program.ts';
import { projectEnv } from './support/simulated-project.ts';

const program = useProgram();
const PROJECT = {
  ...projectEnv({ url: 'http://127.0.0.1:1', token: 'a-token' }, 'p1'),
  LOG_LEVEL: 'silent',
  CPH_HTTP_PORT: 'off',
};

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(program.folder, 'data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('a folder without a database', () => {
  test.each([
    [['status']],
    [['images', '--json']],
    [['history', 'an-image']],
    [['events']],
    [['events', '--follow']],
    [['plan']],
    [['approve', 'p1']],
    [['replay', 'webhook', '--after', '1']],
  ])('is told of by %s, and stays without', async (args) => {
    const folder = await emptyFolder();
    const { code, stdout, stderr } = await program.run(args, { ...PROJECT, CPH_DATA_DIR: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^There is no database in .*CPH_DATA_DIR.*DATABASE_URL\.\n$/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is a note of check, and stays without', async () => {
    const folder = await emptyFolder();
    const { stdout } = await program.run(['check', '--json'], { ...PROJECT, CPH_DATA_DIR: folder });
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ what: 'database', result: 'note' }));
    expect(await readdir(folder)).toEqual([]);
  });

  test('gets one by migrate, which the others then read', async () => {
    const env = { ...PROJECT, CPH_DATA_DIR: await emptyFolder() };
    expect(await program.run(['migrate'], env)).toMatchObject({ code: 0 });
    expect(await program.run(['images', '--json'], env)).toMatchObject({ code: 0, stdout: '[]\n' });
  });
});

describe('the way into the embedded database', () => {
  const store = { url: 'postgres://postgres:s3cret@127.0.0.1:42015/postgres' };

  test('is shown with its password at a terminal, and with the password file elsewhere', () => {
    const out = (isTTY: boolean) => openOutput({ write: () => undefined, isTTY }, {});
    expect(psqlCommand(out(true), store, '/data')).toBe(`psql '${store.url}'`);
    expect(psqlCommand(out(false), store, "/it's")).toBe(
      `PGPASSWORD="$(cat '/it'\\''s/postgres/password')" psql 'postgres://postgres@127.0.0.1:42015/postgres'`,
    );
  });

  test.each([
    ['start', { LOG_LEVEL: 'trace' }],
    ['demo', {}],
  ])('has no password in what %s writes into a pipe', async (command, env) => {
    const folder = await emptyFolder();
    const started = program.start([command], { ...PROJECT, ...env, CPH_DATA_DIR: folder, TMPDIR: folder });
    const line = await said(started, 'psql');
    const password = await readFile(/cat '([^']+)'/.exec(line)?.[1] ?? 'no file', 'utf8');
    started.child.kill('SIGTERM');
    const { stdout, stderr } = await started.ended;
    expect(stdout).toContain('postgres://postgres@127.0.0.1:');
    expect(stdout + stderr).not.toContain(password);
  });
});

/** What a program wrote when it first wrote `words`. */
const said = ({ child }: ReturnType<typeof program.start>, words: string) =>
  new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (String(chunk).includes(words)) resolve(String(chunk));
    });
  });

test('a demo serves the page it names, and nothing of it afterwards', async () => {
  const started = program.start(['demo'], { TMPDIR: await emptyFolder() });
  const page = /http:\S+/.exec(await said(started, 'http:'))?.[0] ?? 'no page';
  expect(await (await fetch(page)).text()).toContain('<title>');
  started.child.kill('SIGTERM');
  expect((await started.ended).code).toBe(0);
  await expect(fetch(page)).rejects.toThrow();
});
