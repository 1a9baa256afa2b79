import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf, rowVersions, runsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { holdSweep, lookTimes, scriptedProject } from './support/scripted-project.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const statuses = async () => {
  const rows = await rowsOf(database.db, 'select image_id, status from cph.images order by image_id');
  return Object.fromEntries(rows.map(({ image_id, status }) => [image_id, status]));
};

describe('a watch of the simulated cloud', () => {
  test('is one request while nothing is being created, and writes nothing but its run', async () => {
    const { world, cloud, sweep, watch } = await simulatedProject(database.db);
    world.create({ image_id: 'done', status: 1 });
    await sweep();
    const before = await rowVersions(database.db);
    const swept = cloud.requests.length;
    expect(await watch()).toMatchObject({ kind: 'watch', status: 'succeeded', requests: 1, listed: 0 });
    expect(cloud.requests.slice(swept)).toMatchObject([
      { endpoint: 'images', query: { image_type: 'private', status: '0', limit: '100', offset: '0' } },
    ]);
    expect(await rowVersions(database.db)).toEqual(before);
  });

  test('sees an image that has begun to be created', async () => {
    const { world, sweep, watch } = await simulatedProject(database.db);
    world.create({ image_id: 'done', status: 1 });
    await sweep();
    world.create({ image_id: 'new' });
    expect(await watch()).toMatchObject({ created: 1, requests: 1 });
    expect(await statuses()).toEqual({ done: 'usable', new: 'creating' });
  });

  test('sees failure and completion, asking for each image once', async () => {
    const { world, cloud, sweep, watch } = await simulatedProject(database.db);
    for (const image_id of ['stays', 'fails', 'finishes']) world.create({ image_id });
    await sweep();
    world.fail('fails');
    world.finish('finishes');
    const swept = cloud.requests.length;
    expect(await watch()).toMatchObject({ status: 'succeeded', status_changed: 2, requests: 3 });
    const asked = cloud.requests.slice(swept + 1).map(({ query }) => query.image_id);
    expect(asked.toSorted()).toEqual(['fails', 'finishes']);
    expect(await statuses()).toEqual({ stays: 'creating', fails: 'failed', finishes: 'usable' });
    expect(
      await rowsOf(
        database.db,
        'select image_id, from_status, to_status from cph.image_status_transitions where from_status is not null order by image_id',
      ),
    ).toEqual([
      { image_id: 'fails', from_status: 'creating', to_status: 'failed' },
      { image_id: 'finishes', from_status: 'creating', to_status: 'usable' },
    ]);
  });

  test('leaves one event for a change that the next sweep sees again', async () => {
    const { world, sweep, watch } = await simulatedProject(database.db);
    world.create({ image_id: 'fails' });
    await sweep();
    world.fail('fails');
    await watch();
    expect(await sweep()).toMatchObject({ status: 'succeeded', status_changed: 0 });
    expect(await wholeLog(database.db)).toHaveLength(2);
  });

  test('never takes an image for gone', async () => {
    const { world, sweep, watch } = await simulatedProject(database.db);
    world.create({ image_id: 'creating' });
    world.create({ image_id: 'done', status: 1 });
    await sweep();
    const before = await rowVersions(database.db);
    world.remove('creating');
    world.remove('done');
    for (const _ of [1, 2, 3]) expect(await watch()).toMatchObject({ status: 'succeeded', removed: 0 });
    expect(await rowVersions(database.db)).toEqual(before);
  });

  test('writes what it learned before a question failed, and is partial', async () => {
    const { world, cloud, sweep, watch } = await simulatedProject(database.db);
    for (let i = 0; i < 12; i += 1) world.create({ image_id: `i${i}` });
    await sweep();
    for (let i = 0; i < 12; i += 1) world.finish(`i${i}`);
    const effect = { kind: 'error', code: 'CPS.0003' } as const;
    cloud.setFaults([{ when: { query: { image_id: 'i0' } }, effect }]);
    expect(await watch()).toMatchObject({ status: 'partial', error: { code: 'CPS.0003' } });
    const after = await statuses();
    expect(after).toMatchObject({ i0: 'creating', i1: 'usable' });
    cloud.setFaults([]);
    await watch();
    expect(new Set(Object.values(await statuses()))).toEqual(new Set(['usable']));
    expect(await wholeLog(database.db)).toHaveLength(24);
  });

  test('that fails says so on its run, and does not count as a failure of the project', async () => {
    const { cloud, sweep, watch } = await simulatedProject(database.db);
    await sweep();
    cloud.setFaults([{ effect: { kind: 'error', code: 'APIGW.0601' } }]);
    expect(await watch()).toMatchObject({ status: 'failed' });
    expect((await runsOf(database.db)).at(-1)).toMatchObject({
      kind: 'watch',
      status: 'failed',
      error_code: 'APIGW.0601',
    });
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_run_status: 'succeeded', consecutive_failures: 0 },
    ]);
  });

  test('has nothing to look at where the images endpoint is not read', async () => {
    const { cloud, sweep, watch } = await simulatedProject(database.db, {
      env: { CPH_SOURCES: 'phone-images' },
    });
    await sweep();
    const swept = cloud.requests.length;
    expect(await watch()).toBeNull();
    expect(cloud.requests).toHaveLength(swept);
    expect(await runsOf(database.db)).toHaveLength(1);
  });
});

describe('a watch during which a sweep adds an image that it did not see', () => {
  test('does not claim to have seen it', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
    const { api, sweep, watch } = await scriptedProject(database.db);
    const other = imagesRecord('other', { status_code: 0 });
    api.records = [other];
    await sweep({ now: lookTimes(at(-5), at(-4)) });
    api.records = [other, imagesRecord('a', { status_code: 0 })];
    const older = holdSweep(api);
    const first = sweep({ now: lookTimes(at(0), at(1)) });
    await older.seen;

    api.records = [imagesRecord('a', { status_code: 1 })];
    api.unlisted = [other];
    api.hold = async (answer) => {
      if (answer !== 'by id') return;
      older.letGo();
      await first;
    };
    await watch({ now: lookTimes(at(5), at(6)) });
    api.hold = () => undefined;
    await sweep({ now: lookTimes(at(10), at(11)) });
    const [, change] = await rowsOf(
      database.db,
      `select * from cph.image_status_transitions where image_id = 'a' order by event_seq`,
    );
    expect(change).toMatchObject({ from_status: 'creating', to_status: 'usable', observed_at: at(11) });
    // Begun at minute 0, the sweep is the last look that saw it being created; at minute 5 it was usable already.
    expect(change).toMatchObject({ previous_observed_at: at(0) });
  });
});
