import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { status } from '../src/commands/status.ts';
import { type OpenDatabase, openDatabase } from '../src/store/database.ts';
import { migrateDatabase, migrationState } from '../src/store/migrate.ts';
import { outcomeOf } from './support/command-context.ts';
import { append, created, imageIds } from './support/event-log.ts';
import { imagesRecord } from './support/image-records.ts';
import { currentImages, foldedLog, rowsOf, runsOf, wholeLog } from './support/inventory-rows.ts';
import { hasPgBouncer, type PgBouncer, startPgBouncer } from './support/pgbouncer.ts';
import { createTestDatabase, useTestDatabase } from './support/postgres.ts';
import { useRelays, webhook } from './support/relay.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { simulatedProject } from './support/simulated-project.ts';
import { until } from './support/until.ts';
import { useReceivers } from './support/webhook-receiver.ts';

describe.skipIf(!hasPgBouncer())('through a PgBouncer that lends connections by the transaction', () => {
  const database = useTestDatabase();
  const receivers = useReceivers();
  const relays = useRelays();
  let proxy: PgBouncer;
  let pooled: OpenDatabase;
  let url = '';
  beforeAll(async () => {
    // Fewer than we open, so that they go from hand to hand.
    proxy = await startPgBouncer(inject('postgresUrl'), { connections: 3 });
    url = proxy.through(database.url);
    pooled = openDatabase({ url, applicationName: 'pooled', maxConnections: 8 });
  });
  afterAll(async () => {
    await pooled.close();
    await proxy.close();
  });
  beforeEach(() => database.truncate());

  test('sweeps and watches find what has changed, and remove what has gone', async () => {
    const { world, sweep, watch } = await simulatedProject(pooled.db);
    const [kept, gone] = [world.create({ status: 1 }), world.create({ status: 1 })];
    const built = world.create();
    expect(await sweep()).toMatchObject({ status: 'succeeded', created: 3 });
    world.fail(built.image_id);
    expect(await watch()).toMatchObject({ status: 'succeeded', status_changed: 1 });
    world.remove(gone.image_id);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 1 });
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
    const images = await currentImages(database.db, 'p1');
    expect([...images.keys()].toSorted()).toEqual([kept.image_id, built.image_id].toSorted());
    expect(await foldedLog(database.db, 'p1')).toEqual(images);
  });

  test('looks at the same projects at the same time leave one story', async () => {
    const ids = ['p1', 'p2', 'p3'];
    const projects = await Promise.all(ids.map((id) => scriptedProject(pooled.db, id)));
    const sweeps = projects.flatMap(({ api, sweep }) =>
      [1, 2, 3].map(async (turn) => {
        api.records = Array.from({ length: 20 * turn }, (_, i) =>
          imagesRecord(`i${i}`, { image_name: `${turn}` }),
        );
        return await sweep();
      }),
    );
    const reports = await Promise.all(sweeps);
    expect(reports.filter(({ status: end }) => end !== 'succeeded' && end !== 'abandoned')).toEqual([]);
    for (const { sweep } of projects) expect(await sweep()).toMatchObject({ status: 'succeeded' });
    for (const id of ids) {
      const images = await currentImages(database.db, id);
      expect(images.size).toBe(60);
      expect(await foldedLog(database.db, id)).toEqual(images);
    }
    const runs = await runsOf(database.db);
    expect(runs.filter((run) => run.status === 'running')).toEqual([]);
    const created_once = (await wholeLog(database.db)).filter(({ type }) => type === 'cph.image.created');
    expect(created_once).toHaveLength(3 * 60);
  });

  test('every event is delivered, in order, although nobody can listen', async () => {
    const receiver = await receivers.start();
    await relays.start({ db: pooled.db, url, sinks: [webhook(receiver.url)] });
    const ids = imageIds(300);
    await append(
      pooled.db,
      ids.map((id) => created(id)),
    );
    await until(() => receiver.accepted.length === ids.length);
    expect(receiver.accepted).toEqual(ids);
  });

  test('an empty database is migrated once, by however many', async () => {
    const empty = await createTestDatabase('template0');
    const emptyUrl = proxy.through(empty.url);
    const applied = await Promise.all([1, 2, 3].map(() => migrateDatabase({ url: emptyUrl })));
    expect(applied.filter((tags) => tags.length > 0)).toHaveLength(1);
    expect(await migrationState(empty.db)).toMatchObject({ pending: [], newer: [], changed: [] });
    await empty.close();
  });

  test('status answers', async () => {
    const { world, sweep } = await simulatedProject(pooled.db);
    world.create({ status: 1 });
    await sweep();
    const now = world.now();
    const answer = await outcomeOf((context) => status({ json: true }, context), {
      env: { DATABASE_URL: url },
      now,
    });
    expect(answer.code).toBe(0);
    expect(JSON.parse(answer.text)).toMatchObject({
      projects: [{ project_id: 'p1', last_run_status: 'succeeded' }],
    });
  });

  test('the limits of our transactions do not stay on a connection that goes to somebody else', async () => {
    await Promise.all([1, 2, 3, 4].map((id) => pooled.db.transaction((tx) => tx.execute(`select ${id}`))));
    const settings = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => rowsOf(pooled.db, `select current_setting('lock_timeout') as lock`)),
    );
    expect(settings.flat().map(({ lock }) => lock)).toEqual(Array(6).fill('0'));
  });
});
