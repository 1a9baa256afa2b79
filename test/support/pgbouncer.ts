/** A PgBouncer in front of a Postgres, lending connections for one transaction at a time. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Where Debian puts it is not on everybody's path. */
const SEARCH = { PATH: `${process.env.PATH}:/usr/sbin` };

/** False where the program is missing; in CI, which installs it, that is an error. */
export function hasPgBouncer(): boolean {
  const found = spawnSync('pgbouncer', ['--version'], { env: SEARCH }).status === 0;
  if (!found && process.env.CI) throw new Error('pgbouncer is not installed: apt-get install pgbouncer');
  return found;
}

export interface PgBouncer {
  /** The same database, through the proxy. */
  readonly through: (databaseUrl: string) => string;
  readonly close: () => Promise<void>;
}

const START_MS = 10_000;

/** With `connections` to each database of the server at `serverUrl`. */
export async function startPgBouncer(
  serverUrl: string,
  { connections }: { connections: number },
): Promise<PgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-pgbouncer-'));
  const port = await freePort();
  const child = await start(folder, settingsOf(serverUrl, { port, connections }));
  const close = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const late = AbortSignal.timeout(START_MS);
  while (!(await answers(port))) {
    if (late.aborted) {
      await close();
      throw new Error(`PgBouncer did not answer within ${START_MS} ms`);
    }
    await sleep(20);
  }
  const through = (databaseUrl: string) => {
    const url = new URL(databaseUrl);
    url.port = String(port);
    url.hostname = '127.0.0.1';
    return url.href;
  };
  return { through, close };
}

/** No startup parameter is ignored: what PgBouncer refuses with its own defaults, it refuses here. */
function settingsOf(serverUrl: string, { port, connections }: { port: number; connections: number }): string {
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const quoted = (text: string) => `'${decodeURIComponent(text).replaceAll("'", "''")}'`;
  const login = `user=${quoted(username)}${password && ` password=${quoted(password)}`}`;
  const server = `host=${hostname} port=${serverPort || 5432} ${login}`;
  return `[databases]
* = ${server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
server_idle_timeout = 1
server_reset_query_always = 0
log_connections = 0
log_disconnections = 0
`;
}

/** It refuses to run as root, whose files nobody else can read. */
async function start(folder: string, settings: string): Promise<ChildProcess> {
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(file, settings);
  const root = process.getuid?.() === 0;
  const nobody = root ? { uid: 65_534, gid: 65_534 } : {};
  if (root) for (const path of [folder, file]) await chown(path, 65_534, 65_534);
  await chmod(file, 0o600);
  return spawn('pgbouncer', ['--quiet', file], { env: SEARCH, stdio: 'ignore', cwd: '/', ...nobody });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGQUIT');
  await gone;
}

async function answers(port: number): Promise<boolean> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'any', database: 'postgres' });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
