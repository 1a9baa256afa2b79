/** Replicas, a cloud that changes and a Postgres, with all of them ill-treated for a while; then peace, and an audit. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { integerBetween, pick, type Random, seededRandom } from '../../src/simulator/random.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import type { World } from '../../src/simulator/world.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { BuiltProgram } from './built-program.ts';
import { startPgBouncer } from './pgbouncer.ts';
import { type Audit, audit } from './replica-audit.ts';
import { type Fleet, prepareFleet, type Replica } from './replica-fleet.ts';
import { type OwnPostgres, startOwnPostgres } from './replica-postgres.ts';
import { changeSomething, crowdedWorld } from './replica-world.ts';

interface ChaosOptions {
  readonly projects: number;
  /** In each project, at first. */
  readonly images: number;
  readonly replicas: number;
  readonly milliseconds: number;
  /** Crashes of Postgres, evenly spread. */
  readonly crashes: number;
  /** Replicas reach Postgres through a PgBouncer that lends connections by the transaction. */
  readonly pooled: boolean;
  readonly program: Pick<BuiltProgram, 'folder' | 'start'>;
  /** Told what is done, for whoever watches. */
  readonly note: (text: string) => void;
}

interface ChaosOutcome extends Audit {
  readonly kills: number;
  readonly terminated: number;
}

/** Of the replicas one is paused for this long: more than its lease of 15 s. */
const PAUSE_MS = 23_000;
/** Unevenly: kills as far apart as a lease is long would hit the same projects again and again. */
const KILL_EVERY_MS = [2_000, 7_000] as const;
const TERMINATE_EVERY_MS = 700;
const SUPERVISED_MS = 60_000;
const CHANGE_EVERY_MS = 50;
/**
 * In the quiet, every project is swept so often: one look that may have begun before it, one to miss an image, one to
 * remove it, one to find all in order.
 */
const QUIET_SWEEPS = 4;
const QUIET_MS = 180_000;
const SCHEDULES = { CPH_SYNC_CRON: '*/2 * * * * *', CPH_WATCH_CRON: '*/5 * * * * *' };
/** A connection that breaks while it answers is part of life. */
const RESETS = [{ when: { nth: { every: 211 } }, effect: { kind: 'reset' } }] as const;

interface Chaos {
  readonly options: ChaosOptions;
  readonly world: World;
  readonly postgres: OwnPostgres;
  readonly db: Database;
  readonly fleet: Fleet;
  /** One in each place; null while it is being started again. */
  readonly replicas: (Replica | null)[];
  /** Of Node, which replicas write on stderr beside their log, and of replicas that ended before they were killed. */
  readonly warnings: string[];
  readonly random: Random;
  readonly count: { kills: number; terminated: number };
  /** When replicas were killed or paused, and Postgres crashed. */
  readonly deaths: Date[];
  /** Aborted when there has been enough of it. */
  readonly over: AbortSignal;
}

export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const world = crowdedWorld(options);
  const cloud = await startSimulator({ world, now: () => new Date(), faults: RESETS.slice() });
  const postgres = await startOwnPostgres();
  const { db, close } = openDatabase({ url: postgres.url, applicationName: 'chaos', maxConnections: 3 });
  const pooler = options.pooled ? await startPgBouncer(postgres.url, { connections: 20 }) : null;
  const replicas: (Replica | null)[] = [];
  try {
    const databaseUrl = pooler?.through(postgres.url) ?? postgres.url;
    const fleet = await prepareFleet(options.program, {
      databaseUrl,
      cloud,
      projects: world.projects,
      env: SCHEDULES,
    });
    for (let i = 0; i < options.replicas; i += 1) replicas.push(await fleet.start());
    const chaos: Chaos = {
      ...{ options, world, postgres, db, fleet, replicas },
      warnings: [],
      random: seededRandom(7),
      count: { kills: 0, terminated: 0 },
      deaths: [],
      over: AbortSignal.timeout(options.milliseconds),
    };
    await illTreat(chaos);
    await calmDown(chaos);
    const ended = await Promise.all(replicas.map((replica) => replica?.stop()));
    const unclean = ended.flatMap((end) => (end?.code === 0 ? [] : [`a replica ended with ${end?.code}`]));
    const warnings = [...chaos.warnings, ...replicas.flatMap(warningsOf)];
    const audited = await audit(db, world, chaos.deaths);
    return { ...audited, ...chaos.count, faults: [...unclean, ...warnings, ...audited.faults] };
  } finally {
    await Promise.all(replicas.map((replica) => replica?.kill()));
    await close();
    await pooler?.close();
    await postgres.close();
    await cloud.close();
  }
}

