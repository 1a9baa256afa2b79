/** Processor time, of this process and of a Postgres on this machine: what a busy machine changes least. */
import { readFile } from 'node:fs/promises';
import type { Database } from '../../src/store/database.ts';
import { rowsOf } from '../../test/support/inventory-rows.ts';

/** The kernel counts the time of ended processes in ticks of a hundredth of a second. */
const TICK_MS = 10;

/** Milliseconds of processor time that this process took for `work`, threads of V8 included. */
export async function ownCpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Milliseconds of processor time that the server took since it began, in all its processes. It has to be on this
 * machine, and the role a superuser.
 */
export async function serverCpu(db: Database): Promise<number> {
  const rows = await rowsOf(
    db,
    `select pid from pg_stat_activity union select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int order by 1`,
  );
  const times = await Promise.all(rows.map(({ pid }) => processCpu(Number(pid))));
  return times.reduce((sum, time) => sum + time, 0);
}

/** Of one process and of its children that have ended; nothing of one that is gone itself. */
async function processCpu(pid: number): Promise<number> {
  const [schedule, stat] = await Promise.all(
    ['schedstat', 'stat'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  const [nanoseconds = 0] = (schedule ?? '').split(' ').map(Number);
  // Behind the name, which may hold blanks: the fields 16 and 17 are of the children.
  const [user = 0, system = 0] = (stat ?? '')
    .slice((stat ?? '').lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15)
    .map(Number);
  return nanoseconds / 1e6 + (user + system) * TICK_MS;
}

/** Milliseconds of both for `work`. */
export async function totalCpu(db: Database, work: () => Promise<unknown>): Promise<number> {
  const before = await serverCpu(db);
  const own = await ownCpu(work);
  return own + (await serverCpu(db)) - before;
}
