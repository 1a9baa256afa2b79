import { rmSync } from 'node:fs';
import { lstat, mkdtemp, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HAS_LOCKS, type Lock, tryLock } from '../store/embedded/lock.ts';
import { runningServer } from '../store/embedded/pidfile.ts';
import { stopServer } from '../store/embedded/server.ts';

interface DemoFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

const PREFIX = 'cph-inventory-demo-';
/** Locked by the demo as long as it lives. */
const IN_USE = 'in-use';

/**
 * A temporary folder for a demo's database. It goes, with what still runs in it, when the process exits in
 * any way but being killed; those of demos that were killed go now.
 */
export async function makeDemoFolder(): Promise<DemoFolder> {
  // The name that a server's arguments have.
  const folder = await realpath(tmpdir());
  await sweepDemoFolders(folder);
  const path = await mkdtemp(join(folder, PREFIX));
  // Only under its second name it is looked at by others, who would take a file nobody has locked for one
  // left behind.
  const lock = await tryLock(join(path, 'new'));
  if (HAS_LOCKS) await rename(join(path, 'new'), join(path, IN_USE));
  const discard = () => discardNow(path);
  process.once('exit', discard);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      process.off('exit', discard);
      lock?.release();
    },
  };
}

/** At once: nothing in there is worth a proper end. */
function discardNow(path: string): void {
  const running = runningServer(dataIn(path));
  if (running) process.kill(running.pid, 'SIGQUIT');
  rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

async function sweepDemoFolders(folder: string): Promise<void> {
  if (!HAS_LOCKS) return;
  const names = (await readdir(folder)).filter((name) => name.startsWith(PREFIX));
  // What cannot be removed, the next demo tries again.
  await Promise.allSettled(names.map((name) => sweep(join(folder, name))));
}

/** Other users put what they like in a temporary folder: only what is our own is touched. */
async function sweep(path: string): Promise<void> {
  const folder = await lstat(path);
  if (!folder.isDirectory() || folder.uid !== process.getuid?.()) return;
  await stat(join(path, IN_USE));
  const lock: Lock | null = await tryLock(join(path, IN_USE));
  if (!lock) return;
  try {
    await stopServer(dataIn(path));
    await rm(path, { recursive: true, force: true, maxRetries: 5 });
  } finally {
    lock.release();
  }
}

const dataIn = (path: string) => join(path, 'postgres', 'data');
