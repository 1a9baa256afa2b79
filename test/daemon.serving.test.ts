import { once } from 'node:events';
import { createServer } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { environmentDaemon } from './support/environment-daemon.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { holdLock } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { EVERY_SECOND } from './support/running-daemon.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

const AWAITED = 'tried again until that works';

/** A port that somebody else has until it is freed. */
async function takenPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const free = async () => {
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  onTestFinished(free);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens on a port');
  return { port: String(address.port), free };
}

const daemonOn = (port: string, env: Record<string, string> = {}) =>
  environmentDaemon(program, { url: database.directUrl, env: { CPH_HTTP_PORT: port, ...env } });

const alive = async (port: string) => (await fetch(`http://127.0.0.1:${port}/livez`)).text();

test('a port that is taken at the start is tried until it is free; the log says it once, and when it was got', async () => {
  const { port, free } = await takenPort();
  const { messages, untilSaid, running } = await daemonOn(port);
  await untilSaid('started');
  await untilSaid(AWAITED);
  // It sweeps meanwhile.
  await until(
    async () =>
      (await rowsOf(database.db, 'select from cph.projects where last_complete_at is not null')).length,
  );
  await free();
  await untilSaid(`probes and metrics on http://127.0.0.1:${port}`);
  expect(await alive(port)).toBe('ok\n');
  expect(messages().filter((message) => message.includes(AWAITED))).toHaveLength(1);

  // The port is its own now: a reload gives it up and takes it again without a word about trouble.
  running.child.kill('SIGHUP');
  await until(() => messages().filter((message) => message === 'started').length === 2);
  await until(() => alive(port).catch(() => ''));
  expect(messages().filter((message) => message.includes(AWAITED))).toHaveLength(1);
});

test('a daemon that waits for its port is stopped like any other', async () => {
  const { port } = await takenPort();
  const { untilSaid, stop } = await daemonOn(port);
  await untilSaid('started');
  await untilSaid(AWAITED);
  expect(await stop()).toBe(0);
});

test('a hundred scrapes that wait for the database keep no look waiting', async () => {
  const { untilSaid, running } = await daemonOn('0', { CPH_SYNC_CRON: EVERY_SECOND });
  await untilSaid('probes and metrics on');
  const url = /probes and metrics on (http:[^"\s]+)/.exec(running.stderr())?.[1];
  // Only the page reads this table: there are no sinks.
  const lock = await holdLock(database.directUrl, 'lock table cph.dead_letters');
  const scrapes = Array.from({ length: 100 }, async () => (await fetch(`${url}/metrics`)).status);
  const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  await until(async () => (await rowsOf(database.db, waiting)).length);
  expect(await rowsOf(database.db, waiting)).toHaveLength(1);

  const looks = async () =>
    Number((await rowsOf(database.db, 'select sum(looks) from cph.sync_runs'))[0]?.sum);
  const before = await looks();
  await until(async () => (await looks()) > before + 2);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await lock.release();
  expect(new Set(await Promise.all(scrapes))).toEqual(new Set([200]));
});
