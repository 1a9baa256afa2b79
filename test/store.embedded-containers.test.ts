/** Containers that share a data folder and the kernel, and nothing else: namespaces of their own, by unshare. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { runningServer } from '../src/store/embedded/pidfile.ts';
import { query, useEmbedded } from './support/postgres-embedded.ts';

const embedded = useEmbedded();
const CONTAINER = ['unshare', '--pid', '--ipc', '--mount-proc', '--fork', '--kill-child'];
const canUnshare = spawnSync(CONTAINER[0] ?? '', [...CONTAINER.slice(1), 'true']).status === 0;

/** Of /proc it shows processes alone, as `ProcSubset=pid` of systemd does. */
const HIDING = 'mount -t proc -o subset=pid proc /proc && exec "$@"';
const SANDBOX = ['unshare', '--mount', 'sh', '-c', HIDING, 'sh'];
const canHide = spawnSync(SANDBOX[0] ?? '', [...SANDBOX.slice(1), 'true']).status === 0;

test.runIf(canHide)('a server runs where /proc shows processes alone', async () => {
  const { url } = await embedded.startProgram({ within: SANDBOX });
  expect(await query(url, 'select 42 as answer')).toEqual([{ answer: 42 }]);
});

describe.runIf(canUnshare)('two containers on one folder', () => {
  test('never have two servers: the second is refused with a sentence, and what the first commits stays', async () => {
    const first = await embedded.startProgram({ within: CONTAINER });
    await query(first.url, 'create table kept (n int)');
    const elsewhere = embedded.startProgram({ within: CONTAINER });
    const here = embedded.start();
    const refusal = /runs in another container \(on .+\).*DATABASE_URL/;
    // Both at once: whichever is refused first must not count as unhandled meanwhile.
    await Promise.all([expect(here).rejects.toThrow(refusal), expect(elsewhere).rejects.toThrow(refusal)]);
    await query(first.url, 'insert into kept select generate_series(1, 16)');

    first.program.kill('SIGKILL');
    await once(first.program, 'exit');
    const next = await embedded.start();
    expect(await query(next.url, 'select count(*)::int from kept')).toEqual([{ count: 16 }]);
  });

  test('take turns: the one that comes while the other stops has it next', async () => {
    const first = await embedded.startProgram({ within: CONTAINER });
    await query(first.url, 'create table kept as select 42 as answer');
    first.program.send('close');
    const second = await embedded.start();
    expect(await query(second.url, 'select * from kept')).toEqual([{ answer: 42 }]);
    expect(runningServer(embedded.data)).toBeDefined();
  });

  test('a number of the other one that names a process here is neither entered nor stopped', async () => {
    await embedded.startProgram({ within: CONTAINER });
    const file = join(embedded.data, 'postmaster.pid');
    const pidFile = await readFile(file, 'utf8');
    await writeFile(file, pidFile.replace(/^\d+/, String(process.pid)));
    await expect(embedded.start()).rejects.toThrow(/another container/);
    await writeFile(file, pidFile);
  });
});

test('a server whose head was killed is not doubled while its other processes live', async () => {
  const first = await embedded.start();
  await query(first.url, 'create table kept as select 42 as answer');
  const { pid } = runningServer(embedded.data) ?? {};
  process.kill(Number(pid), 'SIGKILL');
  const again = await embedded.start();
  expect(await query(again.url, 'select * from kept')).toEqual([{ answer: 42 }]);
  await vi.waitUntil(() => runningServer(embedded.data)?.pid !== pid);
});
