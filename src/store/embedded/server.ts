import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnPostgres } from './account.ts';
import { type Cluster, lockFile } from './cluster.ts';
import { handedPath, openFolder } from './folder.ts';
import { noteHolder } from './holder.ts';
import { keepServer } from './keeper.ts';
import { type Lock, tryLock } from './lock.ts';
import { disownStalePid, PATH_SETTING, runningServer } from './pidfile.ts';
import { dropLongLogs } from './server-log.ts';

/** A server process we started and have not entered yet. */
export interface Launch {
  /** Whether it has ended: another program's server was there first, or it could not start. */
  readonly ended: () => boolean;
  readonly output: () => string;
  /** Lets go of the process: it runs on when we end. */
  readonly release: () => void;
  /** Stops the process and waits until it has ended. */
  readonly abandon: () => Promise<void>;
}

/**
 * They stand on the command line, so that an old data directory gets the settings of the program that starts
 * it. The log has a file for each day of the week, begun anew when its day comes again.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '64MB',
  timezone: 'UTC',
  jit: 'off',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgres-%a.log',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_truncate_on_rotation: 'on',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
} as const;

const POLL_MS = 20;
const FAST_SHUTDOWN_MS = 30_000;

/**
 * Starts a server on the cluster without waiting for it, or returns null where processes of one still live,
 * be they in another container: those hold the lock that the new ones inherit.
 */
export async function launchServer(cluster: Cluster): Promise<Launch | null> {
  const lock = await tryLock(lockFile(cluster.home));
  if (!lock) return null;
  try {
    if (lock.file !== null) noteHolder(lock.file);
    dropLongLogs(cluster.data);
    keepServer(cluster);
    return watchLaunch(await spawnServer(cluster, lock));
  } finally {
    lock.release();
  }
}

async function spawnServer({ data, account, binaries }: Cluster, lock: Lock): Promise<ChildProcess> {
  const port = await choosePort(data);
  const settings = Object.entries({ ...SETTINGS, [PATH_SETTING]: data });
  const folder = account ? [openFolder(data)] : [];
  try {
    return spawnPostgres(account, {
      program: binaries.postgres,
      args: [
        ...['-D', account ? handedPath(3) : data, '-p', String(port)],
        ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      env: disownStalePid(data),
      files: [...folder, ...(lock.file === null ? [] : [lock.file])],
    });
  } finally {
    for (const file of folder) closeSync(file);
  }
}

function watchLaunch(child: ChildProcess): Launch {
  let output = '';
  let ended = false;
  child.on('exit', () => {
    ended = true;
  });
  child.on('error', (error) => {
    ended = true;
    output += error.message;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return {
    ended: () => ended,
    output: () => output,
    release: () => {
      child.stderr?.destroy();
      child.unref();
    },
    abandon: async () => {
      if (ended) return;
      child.kill('SIGINT');
      await once(child, 'exit');
    },
  };
}

/**
 * Ends all sessions, writes everything out, and waits until the server is gone. One that takes too long is
 * stopped the hard way: nothing committed is lost, the next start has to replay its log.
 */
export async function stopServer(data: string): Promise<void> {
  const running = runningServer(data);
  if (!running) return;
  const patience = AbortSignal.timeout(FAST_SHUTDOWN_MS);
  let signal: NodeJS.Signals = 'SIGINT';
  process.kill(running.pid, signal);
  while (runningServer(data)?.pid === running.pid) {
    if (patience.aborted && signal !== 'SIGQUIT') {
      signal = 'SIGQUIT';
      process.kill(running.pid, signal);
    }
    await sleep(POLL_MS);
  }
}

/** The port of the last run, so that the address stays the same, or a free one where that is taken. */
async function choosePort(data: string): Promise<number> {
  const lastOptions = await readFile(join(data, 'postmaster.opts'), 'utf8').catch(() => '');
  const last = Number(/"-p" "(\d+)"/.exec(lastOptions)?.[1] ?? 0);
  return (await tryPort(last)) ?? (await tryPort(0)) ?? 0;
}

function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
