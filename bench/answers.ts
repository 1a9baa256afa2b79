/**
 * How long questions and routes take in a database that was kept for a year, with ten events for each image:
 *
 *     npm run bench:answers [-- images, 100000 [routes]]
 *
 * The median of five, after one that warms up. A hundred thousand images take two minutes to fill in, and 2 GB.
 */
import { type SQL, sql } from 'drizzle-orm';
import { READY, startHttpServer } from '../src/http/server.ts';
import { QUERIES } from '../src/queries/catalogue.ts';
import { runQuery } from '../src/queries/run.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { startOwnPostgres } from '../test/support/replica-postgres.ts';
import { siteOf } from '../test/support/site.ts';
import { fillLog } from './answers-log.ts';

const images = Number(process.argv[2] ?? 100_000);
const SOME_IMAGE = '28dd2c7955ce926456240b2ff0100bde';
const TIMES = 5;

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

/** What people and pages ask for, from the nearest to the farthest. */
const ROUTES = [
  '/api/now',
  '/api/images',
  '/api/images?sort=-changed_at',
  '/api/images?sort=-image_size',
  '/api/images?sort=create_time',
  '/api/images?sort=-status_since',
  '/api/images?project=p17',
  '/api/images?status=failed',
  '/api/images?version=AOSP%2011&sort=-changed_at',
  '/api/images?q=v99',
  '/api/images?q=nothing-has-this',
  '/api/images?name=*v1?5',
  '/api/images?removed=true',
  '/api/images?older_than=90d',
  '/api/images?at=30d',
  '/api/images?at=360d',
  '/api/images?at=30d&status=failed',
  '/api/images?at=30d&q=nothing-has-this',
  '/api/changes',
  '/api/changes?since=7d',
  '/api/changes?since=365d',
  '/api/changes?since=365d&until=300d',
  '/api/changes?since=365d&project=p17',
  '/api/changes?since=365d&q=nothing-has-this',
  '/api/builds',
  '/api/builds?project=p17',
  '/api/projects',
  '/api/projects/p17',
  '/api/runs',
  '/api/runs?project=p17&kind=sweep',
  '/api/runs?kind=watch',
  '/api/runs/39000',
  '/api/sinks',
  '/api/events?after=500000',
  // md5 of 8.
  '/api/images/p8/c9f0f895fb98ab9159f51fd0297e236d',
  '/api/openapi.json',
];

const postgres = await startOwnPostgres();
const { db, close } = openDatabase({ url: postgres.url, applicationName: 'bench', maxConnections: 2 });
try {
  await fillLog(postgres.url, images);
  await measureRoutes(db);
  if (process.argv[3] !== 'routes') await measureAll(db);
} finally {
  await close();
  await postgres.close();
}

async function measureRoutes(database: Database): Promise<void> {
  const server = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, site: siteOf(database) },
    readiness: async () => ({ database: READY, migrations: READY, schedules: READY }),
    metrics: { contentType: 'text/plain', page: async () => '' },
  });
  try {
    for (const route of ROUTES) await measure(route, () => rowsAt(`${server.url}${route}`));
  } finally {
    await server.close();
  }
}

async function rowsAt(url: string): Promise<number> {
  const answer = await fetch(url);
  const { items = [] } = (await answer.json()) as { items?: readonly unknown[] };
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return items.length;
}

async function measureAll(database: Database): Promise<void> {
  for (const [name, statement] of Object.entries(STATEMENTS)) {
    await measure(name, async () => (await database.execute(statement)).rows.length);
  }
  for (const query of QUERIES) {
    const given: Record<string, string> = query.parameters.image ? { image: SOME_IMAGE } : {};
    await measure(`query ${query.name}`, async () => (await runQuery(database, query, given)).length);
  }
}

async function measure(name: string, ask: () => Promise<number>): Promise<void> {
  const rows = await ask();
  const took: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const began = performance.now();
    await ask();
    took.push(performance.now() - began);
  }
  const median = took.toSorted((a, b) => a - b)[Math.floor(TIMES / 2)] ?? 0;
  process.stdout.write(
    `${name.padEnd(40)} ${median.toFixed(1).padStart(9)} ms ${String(rows).padStart(8)} rows\n`,
  );
}
