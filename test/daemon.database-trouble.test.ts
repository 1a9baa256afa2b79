import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { rowsOf } from './support/inventory-rows.ts';
import { endConnections, programConnections, useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { projectEnv, simulatedProject } from './support/simulated-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

const sweeps = async () =>
  (await rowsOf(database.db, "select id from cph.sync_runs where status = 'succeeded'")).length;

/** The daemon, sweeping every second, after its first sweep. */
async function sweepingDaemon() {
  const { world, cloud } = await simulatedProject(database.db);
  world.create({ image_id: 'before', status: 1 });
  const running = program.start(['start'], {
    ...projectEnv(cloud, 'p1'),
    ...{ DATABASE_URL: database.directUrl, CPH_HTTP_PORT: 'off', CPH_WATCH_CRON: 'off' },
    CPH_SYNC_CRON: '* * * * * *',
  });
  await until(async () => (await sweeps()) > 0);
  return { world, running };
}

/** What goes wrong with a database, what puts it right, and what Postgres says meanwhile. */
interface Trouble {
  readonly breaks: string;
  readonly mends: string;
  readonly said: RegExp;
  /** Only new connections notice. */
  readonly reconnects: boolean;
}

const FULL_DISK: Trouble = {
  breaks: `
    create function no_space() returns trigger language plpgsql as
      $$ begin raise exception 'no space left on device' using errcode = 'disk_full'; end $$;
    create trigger no_space before insert or update on cph.sync_runs execute function no_space()`,
  mends: 'drop function if exists no_space() cascade',
  said: /no space left on device/,
  reconnects: false,
};

const READ_ONLY: Trouble = {
  breaks: `do $$ begin execute format(
    'alter database %I set default_transaction_read_only = on', current_database()); end $$`,
  mends: `do $$ begin execute format(
    'alter database %I reset default_transaction_read_only', current_database()); end $$`,
  // The first that fails may be a statement whose connection is being ended, or has just been.
  said: /read-only transaction|terminating connection|Connection terminated|EPIPE|ECONNRESET/,
  reconnects: true,
};

test.each([
  ['a disk that is full', FULL_DISK],
  ['a database that is read-only, as the old primary is after a fail-over,', READ_ONLY],
])('%s is reported once and survived', async (_, { breaks, mends, said, reconnects }) => {
  const { world, running } = await sweepingDaemon();
  onTestFinished(async () => void (await rowsOf(database.db, mends)));
  const told = () => running.stderr().split('looks are kept waiting').length - 1;
  await rowsOf(database.db, breaks);
  if (reconnects) await endConnections(database);
  await until(() => told() > 0);
  if (reconnects) await until(async () => (await programConnections(database)) > 0);
  world.create({ image_id: 'meanwhile', status: 1 });
  expect(running.stderr()).toMatch(said);
  expect(await rowsOf(database.db, 'select * from cph.images')).toMatchObject([
    { image_id: 'before', removed_at: null },
  ]);

  await rowsOf(database.db, mends);
  // A look that could not be written keeps its lease until that runs out, after 15 s.
  await until(async () => (await rowsOf(database.db, 'select from cph.images')).length === 2);
  expect(told()).toBe(1);
  running.child.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 0 });
});
