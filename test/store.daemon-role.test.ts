import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readImages } from '../src/answers/images.ts';
import { QUERIES } from '../src/queries/catalogue.ts';
import { runQuery } from '../src/queries/run.ts';
import { readOpenAlerts, readToldAlerts, recordAlerts } from '../src/store/alerts.ts';
import { approveRemovals, readHeld } from '../src/store/approvals.ts';
import { claimProjects } from '../src/store/claims.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { leaseProject, releaseProjects, renewLeases } from '../src/store/leases.ts';
import { readMeasurements } from '../src/store/measurements.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { readPrivileges } from '../src/store/privileges.ts';
import { markUnconfigured, setProjectTimes } from '../src/store/projects.ts';
import { adviceOnReader } from '../src/store/reader-role.ts';
import { countByStatus, findImages, readChanges, readLife } from '../src/store/reports.ts';
import { pruneEvents, pruneRuns } from '../src/store/retention.ts';
import {
  claimSink,
  cursorBefore,
  markUnconfiguredSinks,
  registerSinks,
  releaseSink,
  rewindSink,
  settleSink,
} from '../src/store/sinks.ts';
import { readProjectStatus, readSinkStatus } from '../src/store/status.ts';
import { readTrouble } from '../src/store/trouble.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();

const ROLES = readFileSync('deploy/sql/roles.sql', 'utf8');

const asDaemon = () => {
  const url = new URL(database.directUrl);
  url.username = 'cph_daemon';
  url.password = 'change me';
  return { url: url.href, ...openDatabase({ url: url.href, applicationName: 'test', maxConnections: 2 }) };
};

beforeAll(async () => {
  await database.db.execute(sql.raw('drop role if exists cph_daemon'));
  await database.db.execute(sql.raw(ROLES));
  await database.db.execute(sql.raw(`alter role cph_daemon password 'change me'`));
});
afterAll(() => database.db.execute(sql.raw('drop owned by cph_daemon; drop role cph_daemon')));

const NOW = new Date();
const ALERT = { fingerprint: 'f', labels: {}, annotations: {}, starts_at: NOW };
const mine = { replica: 'r', lease_ms: 60_000 };

/** What the daemon writes of projects and sinks when it starts. */
async function configure(db: Database): Promise<void> {
  await setProjectTimes(db, [{ project_id: 'p1', sync_interval_ms: 60_000, stuck_after_ms: 60_000 }]);
  await markUnconfigured(db, ['p1'], NOW);
  await registerSinks(db, [{ name: 'webhook', kind: 'webhook' }], NOW);
  await markUnconfiguredSinks(db, ['webhook'], NOW);
}

/** Projects and sinks change hands, an event is refused and sent again, an alert begins and ends. */
async function work(db: Database): Promise<void> {
  const claim = {
    project_ids: ['p1'],
    ticks: { sweep: NOW, watch: null },
    limit: 8,
    failing_limit: 4,
    spread_ms: 0,
    returned: [],
    schedule: null,
  };
  await claimProjects(db, { ...mine, ...claim, now: NOW, started_at: NOW });
  await leaseProject(db, 'p1', { ...mine, now: NOW });
  await renewLeases(db, { ...mine, project_ids: ['p1'], slow_ids: ['p1'] });
  await releaseProjects(db, { ...mine, returned: [{ project_id: 'p1', run_id: null, served: null }] });

  await rewindSink(db, 'webhook', 0);
  const turn = await claimSink(db, 'webhook', { ...mine, now: NOW });
  const clean = { attempts: 0, failing_since: null, next_attempt_at: null, last_error: null };
  const dead = [{ event_seq: 1, attempts: 1, last_error: 'no', failed_at: NOW }];
  expect(turn).toMatchObject({ cursor_seq: 0, last_seq: 4 });
  const progress = { ...clean, cursor_seq: 4, delivered_at: NOW };
  const end = { name: 'webhook', replica: 'r', cursor_seq: 0 };
  expect(await settleSink(db, end, { progress, dead })).toBe(true);
  await releaseSink(db, end);
  await recordAlerts(db, 'alertmanager', { firing: [ALERT], ended: [], last_sent_at: NOW });
  await recordAlerts(db, 'alertmanager', { firing: [], ended: [ALERT], last_sent_at: NOW });
}

