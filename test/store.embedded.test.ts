import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../src/store/embedded/embedded.ts';
import { runningServer } from '../src/store/embedded/pidfile.ts';
import { query, useEmbedded } from './support/postgres-embedded.ts';

const embedded = useEmbedded();

describe('one program', () => {
  test('keeps rows, address and password from start to start, and stops the server with close, which may come twice', async () => {
    const first = await embedded.start();
    await query(first.url, 'create table kept as select 42 as answer');
    await Promise.all([first.close(), first.close()]);
    await embedded.expectStopped(first.url);

    const second = await embedded.start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select * from kept')).toEqual([{ answer: 42 }]);
    await second.close();
    await embedded.expectStopped(second.url);
  });

  test('listens on loopback only, behind a password that only the owner can read, and writes durably in UTC and UTF-8', async () => {
    const { url } = await embedded.start();
    expect((await stat(join(embedded.dataDir, 'postgres', 'password'))).mode & 0o777).toBe(0o600);
    expect(await query(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(url, 'show unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    const settings = await query(
      url,
      `select current_setting('fsync') as fsync, current_setting('TimeZone') as zone,
        current_setting('server_encoding') as encoding, datcollate from pg_database where datname = 'postgres'`,
    );
    expect(settings).toEqual([{ fsync: 'on', zone: 'UTC', encoding: 'UTF8', datcollate: 'C' }]);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('leaves nothing behind when told to give up', async () => {
    const giveUp = new AbortController();
    const starting = startEmbeddedPostgres({ dataDir: embedded.dataDir, signal: giveUp.signal });
    await vi.waitUntil(async () => (await readdir(embedded.dataDir)).length > 0, { timeout: 10_000 });
    giveUp.abort();
    await expect(starting).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(embedded.dataDir)).toEqual([]);
  });

  test('goes on serving after Ctrl-C in the terminal until the program closes it', async () => {
    const { program, url } = await embedded.startProgram();
    const exited = once(program, 'exit');
    // A terminal sends the signal to the whole group, which the program leads here.
    process.kill(-Number(program.pid), 'SIGINT');
    expect(await exited).toEqual([0, null]);
    await embedded.expectStopped(url);
    const { url: again } = await embedded.start();
    expect(await query(again, `select to_regclass('after_interrupt') is not null as used`)).toEqual([
      { used: true },
    ]);
  });
});

describe('several programs on one directory', () => {
  test('the second joins, and the server runs until the last has left, whoever came first', async () => {
    const first = await embedded.start();
    const { program, url } = await embedded.startProgram();
    expect(url).toBe(first.url);
    await first.close();
    expect(await query(url, 'select 1 as up')).toEqual([{ up: 1 }]);
    program.send('close');
    await once(program, 'exit');
    await embedded.expectStopped(url);
  });

  test('a server whose only program was killed ends by itself, properly', async () => {
    const { program, url } = await embedded.startProgram();
    program.kill('SIGKILL');
    await vi.waitUntil(() => runningServer(embedded.data) === undefined, { timeout: 20_000 });
    await embedded.expectStopped(url);
    const log = await readFile(join(embedded.data, 'log', `postgres-${weekday()}.log`), 'utf8');
    expect(log).toContain('received fast shutdown request');
  });

  test('a server goes on when the program that started it is killed and another uses it', async () => {
    const { program, url } = await embedded.startProgram();
    const second = await embedded.start();
    const before = runningServer(embedded.data);
    program.kill('SIGKILL');
    await once(program, 'exit');
    expect(await query(url, 'select 1 as up')).toEqual([{ up: 1 }]);
    expect(runningServer(embedded.data)).toEqual(before);
    await second.close();
    await embedded.expectStopped(url);
  });

  test('one that comes after the last was killed gets a running server', async () => {
    const { program } = await embedded.startProgram();
    program.kill('SIGKILL');
    await once(program, 'exit');
    const next = await embedded.start();
    expect(await query(next.url, 'select 1 as up')).toEqual([{ up: 1 }]);
  });

  test('that start at the same moment on an empty directory share one server', async () => {
    const started = await Promise.all([
      embedded.start(),
      embedded.start(),
      embedded.startProgram(),
      embedded.startProgram(),
    ]);
    expect(new Set(started.map(({ url }) => url)).size).toBe(1);
    expect(await readdir(embedded.dataDir)).toEqual(['postgres']);
  });

  test('one that comes while the last is stopping the server gets a running one', async () => {
    const first = await embedded.start();
    const [second] = await Promise.all([embedded.start(), first.close()]);
    expect(await query(second.url, 'select 1 as up')).toEqual([{ up: 1 }]);
  });
});

/** As Postgres names its log files. */
function weekday(): string {
  return new Date().toLocaleDateString('en', { weekday: 'short', timeZone: 'UTC' });
}
