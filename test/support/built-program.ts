/**
 * The program as users run it: compiled, in a process of its own, with no environment but the one it is
 * given.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { buildAssets } from '../../scripts/build-assets.js';
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

/**
 * Compiles `src` and the programs of `test/support` to the same places below `folder`, and returns `folder`.
 * Around them are the checkout's own package.json, migrations, docs and packages. Types are checked elsewhere.
 */
export async function compile(folder: string): Promise<string> {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const project = join(ROOT, 'test', 'support', 'tsconfig.programs.json');
  await promisify(execFile)(tsc, ['-p', project, '--outDir', folder]);
  buildAssets(join(folder, 'src', 'page'));
  for (const name of ['package.json', 'migrations', 'node_modules', 'docs'])
    await symlink(join(ROOT, name), join(folder, name));
  return folder;
}

/**
 * The program, in a package of its own that a test may change. Compiles it unless `compiled` has it already.
 */
export async function buildProgram(compiled?: string): Promise<BuiltProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-program-'));
  const packageFolder = join(folder, 'package');
  if (compiled) await cp(compiled, packageFolder, { recursive: true, verbatimSymlinks: true });
  else await compile(packageFolder);
  return {
    folder,
    start: (args, env) => startProgram(folder, { args, env }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function startProgram(folder: string, { args, env }: { args: readonly string[]; env: Env }): RunningProgram {
  const cli = join(folder, 'package', 'src', 'cli.js');
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