async function illTreat(chaos: Chaos): Promise<void> {
  const { over, options, world, random } = chaos;
  const crashEveryMs = options.milliseconds / (options.crashes + 1);
  await Promise.all([
    every(
      () => CHANGE_EVERY_MS,
      over,
      () => changeSomething(world, random),
    ),
    every(
      () => TERMINATE_EVERY_MS,
      over,
      () => terminateOne(chaos),
    ),
    every(
      () => integerBetween(random, ...KILL_EVERY_MS),
      over,
      () => killOne(chaos),
    ),
    every(
      () => crashEveryMs,
      over,
      () => crashPostgres(chaos),
    ),
    pauseOne(chaos),
  ]);
}

/** Until it is over. Not before the first interval has passed, so that something is under way. */
async function every(ms: () => number, over: AbortSignal, work: () => Promise<void> | void): Promise<void> {
  for (;;) {
    try {
      await sleep(ms(), undefined, { signal: over });
    } catch {
      return;
    }
    await work();
  }
}

/** Any replica but the one that sleeps may be killed, and takes its place again. */
async function killOne({ replicas, fleet, random, count, deaths, warnings, options }: Chaos): Promise<void> {
  const awake = Array.from(replicas.keys()).filter((place) => replicas[place]?.paused() === false);
  const place = pick(random, awake);
  const victim = replicas[place];
  replicas[place] = null;
  deaths.push(new Date());
  const end = await victim?.kill();
  if (end && end.code !== null) warnings.push(`a replica ended by itself with ${end.code}`);
  warnings.push(...warningsOf(victim));
  count.kills += 1;
  options.note(`replica ${place} killed`);
  replicas[place] = await startAgain(fleet);
}

function warningsOf(replica: Replica | null | undefined): string[] {
  return (
    replica
      ?.stderr()
      .split('\n')
      .filter((line) => line.startsWith('(node:')) ?? []
  );
}

/**
 * A replica that starts while Postgres is away ends at once, and is started again by whatever supervises it. After a crash
 * PgBouncer lets nobody in for 15 s (its server_login_retry).
 */
async function startAgain(fleet: Fleet): Promise<Replica> {
  const late = AbortSignal.timeout(SUPERVISED_MS);
  for (;;) {
    try {
      return await fleet.start();
    } catch (error) {
      if (late.aborted) throw error;
      await sleep(500);
    }
  }
}

async function pauseOne({ replicas, deaths, over, options }: Chaos): Promise<void> {
  const [replica] = replicas;
  deaths.push(new Date());
  replica?.pause();
  options.note('replica 0 paused');
  await sleep(PAUSE_MS, undefined, { signal: over }).catch(() => undefined);
  replica?.resume();
  options.note('replica 0 resumed');
}

async function terminateOne({ db, count }: Chaos): Promise<void> {
  try {
    const { rowCount } = await db.execute(sql`
      select pg_terminate_backend(pid) from (
        select pid from pg_stat_activity where application_name = 'cph-inventory' order by random() limit 1
      ) victim`);
    count.terminated += rowCount ?? 0;
  } catch {
    // Postgres is crashing.
  }
}

async function crashPostgres({ postgres, deaths, options }: Chaos): Promise<void> {
  options.note('Postgres crashes');
  deaths.push(new Date());
  await postgres.crash();
  options.note('Postgres is back');
}

/** Nothing happens any more but sweeps. Waits until every project has been swept often enough to have everything right. */
async function calmDown({ db, options, world }: Chaos): Promise<void> {
  options.note('quiet');
  const before = await sweepsOf(db);
  const late = AbortSignal.timeout(QUIET_MS);
  for (;;) {
    const now = await sweepsOf(db);
    const calm = world.projects.filter((id) => (now.get(id) ?? 0) - (before.get(id) ?? 0) >= QUIET_SWEEPS);
    if (calm.length === world.projects.length) return;
    if (late.aborted) throw new Error(`after ${QUIET_MS} ms only ${calm.length} projects have come to rest`);
    await sleep(250);
  }
}

/** How many sweeps of each project have succeeded. */
async function sweepsOf(db: Database): Promise<Map<string, number>> {
  const { rows } = await db.execute<{ project_id: string; sweeps: number }>(sql`
    select project_id, sum(looks) as sweeps from cph.sync_runs
    where kind = 'sweep' and status = 'succeeded'
    group by project_id`);
  return new Map(rows.map(({ project_id, sweeps }) => [project_id, Number(sweeps)]));
}
