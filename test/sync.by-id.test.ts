import { beforeEach, describe, expect, test } from 'vitest';
import { approveRemovals, readHeld } from '../src/store/approvals.ts';
import { sweepProject } from '../src/sync/sweep.ts';
import { imagesRecord, nameless } from './support/image-records.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const many = (count: number) => Array.from({ length: count }, (_, i) => imagesRecord(`image-${i}`));

/** A project of `count` images of which the first `gone` are missing, and may go. */
async function afterDeletion(count: number, gone: number) {
  const scripted = await scriptedProject(database.db);
  scripted.api.records = many(count);
  await scripted.sweep();
  scripted.api.records = many(count).slice(gone);
  await scripted.sweep();
  return scripted;
}

describe('questions by id', () => {
  test('are bounded in each sweep, and every turn asks for others, until all are gone', async () => {
    const { api, sweep } = await afterDeletion(1300, 250);
    const gone = () => api.asked.filter((image_id) => image_id !== 'image-250');
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 200 });
    expect(gone()).toHaveLength(200);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 50 });
    expect(new Set(gone()).size).toBe(250);
    expect(api.asked).toHaveLength(252);
  });

  test('are not believed where the API denies by id what it lists', async () => {
    const { api, project, sweep } = await afterDeletion(60, 2);
    const denying = { ...project, findImage: async () => null };
    const control = { now: () => new Date(), signal: new AbortController().signal };
    for (const _ of [1, 2])
      expect(await sweepProject(database.db, denying, control)).toMatchObject({
        status: 'succeeded',
        removed: 0,
        error: { code: 'untold_images', message: expect.stringContaining('denies_what_it_lists') },
      });
    expect(await sweep()).toMatchObject({ removed: 2, error: null });
    expect(api.asked).toEqual(['image-0', 'image-1', 'image-2']);
  });

  test('do not stop at those that are never answered: the turn comes to all', async () => {
    const { api, sweep } = await afterDeletion(2400, 420);
    const gone = many(420).map(({ image_id }) => image_id);
    api.refused = gone;
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
    const others = gone.filter((image_id) => !api.asked.includes(image_id)).slice(0, 20);
    api.refused = gone.filter((image_id) => !others.includes(image_id));
    let removed = 0;
    for (let n = 0; n < 12 && removed < 20; n += 1) removed += (await sweep()).removed;
    expect(removed).toBe(20);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
  });

  test('one that is refused leaves its image unproven, and no more; the run says so', async () => {
    const { api, sweep } = await afterDeletion(60, 9);
    api.refused = ['image-4'];
    const error = { code: 'untold_images', message: expect.stringMatching(/^1 missing image .*CPS\.0099/) };
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 8, error });
    for (const _ of [1, 2]) expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
    const left = 'select image_id from cph.images where missing_since is not null and removed_at is null';
    expect(await rowsOf(database.db, left)).toEqual([{ image_id: 'image-4' }]);
  });

  test('that are refused every time are said in the row that their sweeps share', async () => {
    const { api, sweep } = await afterDeletion(60, 2);
    api.refused = ['image-0', 'image-1'];
    for (const _ of [1, 2, 3]) expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
    expect((await runsOf(database.db)).at(-1)).toMatchObject({ error_code: 'untold_images', looks: 3 });
    api.refused = [];
    expect(await sweep()).toMatchObject({ removed: 2, error: null });
  });

  test('let a watch go on meanwhile, and what it saw stands', async () => {
    const { api, sweep, watch } = await afterDeletion(60, 3);
    const asking = moment();
    const answer = moment();
    api.hold = (which) => {
      if (which !== 'by id') return;
      asking.now();
      return answer.come;
    };
    const sweeping = sweep();
    await asking.come;
    api.records = [...api.records, imagesRecord('new', { status_code: 0 })];
    expect(await watch()).toMatchObject({ status: 'succeeded', created: 1 });
    answer.now();
    expect(await sweeping).toMatchObject({ status: 'abandoned', removed: 0 });
    api.hold = () => undefined;
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 3 });
  });
});

describe('a run keeps', () => {
  test('twenty of the reasons why records were left out, and their number', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.circumstances = { rejected: Array.from({ length: 500 }, () => nameless('images')) };
    expect(await sweep()).toMatchObject({ rejected: 500 });
    const [run] = await runsOf(database.db);
    expect(run).toMatchObject({ rejected: 500 });
    expect(run?.rejections).toHaveLength(20);
  });

  test('twenty of its request ids, and their number', async () => {
    const { sweep } = await afterDeletion(600, 100);
    await sweep();
    for (const run of await runsOf(database.db)) expect(run.request_ids).toSatisfy((ids) => ids.length <= 20);
  });
});

describe('an approval', () => {
  const approvedIds = async () =>
    (
      await rowsOf(
        database.db,
        'select image_id from cph.images where removal_approved and removed_at is null',
      )
    ).map(({ image_id }) => image_id);

  test.each([
    ['a sweep', false],
    ['a partial sweep', true],
  ])('ends when %s shows its image again', async (_, partial) => {
    const { api, sweep } = await afterDeletion(60, 20);
    await approveRemovals(database.db, 'p1', (await readHeld(database.db, 'p1')).images);
    expect(await approvedIds()).toHaveLength(20);
    api.records = many(60).slice(19);
    if (partial) api.circumstances = { proofs: { all: 'failed' } };
    await sweep();
    expect(await approvedIds()).not.toContain('image-19');
    expect(
      await rowsOf(database.db, `select removed_at from cph.images where image_id = 'image-19'`),
    ).toEqual([{ removed_at: null }]);
  });

  test('is of the images that were missing then, and of no other that goes later', async () => {
    const { api, sweep } = await afterDeletion(200, 41);
    await approveRemovals(database.db, 'p1', (await readHeld(database.db, 'p1')).images);
    api.records = many(200).slice(90);
    expect(await sweep()).toMatchObject({ status: 'held', held_removals: 49, removed: 41 });
  });
});
