import { readFileSync, statSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';

/** The server running on a data directory, as postmaster.pid tells it. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections: not while it starts, recovers or stops. */
  readonly ready: boolean;
}

/**
 * A setting that Postgres does not know, and keeps: names the data directory among the arguments of its
 * server.
 */
export const PATH_SETTING = 'cph_inventory.data';

/**
 * The server that runs on this data directory, if one does and its processes can be seen from here; a file
 * left by a crash does not count. For entering it and for stopping it: whether another may be started, only
 * the lock says.
 */
export function runningServer(data: string): RunningServer | undefined {
  const server = readPidFile(data);
  return server && isServerOf(data, server.pid) ? server : undefined;
}

/**
 * What lets Postgres start although postmaster.pid names a live process that is no server: after a crash or
 * in a new container its number soon belongs to another. Postgres would take that for a running server,
 * unless told it is the process that started it. Its other check, that nobody uses the old shared memory,
 * still holds; removing the file would switch both off.
 */
export function disownStalePid(data: string): Record<string, string> {
  const server = readPidFile(data);
  if (!server || isServerOf(data, server.pid)) return {};
  return { PG_GRANDPARENT_PID: String(server.pid) };
}

/**
 * Lines of the file: pid, data directory, start time, port, socket directory, address, shared memory, status.
 */
function readPidFile(data: string): RunningServer | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const [pid, , , port, , , , status] = lines;
  if (!pid || !port) return undefined;
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' };
}

/** On Linux the arguments tell a server of ours from a process that merely has its number now. */
function isServerOf(data: string, pid: number): boolean {
  if (platform() !== 'linux') return isAlive(pid);
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (args.includes(`${PATH_SETTING}=${data}`) || args.includes(data)) return true;
    // Started where the folder has another name: containers can share processes and not their mounts.
    const [its, ours] = [statSync(`/proc/${pid}/cwd`), statSync(data)];
    return its.dev === ours.dev && its.ino === ours.ino;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
