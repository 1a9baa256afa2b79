import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { claimProjects } from '../src/store/claims.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { readMeasurements } from '../src/store/measurements.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { readLife } from '../src/store/reports.ts';
import { readTrouble } from '../src/store/trouble.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { currentImages, foldedLog, rowsOf, wholeLog } from './support/inventory-rows.ts';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from './support/pgbouncer.ts';
import { createTestDatabase } from './support/postgres.ts';
import { administer } from './support/postgres-server.ts';
import { scriptedProject } from './support/scripted-project.ts';

const SETTINGS = [
  "datestyle = 'German, DMY'",
  "datestyle = 'SQL, MDY'",
  "datestyle = 'Postgres, DMY'",
  "timezone = 'Asia/Kolkata'",
  "timezone = 'America/St_Johns'",
  'intervalstyle = iso_8601',
  'intervalstyle = sql_standard',
  'intervalstyle = postgres_verbose',
  'array_nulls = off',
  'standard_conforming_strings = off',
  'backslash_quote = off',
  "default_transaction_isolation = 'serializable'",
  "default_transaction_isolation = 'repeatable read'",
  'default_transaction_deferrable = on',
  'extra_float_digits = -15',
  'bytea_output = escape',
  'client_encoding = LATIN1',
  "search_path = ''",
  'search_path = nowhere',
  'row_security = off',
  'xmloption = document',
  'transform_null_equals = on',
  'quote_all_identifiers = on',
  "lc_numeric = 'C'",
  'enable_seqscan = off',
  'synchronous_commit = off',
  'jit_above_cost = 0',
  'max_parallel_workers_per_gather = 0',
  'session_replication_role = replica',
  'check_function_bodies = off',
];
/** One of each kind, all at once. */
const TOGETHER = SETTINGS.filter(
  (setting, n) => SETTINGS.findIndex((other) => other.split(' ')[0] === setting.split(' ')[0]) === n,
);

let proxy: PgBouncer | undefined;
let reference: unknown;
beforeAll(async () => {
  if (hasPgBouncer()) proxy = await startPgBouncer(inject('postgresUrl'), { connections: 3 });
  reference = await storyUnder([], { by: 'database', pooled: false });
  await endAll();
});
afterEach(endAll);
afterAll(() => proxy?.close());

const ends: (() => Promise<void>)[] = [];

async function endAll(): Promise<void> {
  for (const end of ends.splice(0)) await end();
}

interface Way {
  readonly by: 'database' | 'role';
  readonly pooled: boolean;
}

/** A database whose connections begin with the settings, and is empty otherwise. */
async function databaseWith(settings: readonly string[], { by, pooled }: Way, template?: string) {
  const database = await createTestDatabase(template);
  const { pathname, username } = new URL(database.directUrl);
  const name = pathname.slice(1);
  const whose = by === 'database' ? `database ${name}` : `role ${username} in database ${name}`;
  for (const setting of settings) await administer(inject('postgresUrl'), `alter ${whose} set ${setting}`);
  const url = pooled && proxy ? proxy.through(database.directUrl) : database.directUrl;
  const { db, close } = openDatabase({ url, applicationName: 'foreign', maxConnections: 6 });
  ends.push(close, database.close);
  return { db, url };
}

const at = (minute: number) => new Date(Date.UTC(2026, 4, 3, 22, minute, 7, 89));

/** What comes of a few looks, in all that our statements can read. */
async function storyUnder(settings: readonly string[], way: Way): Promise<unknown> {
  const { db } = await databaseWith(settings, way);
  const { api, sweep, watch } = await scriptedProject(db);
  api.records = [
    imagesRecord('usable', { image_name: 'NULL', create_time: '2026-03-04T05:06:07Z' }),
    imagesRecord('failing', { status_code: 0, image_name: 'back\\slash \'quote\' "double" ☃ {a,b} NULL' }),
    phoneRecord('nameless', { image_name: null, image_label: 'null' }),
  ];
  const reports = [await sweep({ now: () => at(0) }), await sweep({ now: () => at(5) })];
  api.records = api.records.map((record) =>
    record.image_id === 'failing' ? imagesRecord('failing', { status_code: 2 }) : record,
  );
  const watched = await watch({ now: () => at(6) });
  if (watched) reports.push(watched);
  reports.push(await sweep({ now: () => at(10) }));
  const images = await currentImages(db, 'p1');
  expect(await foldedLog(db, 'p1')).toEqual(images);
  const looks = reports.map(({ status, created, updated, status_changed }) => [
    status,
    created,
    updated,
    status_changed,
  ]);
  return { looks, images, readings: await readingsOf(db) };
}

