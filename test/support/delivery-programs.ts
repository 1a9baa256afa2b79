/** Programs that deliver, for tests that kill them. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAM = 'test/support/delivery-program';

export interface DeliveryProgram {
  /** Begins to deliver. */
  readonly go: () => void;
  /** Ends it as a power cut would; resolves once it is gone. */
  readonly kill: () => Promise<void>;
}

/** Compiled once for the file: run through a loader, a program took twice as long to start. */
export function useDeliveryPrograms(): {
  /** Loads a program, up to where it would begin. */
  readonly ready: (databaseUrl: string, receiverUrl: string) => Promise<DeliveryProgram>;
} {
  let folder = '';
  const running = new Set<ChildProcess>();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cph-inventory-delivery-'));
    await compile(folder);
  });
  afterEach(async () => {
    await Promise.all(Array.from(running, end));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    ready: async (databaseUrl, receiverUrl) => {
      const child = fork(join(folder, `${PROGRAM}.js`), [databaseUrl, receiverUrl]);
      running.add(child);
      child.once('exit', () => running.delete(child));
      await once(child, 'message');
      return { go: () => void child.send('go'), kill: () => end(child) };
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Types are checked elsewhere. */
async function compile(folder: string): Promise<void> {
  const options = ['--ignoreConfig', '--noCheck', '--module', 'nodenext', '--target', 'es2023'];
  const paths = ['--rewriteRelativeImportExtensions', '--rootDir', ROOT, '--outDir', folder];
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  await promisify(execFile)(tsc, [...options, ...paths, `${PROGRAM}.ts`], { cwd: ROOT });
  for (const name of ['package.json', 'node_modules']) await symlink(join(ROOT, name), join(folder, name));
}
