import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { withDeadline } from '../../waiting/deadline.ts';
import { EMBEDDED_SERVER_LOCK } from '../lock-keys.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { EmbeddedPostgresError } from './error.ts';
import { runningServer } from './pidfile.ts';
import { type Launch, lastLogLines, launchServer, stopServer } from './server.ts';

export interface EmbeddedPostgres {
  /** What psql takes; the same from start to start as long as the port is free. Holds the password. */
  readonly url: string;
  /** Leaves the server, and stops it (waiting until it is gone) when no other program is using it. */
  readonly close: () => Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const LAUNCHES = 5;
/** What a server says while it starts or stops: admin_shutdown, crash_shutdown, cannot_connect_now. */
const NOT_NOW = ['57P01', '57P02', '57P03'];

/**
 * Runs the Postgres that came with npm on `<dataDir>/postgres`, or joins the one that another program is running
 * there. Everyone using it holds a lock on a connection of its own; the last to leave stops the server. So a
 * server whose program was killed is simply entered, and stopped, by the next.
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
        return occupy(cluster, await enter(cluster, bounded));
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

function occupy(cluster: Cluster, guest: pg.Client): EmbeddedPostgres {
  let left: Promise<void> | undefined;
  return {
    url: `postgres://postgres:${cluster.password}@127.0.0.1:${guest.port}/postgres`,
    close: () => {
      left ??= leave(cluster, guest);
      return left;
    },
  };
}

/** Starts a server where none is running, and waits until one lets us in. */
async function enter(cluster: Cluster, signal: AbortSignal): Promise<pg.Client> {
  let launch: Launch | undefined;
  try {
    for (let launches = 0; ; await sleep(POLL_MS, undefined, { signal })) {
      const running = await runningServer(cluster.data);
      const guest = running?.ready ? await join(cluster, running.port) : undefined;
      if (guest) {
        launch?.release();
        return guest;
      }
      if (running || launch?.ended() === false) continue;
      if (launches === LAUNCHES) throw await cannotStart(cluster, launch);
      // Failing can be a matter of moments: the port was taken meanwhile, or the processes of a server that was
      // killed have not all ended.
      await sleep(launches * 200, undefined, { signal });
      launch = await launchServer(cluster);
      launches += 1;
    }
  } catch (error) {
    await launch?.abandon();
    throw error;
  }
}

/** A connection that holds the lock, or undefined where the server takes nobody in at the moment. */
async function join({ password }: Cluster, port: number): Promise<pg.Client | undefined> {
  const guest = new pg.Client({
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

async function cannotStart({ data }: Cluster, launch: Launch | undefined): Promise<EmbeddedPostgresError> {
  return new EmbeddedPostgresError(
    `The embedded Postgres in ${data} does not start. Mend what it says below, or set CPH_DATA_DIR to a new directory, or DATABASE_URL.`,
    { output: `${launch?.output() ?? ''}${await lastLogLines(data)}` },
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
    // The connection broke, so the server has crashed or been stopped by hand. If it came back, better to stop
    // it under another program than to leave it behind.
    return true;
  }
}
