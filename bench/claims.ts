/**
 * What a claim costs among many projects, and what quiet looks of several replicas leave in one Postgres:
 *
 *     npx tsx bench/claims.ts [projects …, 3000 30000]
 *
 * Projects are made up in the database, and all of them are quiet. Claims are timed with their round trips; each figure
 * is the median of 21 with the least and the most.
 */
import { sql } from 'drizzle-orm';
import { type Claims, createClaims } from '../src/daemon/claims.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { startOwnPostgres } from '../test/support/replica-postgres.ts';

const sizes = process.argv.slice(2).map(Number);
const TIMES = 21;
const HOUR_MS = 3_600_000;
const TICK = new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS);
const NEXT = new Date(TICK.getTime() + HOUR_MS);

const postgres = await startOwnPostgres();
const { db, close } = openDatabase({ url: postgres.url, applicationName: 'bench', maxConnections: 2 });
try {
  for (const size of sizes.length > 0 ? sizes : [3_000, 30_000]) await measure(db, size);
} finally {
  await close();
  await postgres.close();
}

async function measure(database: Database, size: number): Promise<void> {
  await database.execute(sql`delete from cph.projects`);
  await database.execute(sql`
    insert into cph.projects (project_id, region, sweep_tick, due_at)
    select md5(n::text), 'r', ${TICK.toISOString()}::timestamptz, ${NEXT.toISOString()}::timestamptz
    from generate_series(1, ${size}::int) n`);
  await database.execute(sql`analyze cph.projects`);
  const { rows } = await database.execute<{ project_id: string }>(sql`select project_id from cph.projects`);
  const projects = new Map(rows.map(({ project_id }) => [project_id, null]));
  const open = () => createClaims({ db: database, replica: 'bench', projects, spreadMs: 0 });
  const rested = open();
  await claim(rested, TICK);
  await row(`${size} projects, none due, the first claim of a replica`, () => claim(open(), TICK));
  await row(`${size} projects, none due`, () => claim(rested, TICK));
  await row(`${size} projects, all due, eight claimed and given back`, () => turn(rested));
}

async function claim(claims: Claims, tick: Date) {
  const ticks = { sweep: tick, watch: null };
  const next = () => ({ sweep: new Date(tick.getTime() + HOUR_MS), watch: null });
  const now = new Date(tick.getTime() + 1_000);
  return await claims.claim({ ticks, next, now, started_at: now, limit: 8, failing_limit: 4, busy: [] });
}

async function turn(claims: Claims): Promise<void> {
  const ticks = { sweep: NEXT, watch: null };
  const { claimed } = await claim(claims, NEXT);
  for (const { project_id, run } of claimed)
    claims.giveBack({ project_id, run_id: run.id, served: { sweep: NEXT, watch: null } }, ticks);
}

async function row(what: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  const [least, median, most] = [0, (TIMES - 1) / 2, TIMES - 1].map(
    (n) => times.toSorted((a, b) => a - b)[n],
  );
  process.stdout.write(
    `${what.padEnd(60)} ${median?.toFixed(1)} ms  (${least?.toFixed(1)} to ${most?.toFixed(1)})\n`,
  );
}
