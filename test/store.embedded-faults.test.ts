import { spawn } from 'node:child_process';
import { chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCluster } from '../src/store/embedded/cluster.ts';
import { EmbeddedPostgresError } from '../src/store/embedded/error.ts';
import { runningServer } from '../src/store/embedded/pidfile.ts';
import { query, useEmbedded } from './support/postgres-embedded.ts';

const embedded = useEmbedded();
const isRoot = process.getuid?.() === 0;

describe('what a crash leaves', () => {
  test('starts although the number in postmaster.pid now belongs to another process', async () => {
    const server = await embedded.start();
    const file = join(embedded.data, 'postmaster.pid');
    const pidFile = await readFile(file, 'utf8');
    await server.close();
    const { uid, gid } = await stat(embedded.data);
    const bystander = spawn('sleep', ['60'], isRoot ? { uid, gid, cwd: '/' } : {});
    await writeFile(file, pidFile.replace(/^\d+/, String(bystander.pid)));
    await chown(file, uid, gid);

    const { url } = await embedded.start();
    expect(await query(url, 'select 1 as up')).toEqual([{ up: 1 }]);
    expect(bystander.exitCode).toBeNull();
    bystander.kill();
  });

  test('removes what a program killed during its first start left', async () => {
    await mkdir(join(embedded.dataDir, 'postgres.new-killed', 'data'), { recursive: true });
    await embedded.start();
    expect(await readdir(embedded.dataDir)).toEqual(['postgres']);
  });

  test('recovers what was committed when the server itself was killed', async () => {
    const { url } = await embedded.start();
    await query(url, 'create table kept as select 42 as answer');
    const killed = await runningServer(embedded.data);
    process.kill(Number(killed?.pid), 'SIGKILL');
    const again = await embedded.start();
    expect(await query(again.url, 'select * from kept')).toEqual([{ answer: 42 }]);
  });
});

describe('refuses, saying what to do', () => {
  test('a directory of another Postgres major', async () => {
    await mkdir(embedded.data, { recursive: true });
    await writeFile(join(embedded.data, 'PG_VERSION'), '17\n');
    await expect(embedded.start()).rejects.toThrow(/made by Postgres 17.*pg_dump/);
    expect(await readdir(embedded.data)).toEqual(['PG_VERSION']);
  });

  test('a place that is taken by something else', async () => {
    await mkdir(join(embedded.dataDir, 'postgres', 'something'), { recursive: true });
    await expect(embedded.start()).rejects.toThrow(/CPH_DATA_DIR/);
    expect(await readdir(embedded.dataDir)).toEqual(['postgres']);
  });

  test.each(['/proc/nothing', '/proc/nothing/below'])(
    'a place that takes no folders, %s',
    async (dataDir) => {
      const starting = openCluster(dataDir, new AbortController().signal);
      await expect(starting).rejects.toThrow(/Cannot keep a database in .*ENOENT.*CPH_DATA_DIR/);
    },
  );

  test('to start on damaged files, with the last words of the server', async () => {
    await (await embedded.start()).close();
    await rm(join(embedded.data, 'global', 'pg_control'));
    const error = await embedded.start().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(EmbeddedPostgresError);
    expect(String(error)).toMatch(/DATABASE_URL[\s\S]*pg_control/);
  });
});
