/** However a command ends, nothing of it goes on: no server, and of a demo no folder. Real processes, real pipes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { HAS_LOCKS } from '../src/store/embedded/lock.ts';
import { runningServer } from '../src/store/embedded/pidfile.ts';
import { stopServer } from '../src/store/embedded/server.ts';
import { useProgram } from './support/program.ts';
import { type Env, projectEnv } from './support/simulated-project.ts';

const program = useProgram();
const PATIENCE = { timeout: 30_000, interval: 20 };
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cph-inventory-ends-'));
});
afterEach(async () => {
  await stopServer(dataIn(folder));
  await rm(folder, { recursive: true, force: true });
});

const dataIn = (dataDir: string) => join(dataDir, 'postgres', 'data');
const stopped = () => vi.waitUntil(() => !runningServer(dataIn(folder)), PATIENCE);

describe.runIf(HAS_LOCKS)('the embedded server is gone', () => {
  test('when the reader of the events has seen enough', async () => {
    const env = await cloudWith(400);
    await program.run(['sync'], env);
    const { said, code } = await pipe('events', '| head -n 1', env);
    expect(said.trim().split('\n')).toEqual([expect.stringContaining('"cph.image.created"')]);
    expect(code).toBe(0);
    expect(runningServer(dataIn(folder))).toBeUndefined();
  });

  test('when nobody reads the log of the daemon any more', async () => {
    const { code } = await pipe('start', '2>&1 | head -n 1', await cloudWith(1));
    expect(code).toBe(0);
    expect(runningServer(dataIn(folder))).toBeUndefined();
  });

  test.each<[string, NodeJS.Signals[]]>([
    ['told to stop twice', ['SIGTERM', 'SIGINT']],
    ['killed', ['SIGKILL']],
  ])('when the daemon was %s', async (_, signals) => {
    const { child, ended } = program.start(['start'], await cloudWith(1));
    await vi.waitUntil(() => runningServer(dataIn(folder))?.ready, PATIENCE);
    for (const signal of signals) child.kill(signal);
    await ended;
    await stopped();
  });

  test('when the terminal of whoever follows the events was closed', async () => {
    const env = await cloudWith(1);
    await program.run(['sync'], env);
    const { child, ended } = program.start(['events', '--follow'], env);
    await vi.waitUntil(() => runningServer(dataIn(folder))?.ready, PATIENCE);
    child.kill('SIGHUP');
    expect((await ended).code).not.toBeNull();
    expect(runningServer(dataIn(folder))).toBeUndefined();
  });
});

test.runIf(HAS_LOCKS)('a reload asked for in the first moments does not end the daemon', async () => {
  const { child, ended, stderr } = program.start(['start'], await cloudWith(1));
  await vi.waitUntil(() => hearsHangup(child), { ...PATIENCE, interval: 1 });
  expect(stderr()).toBe('');
  child.kill('SIGHUP');
  await vi.waitUntil(() => stderr().includes('"sweep succeeded"'), PATIENCE);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

describe.runIf(HAS_LOCKS && process.env.LONG)('of a demo nothing is left', () => {
  test('when its reader has seen enough', async () => {
    const { said, code } = await pipe('demo', '| head -n 3', { TMPDIR: folder });
    expect(said).toContain('a simulated cloud');
    expect(code).toBe(0);
    expect(left()).toEqual([]);
  });

  test.each<[string, NodeJS.Signals[]]>([
    ['its terminal was closed', ['SIGHUP']],
    ['it was told to stop twice', ['SIGTERM', 'SIGINT']],
  ])('when %s', async (_, signals) => {
    const { child, ended, data } = await startDemo();
    for (const signal of signals) child.kill(signal);
    await ended;
    expect(left()).toEqual([]);
    await vi.waitUntil(() => !runningServer(data), PATIENCE);
  });

  test('by the next one, when it was killed; one that lives is left alone', async () => {
    const living = await startDemo();
    const killed = await startDemo();
    killed.child.kill('SIGKILL');
    await killed.ended;
    await program.run(['demo', '--for', '1s'], { TMPDIR: folder });
    await vi.waitUntil(() => !runningServer(killed.data), PATIENCE);
    expect(left()).toEqual([living.name]);
    expect(runningServer(living.data)?.ready).toBe(true);
    living.child.kill('SIGTERM');
    await living.ended;
    expect(left()).toEqual([]);
  });
});

const left = () => readdirSync(folder).filter((name) => name.startsWith('cph-inventory-demo-'));

async function startDemo() {
  const before = left();
  const started = program.start(['demo'], { TMPDIR: folder });
  const name = await vi.waitUntil(() => left().find((one) => !before.includes(one)), PATIENCE);
  const data = dataIn(join(folder, name));
  await vi.waitUntil(() => runningServer(data)?.ready, PATIENCE);
  return { ...started, name, data };
}

async function cloudWith(images: number): Promise<Env> {
  const world = createWorld({ seed: 1, images, start: new Date() });
  const cloud = await startSimulator({ world, now: () => new Date() });
  onTestFinished(() => cloud.close());
  return { ...projectEnv(cloud, world.project_id), CPH_DATA_DIR: folder, CPH_HTTP_PORT: 'off' };
}

/** Runs a command in a pipeline of the shell, and tells what came out of it, and its own exit code. */
test.runIf(existsSync('/dev/full'))(
  'what could not be written is a failure, however short it was',
  async () => {
    for (const command of ['query --json', '--version'])
      expect(await pipe(command, '2>&1 >/dev/full', {})).toEqual({
        said: 'Cannot write: ENOSPC: no space left on device, write\n',
        code: 1,
      });
  },
);

async function pipe(command: string, into: string, env: Env): Promise<{ said: string; code: number }> {
  const cli = join(program.folder, 'package', 'src', 'cli.js');
  const codeFile = join(folder, 'code');
  const script = `{ "$0" "$1" ${command}; echo $? >"$2"; } ${into}`;
  const shell = spawn('sh', ['-c', script, process.execPath, cli, codeFile], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(shell.stdout), once(shell, 'close')]);
  return { said, code: existsSync(codeFile) ? Number(readFileSync(codeFile, 'utf8')) : Number.NaN };
}

/** Whether the process has a handler for SIGHUP, the first bit of the mask. */
function hearsHangup({ pid }: ChildProcess): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number.parseInt(/^SigCgt:\s*[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? '0', 16) & 1) === 1;
}
