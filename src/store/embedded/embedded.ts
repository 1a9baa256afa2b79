import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { withDeadline } from '../../waiting/deadline.ts';
import { EMBEDDED_SERVER_LOCK } from '../lock-keys.ts';
import { type Cluster, lockFile, openCluster, usersFile } from './cluster.ts';
import { EmbeddedPostgresError } from './error.ts';
import { GuestClient } from './guest-client.ts';
import { readHolder } from './holder.ts';
import { type Lock, tryLock } from './lock.ts';
import { runningServer } from './pidfile.ts';
import { type Launch, launchServer, stopServer } from './server.ts';
import { lastLogLines } from './server-log.ts';

export interface EmbeddedPostgres {
  /** What psql takes; the same from start to start as long as the port is free. Holds the password. */
  readonly url: string;
  /** Leaves the server, and stops it (waiting until it is gone) when no other program is using it. */
  readonly close: () => Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const LAUNCHES = 5;
/** How often in a row a lock is seen in other hands, before it is not one that is just changing them. */
const HELD_POLLS = 50;
/** What a server says while it starts or stops: admin_shutdown, crash_shutdown, cannot_connect_now. */
const NOT_NOW = ['57P01', '57P02', '57P03'];

/**
 * Runs the Postgres that came with npm on `<dataDir>/postgres`, or joins the one that another program is
 * running there. Everyone using it holds a lock on a connection of its own; the last to leave stops the
 * server. Everyone also holds a lock on a file, so that the server ends where the last one was killed ({@link
 * keepServer}).
 *
 * @param signal gives up starting, with its reason
 * @throws EmbeddedPostgresError saying what to do
 */
export function startEmbeddedPostgres({
  dataDir,
  signal = new AbortController().signal,
}: {
  readonly dataDir: string;
  readonly signal?: AbortSignal;
}): Promise<EmbeddedPostgres> {
  return withDeadline(signal, {
    ms: START_TIMEOUT_MS,
    work: async (bounded) => {
      try {
        const cluster = await openCluster(dataDir, bounded);
        const use = await announceUse(cluster, bounded);
        try {
          return occupy(cluster, { guest: await enter(cluster, bounded), use });
        } catch (error) {
          use.release();
          throw error;
        }
      } catch (error) {
        // Whatever the step under way made of it.
        signal.throwIfAborted();
        throw bounded.aborted ? tookTooLong(dataDir, error) : error;
      }
    },
  });
}

function tookTooLong(dataDir: string, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded Postgres in ${dataDir} did not start within ${START_TIMEOUT_MS / 1000} s. Its log is in postgres/data/log there.`,
    { cause },
  );
}

interface Stay {
  readonly guest: pg.Client;
  readonly use: Lock;
}

function occupy(cluster: Cluster, { guest, use }: Stay): EmbeddedPostgres {
  let left: Promise<void> | undefined;
  return {
    url: `postgres://postgres:${cluster.password}@127.0.0.1:${guest.port}/postgres`,
    close: () => {
      left ??= leave(cluster, guest).finally(use.release);
      return left;
    },
  };
}

/**
 * From now on nobody stops the server for want of programs. Waits while a server that was left is being
 * stopped.
 */
async function announceUse({ home }: Cluster, signal: AbortSignal): Promise<Lock> {
  for (;;) {
    const use = await tryLock(usersFile(home), { shared: true });
    if (use) return use;
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Starts a server where none is running, and waits until one lets us in. */
async function enter(cluster: Cluster, signal: AbortSignal): Promise<pg.Client> {
  const attempts: Attempts = { last: null, launched: 0, held: 0 };
  try {
    for (;;) {
      const running = runningServer(cluster.data);
      const guest = running?.ready ? await join(cluster, running.port) : undefined;
      if (guest) {
        attempts.last?.release();
        return guest;
      }
      if (!running && attempts.last?.ended() !== false) await launchAgain(cluster, attempts, signal);
      await sleep(POLL_MS, undefined, { signal });
    }
  } catch (error) {
    await attempts.last?.abandon();
    throw error;
  }
}

interface Attempts {
  last: Launch | null;
  launched: number;
  /** How often in a row others had the files. */
  held: number;
}

async function launchAgain(cluster: Cluster, attempts: Attempts, signal: AbortSignal): Promise<void> {
  if (attempts.launched === LAUNCHES) throw cannotStart(cluster, attempts.last);
  // Failing can be a matter of moments: the port was taken meanwhile.
  await sleep(attempts.launched * 200, undefined, { signal });
  const launch = await launchServer(cluster);
  if (launch) {
    attempts.last = launch;
    attempts.launched += 1;
    attempts.held = 0;
    return;
  }
  attempts.held += 1;
  if (attempts.held === HELD_POLLS) refuseElsewhere(cluster);
}

/**
 * A server that we cannot see has the files, and goes on having them. One that we shall see yet is waited
 * for.
 */
function refuseElsewhere({ home, data }: Cluster): void {
  const holder = readHolder(lockFile(home));
  if (!holder || holder.here) return;
  throw new EmbeddedPostgresError(
    `The embedded Postgres in ${data} runs in another container (on ${holder.host}), where it cannot be reached from here. Run this command there, or give both programs one DATABASE_URL.`,
  );
}

/** A connection that holds the lock, or undefined where the server takes nobody in at the moment. */
async function join({ password }: Cluster, port: number): Promise<pg.Client | undefined> {
  const guest = new GuestClient({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    application_name: 'cph-inventory (embedded)',
    connectionTimeoutMillis: 5_000,
  });
  // It says nothing that the connections doing the work do not say too.
  guest.on('error', () => undefined);
  try {
    await guest.connect();
    const { rows } = await guest.query<{ entered: boolean }>(
      'select pg_try_advisory_lock_shared($1) as entered',
      [EMBEDDED_SERVER_LOCK],
    );
    if (rows[0]?.entered) return guest;
    await guest.end();
    return undefined;
  } catch (error) {
    // Without an answer from the server, the connection broke: it has gone, or is about to.
    if (error instanceof pg.DatabaseError && !NOT_NOW.includes(error.code ?? '')) throw error;
    return undefined;
  }
}

function cannotStart({ data }: Cluster, launch: Launch | null): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The embedded Postgres in ${data} does not start. Mend what it says below, or set CPH_DATA_DIR to a new directory, or DATABASE_URL.`,
    { output: `${launch?.output() ?? ''}${lastLogLines(data)}` },
  );
}

async function leave({ data }: Cluster, guest: pg.Client): Promise<void> {
  // The lock is kept while the server stops: whoever comes now waits, and starts it again.
  if (await isLast(guest)) await stopServer(data);
  await guest.end();
}

async function isLast(guest: pg.Client): Promise<boolean> {
  try {
    // Given up before it is asked for: of two that leave together, one finds itself alone.
    await guest.query('select pg_advisory_unlock_shared($1)', [EMBEDDED_SERVER_LOCK]);
    const { rows } = await guest.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [
      EMBEDDED_SERVER_LOCK,
    ]);
    return rows[0]?.last === true;
  } catch {
    // The connection broke, so the server has crashed or been stopped by hand. If it came back, better to
    // stop it under another program than to leave it behind.
    return true;
  }
}