async function readingsOf(db: Database) {
  const { projects, images } = await readMeasurements(db);
  const life = await readLife(db, { project_id: 'p1', image_id: 'failing' }, 100);
  return {
    log: (await wholeLog(db)).map(({ id: _, ...event }) => event),
    measured: [images, projects[0]?.last_complete_at],
    trouble: await readTrouble(db, { now: at(11), baselineAlerts: true }),
    life: life.map(({ time_in_status_ms, previous_observed_at }) => [
      time_in_status_ms,
      previous_observed_at,
    ]),
    failed: await rowsOf(db, 'select image_id, image_name, create_time from cph.failed_images'),
    builds: await rowsOf(db, 'select day, finished, failed, p50 from cph.image_build_times'),
  };
}

/** Many at once on the same rows: whoever is judged by a snapshot would be refused. */
async function looksAtOnce({ db }: { db: Database }): Promise<string[]> {
  const projects = await Promise.all(['p1', 'p2', 'p3'].map((id) => scriptedProject(db, id)));
  const looks = projects.flatMap(({ api, sweep }) =>
    [1, 2, 3, 4].map((turn) => {
      api.records = Array.from({ length: 20 }, (_, n) => imagesRecord(`i${n}`, { image_name: `${turn}` }));
      return sweep();
    }),
  );
  const reports = await Promise.all(looks);
  const claims = Array.from({ length: 12 }, (_, n) =>
    claimProjects(db, {
      replica: `r${n}`,
      project_ids: ['p1', 'p2', 'p3'],
      ticks: { sweep: new Date(Date.now() + n), watch: null },
      limit: 1,
      failing_limit: 1,
      now: new Date(),
      started_at: new Date(),
      lease_ms: 1,
      spread_ms: 0,
      returned: [],
      schedule: null,
    }),
  );
  await Promise.all(claims);
  // A look that another one overtook is abandoned, as it should be.
  return reports
    .map(({ status }) => status)
    .filter((status) => status !== 'succeeded' && status !== 'abandoned');
}

const WAYS: readonly Way[] = [
  { by: 'database', pooled: false },
  { by: 'role', pooled: false },
  { by: 'database', pooled: true },
  { by: 'role', pooled: true },
];

test.each(SETTINGS)('%s changes nothing of what is stored and read', async (setting) => {
  expect(await storyUnder([setting], { by: 'database', pooled: false })).toEqual(reference);
});

describe.each(WAYS)('set for a $by, through a pooler: $pooled', (way) => {
  test.skipIf(way.pooled && !hasPgBouncer())('all of them at once change nothing', async () => {
    expect(await storyUnder(TOGETHER, way)).toEqual(reference);
  });

  test.skipIf(way.pooled && !hasPgBouncer()).each(['serializable', 'repeatable read'])(
    'where %s is the default, neither looks nor claims nor migrations at once are refused',
    async (level) => {
      const settings = [`default_transaction_isolation = '${level}'`];
      expect(await looksAtOnce(await databaseWith(settings, way))).toEqual([]);
      const { url } = await databaseWith(settings, way, 'template0');
      const applied = await Promise.all([1, 2, 3].map(() => migrateDatabase({ url })));
      expect(applied.filter((tags) => tags.length > 0)).toHaveLength(1);
    },
  );
});

test('a time that comes in another form is an error, and not a missing one', async () => {
  const { db } = await databaseWith([], { by: 'database', pooled: false });
  await expect(
    db.transaction(async (tx) => {
      await tx.execute("set local datestyle = 'German'");
      return await tx.execute('select clock_timestamp() as time');
    }),
  ).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/is not a time as ISO 8601 writes it/) },
  });
});

test('a time without end is an error, and not a missing one', async () => {
  const { db } = await databaseWith([], { by: 'database', pooled: false });
  await expect(db.execute(`select 'infinity'::timestamptz as time`)).rejects.toThrow();
});

test('what is pinned does not stay on a connection that goes to somebody else', async () => {
  const { db } = await databaseWith(["datestyle = 'German, DMY'"], { by: 'database', pooled: true });
  await Promise.all([1, 2, 3, 4].map(() => db.execute('select 1')));
  const { rows } = await db.execute("select reset_val from pg_settings where name = 'DateStyle'");
  expect(rows).toEqual([{ reset_val: 'German, DMY' }]);
});
