/** A Postgres of one's own, to be crashed: the one that tests share is for all of them. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Account, chooseAccount, spawnPostgres } from '../../src/store/embedded/account.ts';
import { locateBinaries } from '../../src/store/embedded/binaries.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { freePort } from './pgbouncer.ts';

export interface OwnPostgres {
  /** Migrated; stays the same over a crash. */
  readonly url: string;
  /** Ends all its processes without a checkpoint, and resolves when it has recovered. */
  readonly crash: () => Promise<void>;
  /** Ends it, changes its files, and starts it again. */
  readonly restart: (change: Change) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Given the folder of its data; `owned` makes a file there the server's own. */
type Change = (data: string, owned: (path: string) => Promise<void>) => Promise<void>;

export interface OwnPostgresOptions {
  /** `name=value` of `postgres -c`. */
  readonly settings?: readonly string[];
  readonly encoding?: string;
  /** Before it starts for the first time. */
  readonly prepare?: Change;
  /** An empty database otherwise. */
  readonly migrated?: boolean;
}

const START_MS = 60_000;

/** Of the version whose programs are in the folder TEST_POSTGRES_BIN, else the one that npm brought. */
export async function startOwnPostgres({
  settings = [],
  encoding = 'UTF8',
  prepare,
  migrated = true,
}: OwnPostgresOptions = {}): Promise<OwnPostgres> {
  const { initdb, postgres } = await programs();
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-replicas-'));
  const data = join(folder, 'data');
  const account = await chooseAccount(undefined);
  if (account) await chown(folder, account.uid, account.gid);
  await make(account, initdb, { data, encoding });
  const owned = async (path: string) => {
    if (account) await chown(path, account.uid, account.gid);
  };
  await prepare?.(data, owned);
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const options = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'log_min_messages=panic',
    ...settings,
  ];
  const args = ['-D', data, '-p', String(port), ...options.flatMap((option) => ['-c', option])];
  const start = async () => {
    const child = await spawnPostgres(account, { program: postgres, args });
    child.stderr?.resume();
    await untilReady(url);
    return child;
  };
  let server = await start();
  if (migrated) await migrateDatabase({ url });
  return {
    url,
    crash: async () => {
      await end(server, 'SIGQUIT');
      server = await start();
    },
    restart: async (change) => {
      await end(server, 'SIGINT');
      await change(data, owned);
      server = await start();
    },
    close: async () => {
      await end(server, 'SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function programs(): Promise<{ initdb: string; postgres: string }> {
  const folder = process.env.TEST_POSTGRES_BIN;
  return folder ? { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') } : locateBinaries();
}

async function make(
  account: Account | null,
  program: string,
  { data, encoding }: { data: string; encoding: string },
): Promise<void> {
  const options = [
    '--username=postgres',
    '--auth=trust',
    `--encoding=${encoding}`,
    '--locale=C',
    '--no-sync',
  ];
  const child = await spawnPostgres(account, { program, args: [`--pgdata=${data}`, ...options] });
  child.stderr?.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`initdb ended with ${code}`);
}

async function untilReady(url: string): Promise<void> {
  const late = AbortSignal.timeout(START_MS);
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (late.aborted) throw error;
      await sleep(20);
    } finally {
      await client.end();
    }
  }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(server, 'exit');
  server.kill(signal);
  await ended;
}
