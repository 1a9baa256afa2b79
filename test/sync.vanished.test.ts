/** Images that an answer leaves out in ways that look like their end, while the API still has them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { approveRemovals, readHeld } from '../src/store/approvals.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const current = () => rowsOf(database.db, 'select image_id from cph.images where removed_at is null');

async function projectOf(images: number) {
  const project = await simulatedProject(database.db);
  for (let i = 0; i < images; i += 1)
    project.world.create({ image_id: `image-${i}`, status: 1, listed_in: ['images'] });
  await project.sweep();
  return project;
}

describe('an API that shows 130 rows, counts 130 and goes no deeper', () => {
  const edition = { limit: { clamped: 10 }, total: { capped: 130 }, deepest: { row: 130 } } as const;

  test.each([
    [{ byId: 'answers' }, {}],
    [{ byId: { refused: 'CPS.0030' } }, { code: 'untold_images' }],
  ] as const)('keeps what the listing no longer shows (%j)', async (asked, error) => {
    const { cloud, sweep } = await projectOf(138);
    for (const beyondEnd of ['empty', 'refused'] as const) {
      cloud.setEdition({ ...edition, ...asked, beyondEnd });
      for (const _ of [1, 2, 3]) expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
      expect((await sweep()).error ?? {}).toMatchObject(error);
    }
    expect(await current()).toHaveLength(138);
  });
});

describe('an API that answers everything without a list', () => {
  const answers = (body: object) => [
    {
      effect: { kind: 'raw', status: 200, contentType: 'application/json', body: JSON.stringify(body) },
    } as const,
  ];

  test.each([
    { total: 0 },
    { total: '0' },
    { total: 0, request_id: 'r' },
    { count: 0 },
    { total: 0, image_infos: null, phone_images: null },
    { total: 0, code: 200, message: 'ok' },
  ])('is held, however few images there are, until a person agrees: %j', async (body) => {
    const { cloud, sweep } = await projectOf(2);
    cloud.setFaults(answers(body));
    for (const _ of [1, 2, 3])
      expect(await sweep()).toMatchObject({ status: 'held', removed: 0, held_listings: ['images/private'] });
    expect(cloud.requests.filter(({ query }) => query.image_id)).toEqual([]);
    expect(await current()).toHaveLength(2);
    await approveRemovals(database.db, 'p1', (await readHeld(database.db, 'p1')).images);
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 2 });
  });

  test.each([
    { total: 0, message: 'request timed out, try again' },
    { total: 0, error_msg: 'busy' },
    { total: 0, code: 500 },
  ])('and says that it failed is a failure: %j', async (body) => {
    const { cloud, sweep } = await projectOf(2);
    cloud.setFaults(answers(body));
    for (const _ of [1, 2, 3]) expect(await sweep()).toMatchObject({ status: 'failed', removed: 0 });
    expect(await current()).toHaveLength(2);
  });

  test('that leaves out empty lists, and only those, loses nothing else to the brake', async () => {
    const { world, cloud, sweep } = await projectOf(2);
    world.create({ image_id: 'lent', image_type: 'share', status: 1, listed_in: ['images'] });
    cloud.setEdition({ emptyList: 'absent-with-total' });
    await sweep();
    world.remove('lent');
    await sweep();
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 1 });
  });
});
