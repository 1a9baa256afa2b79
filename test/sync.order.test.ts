import { beforeEach, describe, expect, test } from 'vitest';
import { readEvents } from '../src/store/events.ts';
import { showRuns } from '../src/store/runs.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { currentImages, foldedLog, rowsOf, rowVersions, runsOf, wholeLog } from './support/inventory-rows.ts';
import { holdLock, untilWaiting, waitingQueries } from './support/locks.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { holdSweep, scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

describe('two looks at one project', () => {
  test('the older one writes nothing when the newer one was applied first', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [imagesRecord('a', { image_name: 'old name' })];
    const older = holdSweep(api);
    const first = sweep();
    await older.seen;

    api.hold = () => undefined;
    api.records = [imagesRecord('a', { image_name: 'new name' }), imagesRecord('b')];
    expect(await sweep()).toMatchObject({ run_id: 2, status: 'succeeded', created: 2 });
    const written = await rowVersions(database.db);

    older.letGo();
    expect(await first).toMatchObject({ run_id: 1, status: 'abandoned', created: 0, updated: 0 });
    expect(await rowVersions(database.db)).toEqual(written);
    expect(await runsOf(database.db)).toMatchObject([{ status: 'abandoned' }, { status: 'succeeded' }]);
  });

  test('the older one writes nothing when it brings the digest of an earlier sweep', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [imagesRecord('a')];
    await sweep();
    const older = holdSweep(api);
    const second = sweep();
    await older.seen;

    api.hold = () => undefined;
    expect(await sweep()).toMatchObject({ run_id: 3, status: 'succeeded' });
    const project = await rowsOf(database.db, 'select * from cph.projects');
    older.letGo();
    expect(await second).toMatchObject({ run_id: 2, status: 'abandoned' });
    expect(await rowsOf(database.db, 'select * from cph.projects')).toEqual(project);
  });

  test('the newer one is compared again when the older one was applied meanwhile', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [imagesRecord('a'), imagesRecord('gone')];
    await sweep();
    api.records = [imagesRecord('a')];
    await sweep();

    // The older look waits with what it has seen until the newer one has read what is known.
    const older = moment();
    api.records = [imagesRecord('a'), imagesRecord('gone'), imagesRecord('b')];
    let lists = 0;
    api.hold = async (answer) => {
      if (answer === 'all') lists += 1;
      if (answer === 'all' && lists === 1) await older.come;
    };
    api.circumstances = { proofs: { share: 'incomplete' } };
    const first = sweep();
    await until(() => lists === 1);

    api.circumstances = {};
    api.records = [imagesRecord('a', { image_name: 'renamed' }), imagesRecord('b')];
    api.hold = async (answer) => {
      if (answer !== 'by id') return;
      older.now();
      await first;
    };
    expect(await sweep()).toMatchObject({ run_id: 4, status: 'succeeded', created: 0, updated: 1 });
    expect(await first).toMatchObject({ run_id: 3, status: 'partial', created: 1 });
    // The older look saw the image that was about to be removed: it is missing for the first time again. One that is
    // listed was asked for too, which the API must not deny.
    expect(api.asked).toEqual(['gone', 'a']);
    expect(
      await rowsOf(database.db, `select image_id from cph.images where missing_since is not null`),
    ).toEqual([{ image_id: 'gone' }]);
    const log = await wholeLog(database.db);
    expect(log.map(({ type, image_id, run_id }) => [type, image_id, run_id])).toEqual([
      ['cph.image.created', 'a', 1],
      ['cph.image.created', 'gone', 1],
      ['cph.image.created', 'b', 3],
      ['cph.image.updated', 'a', 4],
    ]);
    expect(await foldedLog(database.db, 'p1')).toEqual(await currentImages(database.db, 'p1'));
  });

  test('an older one that fails late does not make the project look failed', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    const older = holdSweep(api);
    api.circumstances = { proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' } };
    const first = sweep();
    await older.seen;

    api.hold = () => undefined;
    api.circumstances = {};
    await sweep();
    older.letGo();
    await first;
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_run_status: 'succeeded', consecutive_failures: 0 },
    ]);
  });

  test('neither fails when the older one fails while the newer one is applied', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    const older = holdSweep(api);
    api.circumstances = { proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' } };
    const first = sweep();
    await older.seen;
    // Else the newer one would wait to show it, and not to be applied.
    await showRuns(database.db, 'p1', 1);

    const lock = await holdLock(database.directUrl, 'select from cph.projects for no key update');
    api.hold = () => undefined;
    // Not complete, so that it does not begin with the comparison of digests.
    api.circumstances = { proofs: { share: 'incomplete' } };
    const second = sweep();
    await untilWaiting(database.db, 1);
    older.letGo();
    await untilWaiting(database.db, 2);
    await lock.release();
    expect(await second).toMatchObject({ status: 'partial' });
    expect(await first).toMatchObject({ status: 'abandoned' });
    expect(await runsOf(database.db)).toMatchObject([{ status: 'abandoned' }, { status: 'partial' }]);
  });
});

describe('the numbers of the log', () => {
  test('are given out in the order of commits, also when an apply is held up before its commit', async () => {
    const slow = await scriptedProject(database.db, 'slow');
    const fast = await scriptedProject(database.db, 'fast');
    slow.api.records = [imagesRecord('with a transition')];
    fast.api.records = [phoneRecord('without one')];

    // The transitions are written last, with the numbers of the events already given out.
    const lock = await holdLock(
      database.directUrl,
      'lock table cph.image_status_transitions in exclusive mode',
    );
    const slowSweep = slow.sweep();
    await untilWaiting(database.db, 1);
    let ended = false;
    const fastSweep = fast.sweep().finally(() => {
      ended = true;
    });
    await until(async () => ended || (await waitingQueries(database.db)).length === 2);
    const seen = await readEvents(database.db, { after: 0, limit: 10 });
    await lock.release();
    await Promise.all([slowSweep, fastSweep]);

    const rest = await readEvents(database.db, { after: seen.at(-1)?.seq ?? 0, limit: 10 });
    expect([...seen, ...rest].map(({ project_id }) => project_id)).toEqual(['slow', 'fast']);
  });

  test('let a reader that remembers the last one miss nothing while projects are swept side by side', async () => {
    const ids = ['p1', 'p2', 'p3', 'p4'];
    const projects = await Promise.all(ids.map((id) => scriptedProject(database.db, id)));
    let sweeping = true;
    const sweeps = projects.map(async ({ api, sweep }, place) => {
      for (let turn = 1; turn <= 8; turn += 1) {
        // Applies of many sizes, so that they take different times from their first number to their commit.
        const images = 1 + ((turn * 37 + place * 101) % 120);
        api.records = Array.from({ length: images }, (_, i) =>
          imagesRecord(`i${i}`, { image_name: `${turn}` }),
        );
        await sweep();
      }
    });
    const done = Promise.all(sweeps).finally(() => {
      sweeping = false;
    });
    const seen: number[] = [];
    while (sweeping) {
      const page = await readEvents(database.db, { after: seen.at(-1) ?? 0, limit: 1000 });
      seen.push(...page.map(({ seq }) => seq));
    }
    await done;
    const last = await readEvents(database.db, { after: seen.at(-1) ?? 0, limit: 100_000 });
    const log = await wholeLog(database.db);
    expect(log.length).toBeGreaterThan(500);
    expect([...seen, ...last.map(({ seq }) => seq)]).toEqual(log.map(({ seq }) => seq));
  });
});
