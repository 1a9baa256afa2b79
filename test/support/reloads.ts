/** A daemon that is told to read its configuration again and again, and what that leaves behind in its process. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from '../../src/simulator/server.ts';
import { createWorld } from '../../src/simulator/world.ts';
import type { BuiltProgram, RunningProgram } from './built-program.ts';
import type { Env } from './simulated-project.ts';

export interface Measured {
  readonly reloads: number;
  /** Resident memory in MiB. */
  readonly rss: number;
  /** Seconds of processor time the daemon used in a second in which nothing was due. */
  readonly idle: number;
  /** What keeps the process busy (timers, sockets, servers), by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Sweeps that succeeded, by the counter. */
  readonly sweeps: number;
}

export interface ReloadOptions {
  readonly program: Pick<BuiltProgram, 'folder' | 'start'>;
  readonly env: Env;
  readonly reloads: number;
  /** Measures after so many reloads, and at the end. */
  readonly every: number;
}

/** Starts the daemon, reloads it, each time after a sweep, and yields what it measures on the way. Stops it at the end. */
export async function* reloaded(options: ReloadOptions): AsyncGenerator<Measured> {
  const world = createWorld({ seed: 1, start: new Date(), projects: ['p1'], images: 3 });
  const cloud = await startSimulator({ world });
  const file = join(options.program.folder, 'reloads.yaml');
  await writeFile(file, configOf(cloud.url));
  const running = options.program.start(['start', '--config', file], options.env);
  try {
    await untilSwept(running, 1);
    for (let reloads = 0; ; reloads += 1) {
      if (reloads % options.every === 0 || reloads === options.reloads) yield await measure(running, reloads);
      if (reloads === options.reloads) return;
      running.child.kill('SIGHUP');
      await untilSwept(running, reloads + 2);
    }
  } finally {
    running.child.kill('SIGTERM');
    await running.ended;
    await cloud.close();
  }
}

/** Not enough reloads to tell growth from what waits for the garbage collector. */
const TOO_FEW = 100;
/** A set of metrics for every reload made it 30 MiB over 300. */
const LEEWAY_MIB = 10;

/** What does not stay as it is, in words. Memory is only judged where there are enough measurements. */
export function faultsOf(measured: readonly Measured[]): string[] {
  const faults: string[] = [];
  const [first] = measured;
  for (const { reloads, sweeps, resources } of measured) {
    if (sweeps !== reloads + 1) faults.push(`${sweeps} sweeps counted after ${reloads} reloads`);
    // The pools of connections breathe: each has a socket and a timer.
    if (sum(resources) > sum(first?.resources ?? {}) + 6)
      faults.push(`${JSON.stringify(resources)} after ${reloads} reloads`);
  }
  const reloads = measured.at(-1)?.reloads ?? 0;
  if (reloads < TOO_FEW) return faults;
  // Memory rises between two collections of garbage. It has grown for good where the lowest of the last third is
  // above the highest of the first.
  const early = measured.filter((one) => one.reloads <= reloads / 3).map(({ rss }) => rss);
  const late = measured.filter((one) => one.reloads > (reloads * 2) / 3).map(({ rss }) => rss);
  const grown = Math.min(...late) - Math.max(...early);
  if (grown > LEEWAY_MIB) faults.push(`${grown.toFixed(1)} MiB more after ${reloads} reloads`);
  return faults;
}

function sum(resources: Readonly<Record<string, number>>): number {
  return Object.values(resources).reduce((all, count) => all + count, 0);
}

/** A sink too, since it has a loop and connections of its own; nobody is behind it. */
const configOf = (url: string) =>
  JSON.stringify({
    schedule: { sync: '0 0 1 1 *', watch: '0 0 1 1 *' },
    http: { port: 0 },
    credentials: { all: { token: 'simulated-token-1' } },
    defaults: { region: 'ap-southeast-1', credentials: 'all', endpoint: url },
    projects: [{ project_id: 'p1' }],
    sinks: [{ kind: 'alertmanager', name: 'nobody', url: 'http://127.0.0.1:1' }],
  });

/** Every start begins with a sweep. */
async function untilSwept(running: RunningProgram, times: number): Promise<void> {
  const patience = performance.now() + 30_000;
  while (running.stderr().split('"sweep succeeded"').length - 1 < times) {
    if (performance.now() > patience) throw new Error(`no sweep number ${times}: ${running.stderr()}`);
    await sleep(5);
  }
}

async function measure(running: RunningProgram, reloads: number): Promise<Measured> {
  const before = await pageOf(running);
  await sleep(1_000);
  const page = await pageOf(running);
  return {
    reloads,
    rss: sampleOf(page, 'process_resident_memory_bytes') / 2 ** 20,
    idle: sampleOf(page, 'process_cpu_seconds_total') - sampleOf(before, 'process_cpu_seconds_total'),
    resources: Object.fromEntries(
      Array.from(page.matchAll(/^nodejs_active_resources\{type="(\w+)"\} (\d+)$/gm), ([, type, count]) => [
        type,
        Number(count),
      ]),
    ),
    sweeps: sampleOf(page, 'cph_sync_runs_total{project_id="p1",kind="sweep",status="succeeded"}'),
  };
}

async function pageOf(running: RunningProgram): Promise<string> {
  const url = running
    .stderr()
    .match(/http:\/\/[\d.:]+(?=")/g)
    ?.at(-1);
  const answer = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
  return await answer.text();
}

function sampleOf(page: string, name: string): number {
  const line = page.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}
