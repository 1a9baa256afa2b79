/** The program as users run it: compiled, a process of its own, and no environment but the one it is given. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Env } from './simulated-project.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Everything it has written on stderr so far. */
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
}

export interface BuiltProgram {
  /** An empty folder, the program's working directory. */
  readonly folder: string;
  readonly start: (args: readonly string[], env: Env) => RunningProgram;
  readonly remove: () => Promise<void>;
}

export async function buildProgram(): Promise<BuiltProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-program-'));
  await build(join(folder, 'package'));
  return {
    folder,
    start: (args, env) => startProgram(folder, { args, env }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Types are checked elsewhere. The package around it is the checkout's own. */
async function build(packageFolder: string): Promise<void> {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const outDir = join(packageFolder, 'dist');
  const options = ['--outDir', outDir, '--noCheck', '--sourceMap', 'false'];
  await promisify(execFile)(tsc, ['-p', join(ROOT, 'tsconfig.build.json'), ...options]);
  for (const name of ['package.json', 'migrations', 'node_modules']) {
    await symlink(join(ROOT, name), join(packageFolder, name));
  }
}

function startProgram(folder: string, { args, env }: { args: readonly string[]; env: Env }): RunningProgram {
  const cli = join(folder, 'package', 'dist', 'cli.js');
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = Promise.all([once(child, 'close'), text(child.stdout)]).then(([[code], stdout]) => ({
    code: typeof code === 'number' ? code : null,
    stdout,
    stderr,
  }));
  return { child, stderr: () => stderr, ended };
}
