/**
 * How many projects a minute one, two and four replicas sweep, against an API that takes its time for an answer:
 *
 *     npx tsx bench/replicas.ts [milliseconds of an answer, 50] [seconds of a measurement, 10] [NAME=value …]
 *
 * Every replica is a process of its own, and sweeps eight projects at once. Projects are always due, and as cheap as can
 * be: one listing with one image. The API, Postgres and this program share the machine with the replicas, so it also says how busy that was: once
 * all processors are, more replicas only share them. A slower API shows how replicas share work where processors do not
 * limit them.
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { startSimulator } from '../src/simulator/server.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { buildProgram } from '../test/support/built-program.ts';
import { prepareFleet, type Replica } from '../test/support/replica-fleet.ts';
import { startOwnPostgres } from '../test/support/replica-postgres.ts';
import { crowdedWorld } from '../test/support/replica-world.ts';

const [latency = '50', seconds = '10', ...settings] = process.argv.slice(2);
const REPLICAS = [1, 2, 4];
/** More than all replicas together sweep in a second, so that there is always one due. */
const PROJECTS = 600;
const WARM_UP_MS = 3_000;

const world = crowdedWorld({ projects: PROJECTS, images: 1 });
const cloud = await startSimulator({
  world,
  faults: [{ effect: { kind: 'delay', milliseconds: Number(latency) } }],
});
const postgres = await startOwnPostgres();
const { db, close } = openDatabase({ url: postgres.url, applicationName: 'bench', maxConnections: 2 });
const program = await buildProgram();
const replicas: Replica[] = [];
try {
  await measure(db);
} finally {
  await Promise.all(replicas.map((replica) => replica.kill()));
  await close();
  await postgres.close();
  await cloud.close();
  await program.remove();
}

async function measure(database: Database): Promise<void> {
  const given = Object.fromEntries(settings.map((setting) => setting.split('=', 2)));
  const fleet = await prepareFleet(program, {
    ...{ databaseUrl: postgres.url, cloud, projects: world.projects },
    defaults: { sources: ['images'], image_types: ['private'] },
    env: { CPH_SYNC_CRON: '* * * * * *', ...given },
  });
  let alone: number | undefined;
  for (const count of REPLICAS) {
    while (replicas.length < count) replicas.push(await fleet.start());
    await settled(database);
    await sleep(WARM_UP_MS);
    const { rate, busy } = await ratePerMinute(database);
    alone ??= rate;
    write(
      `${count} replica${count > 1 ? 's' : ' '}  ${rate} projects/min  ratio ${(rate / alone).toFixed(2)}  processors ${busy} % busy`,
    );
  }
}

/** The first sweep of a project finds images, and only those after it are quiet. */
async function settled(database: Database): Promise<void> {
  while ((await sweeps(database)) < 2 * PROJECTS) await sleep(250);
}

async function ratePerMinute(database: Database): Promise<{ rate: number; busy: number }> {
  const [before, cpuBefore, start] = [await sweeps(database), processorTime(), performance.now()];
  await sleep(Number(seconds) * 1000);
  const [after, cpuAfter, ms] = [await sweeps(database), processorTime(), performance.now() - start];
  const total = cpuAfter.total - cpuBefore.total;
  return {
    rate: Math.round((after - before) / (ms / 60_000)),
    busy: Math.round(((total - (cpuAfter.idle - cpuBefore.idle)) / total) * 100),
  };
}

async function sweeps(database: Database): Promise<number> {
  const { rows } = await database.execute<{ sweeps: number }>(
    sql`select coalesce(sum(looks), 0)::int as sweeps from cph.sync_runs where kind = 'sweep' and status = 'succeeded'`,
  );
  return rows[0]?.sweeps ?? 0;
}

function processorTime(): { idle: number; total: number } {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    total: user + nice + sys + idle + irq,
  }));
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    total: times.reduce((sum, { total }) => sum + total, 0),
  };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
