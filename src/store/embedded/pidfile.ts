import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';

/** The server running on a data directory, as postmaster.pid tells it. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections: not while it starts, recovers or stops. */
  readonly ready: boolean;
}

/** The server that runs on this data directory, if one does; a file left by a crash does not count. */
export async function runningServer(data: string): Promise<RunningServer | undefined> {
  const server = await readPidFile(data);
  return server && (await isServerOf(data, server.pid)) ? server : undefined;
}

/**
 * What lets Postgres start although postmaster.pid names a live process that is no server: after a crash or in a new
 * container its number soon belongs to another. Postgres would take that for a running server, unless told it is
 * the process that started it. Its other check, that nobody uses the old shared memory, still holds; removing the file
 * would switch both off.
 */
export async function disownStalePid(data: string): Promise<Record<string, string>> {
  const server = await readPidFile(data);
  if (!server || (await isServerOf(data, server.pid))) return {};
  return { PG_GRANDPARENT_PID: String(server.pid) };
}

/** Lines of the file: pid, data directory, start time, port, socket directory, address, shared memory, status. */
async function readPidFile(data: string): Promise<RunningServer | undefined> {
  let lines: string[];
  try {
    lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  } catch {
    return undefined;
  }
  const [pid, , , port, , , , status] = lines;
  if (!pid || !port) return undefined;
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' };
}

/** On Linux the arguments tell a server of ours from a process that merely has its number now. */
async function isServerOf(data: string, pid: number): Promise<boolean> {
  if (platform() !== 'linux') return isAlive(pid);
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(data);
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
