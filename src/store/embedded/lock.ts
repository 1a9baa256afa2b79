/**
 * Locks that the kernel keeps on files in the data folder.
 *
 * Containers that share the folder need not share process numbers, System V memory or a network:
 * postmaster.pid tells one nothing about the other's server. What they do share is the kernel and the file,
 * and so its flock(2). The lock belongs to the open file: every process that inherits it keeps it, and it
 * ends with the last of them, however that one ends. Node has no flock(2); the program flock(1) locks the
 * open file that we hand it, and the lock stays ours. Between machines it holds as far as the file system
 * carries it there, which is not promised.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, fchownSync, fstatSync, openSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { EmbeddedPostgresError } from './error.ts';

export interface Lock {
  /** To be inherited by who shall keep it. Null where there are no locks. */
  readonly file: number | null;
  /** Lets go of our hold. */
  readonly release: () => void;
}

/** Elsewhere there are no containers of one kernel, and process numbers tell. */
export const HAS_LOCKS = platform() === 'linux';

const FLOCK = ['/usr/bin/flock', '/bin/flock', '/usr/local/bin/flock', '/run/current-system/sw/bin/flock'];

/**
 * Takes the lock on a file, which is made when there is none. Null when somebody else has it: anybody, or
 * with `shared` somebody who does not share it.
 *
 * @throws EmbeddedPostgresError where files cannot be locked
 */
export async function tryLock(path: string, { shared = false } = {}): Promise<Lock | null> {
  if (!HAS_LOCKS) return { file: null, release: () => undefined };
  const file = openPlainFile(path);
  try {
    if (await lockFile(file, { path, shared })) return { file, release: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
  closeSync(file);
  return null;
}

/**
 * Opens a file for reading and writing, making it when there is none. It belongs to the owner of its folder.
 * The folder may be another user's, while we are root: what is no plain file is refused.
 */
export function openPlainFile(path: string): number {
  const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    throw new EmbeddedPostgresError(`${path} is no plain file. Remove it.`);
  }
  const { uid, gid } = statSync(dirname(path));
  if (process.getuid?.() === 0) fchownSync(file, uid, gid);
  return file;
}

async function lockFile(file: number, { path, shared }: { path: string; shared: boolean }): Promise<boolean> {
  const program = FLOCK.find((one) => existsSync(one));
  if (!program) {
    throw new EmbeddedPostgresError(
      'The embedded Postgres needs the program `flock` (package util-linux), to be sure that only one server opens its files. Install it, or set DATABASE_URL.',
    );
  }
  const args = [shared ? '-s' : '-x', '-n', '3'];
  const child = spawn(program, args, { env: {}, stdio: ['ignore', 'ignore', 'pipe', file] });
  if (!child.stderr) throw new Error('stderr is a pipe');
  const [[code], complaint] = await Promise.all([once(child, 'close'), text(child.stderr)]);
  if (code === 0) return true;
  if (code === 1 && complaint === '') return false;
  throw new EmbeddedPostgresError(
    `Cannot lock ${path} (${complaint.trim() || `flock ended with ${code}`}). Set CPH_DATA_DIR to a folder on a file system with locks, or set DATABASE_URL.`,
  );
}