/** What `status`, `/metrics`, the sinks and the reports read. */
async function read(db: Database): Promise<void> {
  expect(await readProjectStatus(db)).toMatchObject([{ project_id: 'p1' }]);
  expect(await readSinkStatus(db)).toMatchObject([{ name: 'webhook', dead_letters: 1 }]);
  expect(await readMeasurements(db)).toMatchObject({ projects: [{ project_id: 'p1' }] });
  await readTrouble(db, { now: NOW, baselineAlerts: false });
  await readOpenAlerts(db, 'alertmanager');
  await readToldAlerts(db, 'alertmanager', ['f']);
  await cursorBefore(db, NOW);
  expect((await readImages(db, {}, new Date())).items).toHaveLength(2);
  await findImages(db, 'a');
  await readLife(db, { project_id: 'p1', image_id: 'a' }, 10);
  await readChanges(db, { after: 0, limit: 10 });
  await countByStatus(db, 'p1');
  for (const question of QUERIES) {
    const examples = Object.entries(question.parameters).map(([name, { example }]) => [name, example]);
    await runQuery(db, question, Object.fromEntries(examples));
  }
}

test('the role of deploy/sql/roles.sql lacks nothing, and can do and read what the program does', async () => {
  const daemon = asDaemon();
  try {
    expect((await readPrivileges(daemon.db)).missing).toEqual([]);
    expect(await migrateDatabase({ url: daemon.url })).toEqual([]);
    const scripted = await scriptedProject(daemon.db, 'p1');
    scripted.api.records = [imagesRecord('a'), imagesRecord('b')];
    expect(await scripted.sweep()).toMatchObject({ status: 'succeeded', created: 2 });
    scripted.api.records = [imagesRecord('a', { status_code: 0 }), imagesRecord('b', { status_code: 0 })];
    await scripted.sweep();
    expect(await scripted.watch()).not.toMatchObject({ status: 'failed' });
    const { images } = await readHeld(daemon.db, 'p1');
    await approveRemovals(daemon.db, 'p1', images);
    await configure(daemon.db);
    await work(daemon.db);
    await read(daemon.db);
    const signal = new AbortController().signal;
    // The one that is a dead letter stays.
    expect(await pruneEvents(daemon.db, new Date(), signal)).toBe(1);
    // The first sweep and the look that the lease took over.
    expect(await pruneRuns(daemon.db, new Date(), signal)).toBe(2);
  } finally {
    await daemon.close();
  }
});

test('the statements may be run again, and leave what is there as it is', async () => {
  const grants = () =>
    rowsOf(
      database.db,
      `select relname, relacl::text from pg_class where relnamespace = 'cph'::regnamespace order by relname`,
    );
  const before = await grants();
  await database.db.execute(sql.raw(ROLES));
  expect(await grants()).toEqual(before);
});

test('the reader of it reads everything, also what its owner could not grant', async () => {
  await database.db.execute(sql.raw('revoke all on all tables in schema cph from cph_reader'));
  expect(await adviceOnReader(database.db)).toContain('lacks');
  await database.db.execute(sql.raw(ROLES));
  expect(await adviceOnReader(database.db)).toBeNull();
});

test('it may not change the log, drop what it is kept in, or make tables of its own', async () => {
  const daemon = asDaemon();
  try {
    for (const statement of [
      "update cph.image_events set type = 'cph.image.removed'",
      'delete from cph.images',
      'drop table cph.projects',
      'create table cph.mine ()',
    ]) {
      await expect(daemon.db.execute(sql.raw(statement))).rejects.toMatchObject({ cause: { code: '42501' } });
    }
  } finally {
    await daemon.close();
  }
});
