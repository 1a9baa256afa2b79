/**
 * How long questions and routes take in a database that was kept for a year, with ten events for each image:
 *
 *     npm run bench:answers [-- images, 100000 [routes, or sql]]
 *
 * The median of five, after one that warms up, and the processor time of each, of Postgres and ours together. A
 * hundred thousand images take two minutes to fill in, and 2 GB. BENCH_DATABASE_URL names a database to keep: it is
 * filled where it is empty, and asked again where it is not. It has to be on this machine.
 */
import { type SQL, sql } from 'drizzle-orm';
import { createMetrics } from '../src/http/metrics.ts';
import { READY, startHttpServer } from '../src/http/server.ts';
import { QUERIES } from '../src/queries/catalogue.ts';
import { runQuery } from '../src/queries/run.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { readLogEnd } from '../src/store/events.ts';
import { readMeasurements } from '../src/store/measurements.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { readSinkStatus } from '../src/store/status.ts';
import { startOwnPostgres } from '../test/support/replica-postgres.ts';
import { siteOf } from '../test/support/site.ts';
import { addresses } from './answers-addresses.ts';
import { fillLog } from './answers-log.ts';
import { totalCpu } from './lib/cpu.ts';

const images = Number(process.argv[2] ?? 100_000);
const SOME_IMAGE = '28dd2c7955ce926456240b2ff0100bde';
const TIMES = 5;
const READERS = 3;
/** Of a name: cursors are long. */
const SHOWN = 100;

const STATEMENTS: Readonly<Record<string, SQL>> = {
  'images_as_of, one image': sql`select * from cph.images_as_of(now() - interval '30 days') where image_id = ${SOME_IMAGE}`,
  'images_as_of, a project': sql`select * from cph.images_as_of(now() - interval '30 days') where project_id = 'p17'`,
  images_as_of: sql`select * from cph.images_as_of(now() - interval '30 days')`,
  'changes_between, a day': sql`select * from cph.changes_between(now() - interval '1 day', now())`,
  'changes_between, a week': sql`select * from cph.changes_between(now() - interval '7 days', now())`,
  'changes_between, a year of one image': sql`select * from cph.changes_between(now() - interval '365 days', now()) where image_id = ${SOME_IMAGE}`,
  image_build_times: sql`select * from cph.image_build_times`,
  image_build_times_weekly: sql`select * from cph.image_build_times_weekly`,
  image_failures: sql`select * from cph.image_failures`,
  'image_failures, the last 20': sql`select * from cph.image_failures limit 20`,
  image_summary: sql`select * from cph.image_summary`,
};

const { BENCH_DATABASE_URL: kept } = process.env;
const postgres = kept ? { url: kept, close: async () => undefined } : await startOwnPostgres();
// As many as a daemon has for readers.
const { db, close } = openDatabase({ url: postgres.url, applicationName: 'bench', maxConnections: READERS });
try {
  await migrateDatabase({ url: postgres.url });
  if ((await readLogEnd(db)) === 0) await fillLog(postgres.url, images);
  const only = process.argv[3];
  if (only !== 'sql') await measureRoutes(db);
  if (only !== 'routes') await measureAll(db);
} finally {
  await close();
  await postgres.close();
}

async function measureRoutes(database: Database): Promise<void> {
  const { page, contentType } = createMetrics();
  const server = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, site: siteOf(database) },
    readiness: async () => ({ database: READY, migrations: READY, schedules: READY }),
    metrics: { contentType, page: () => page(database, { baselineAlerts: false }) },
  });
  try {
    for (const address of await addresses(database))
      await measure(address, () => rowsAt(server.url + address));
  } finally {
    await server.close();
  }
}

/** How many rows a JSON answer has; of others, how many bytes. */
async function rowsAt(url: string): Promise<number> {
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  if (!answer.headers.get('content-type')?.startsWith('application/json')) return text.length;
  return ((JSON.parse(text) as { items?: readonly unknown[] }).items ?? []).length;
}

async function measureAll(database: Database): Promise<void> {
  for (const [name, statement] of Object.entries(STATEMENTS)) {
    await measure(name, async () => (await database.execute(statement)).rows.length);
  }
  await measure(
    'status: sinks, one of them a million events behind',
    async () => (await readSinkStatus(database)).length,
  );
  await measure('/metrics: what is read', async () => (await readMeasurements(database)).failed.length);
  for (const query of QUERIES) {
    const asked: Record<string, string> = query.parameters.image ? { image: SOME_IMAGE } : {};
    await measure(`query ${query.name}`, async () => (await runQuery(database, query, asked)).length);
  }
}

async function measure(name: string, ask: () => Promise<number>): Promise<void> {
  const rows = await ask();
  const took: number[] = [];
  const cpu = await totalCpu(db, async () => {
    for (let time = 0; time < TIMES; time += 1) {
      const began = performance.now();
      await ask();
      took.push(performance.now() - began);
    }
  });
  const median = took.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0;
  const figures = [median, cpu / TIMES].map((ms) => `${ms.toFixed(1).padStart(8)} ms`);
  process.stdout.write(`${figures.join('')} ${String(rows).padStart(8)}  ${name.slice(0, SHOWN)}\n`);
}
