import { beforeEach, expect, test } from 'vitest';
import type { Image } from '../src/inventory/image.ts';
import type { Fault } from '../src/simulator/faults.ts';
import { createWorld, type World } from '../src/simulator/world.ts';
import { currentImages, foldedLog, rowsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { type SimulatedProject, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const TROUBLE: readonly Fault[] = [
  { when: { endpoint: 'phone-images', nth: { every: 5 } }, effect: { kind: 'error', code: 'CPS.0001' } },
  {
    when: { query: { image_type: 'private' }, nth: { every: 7 } },
    effect: { kind: 'error', code: 'CPS.0003' },
  },
  {
    when: { endpoint: 'images', nth: { every: 11 } },
    effect: { kind: 'patch', row: 0, set: { image_size: 'big' } },
  },
];

/** Sweeps, watches and trouble while images live by themselves; then a calm in which everything is noticed. */
async function live({ world, cloud, sweep, watch }: SimulatedProject, turns: number): Promise<void> {
  cloud.setFaults(TROUBLE);
  for (let turn = 0; turn < turns; turn += 1) {
    world.advance(8_000);
    await (turn % 3 === 0 ? sweep() : watch());
  }
  cloud.setFaults([]);
  for (const _ of [1, 2, 3]) await sweep();
}

const summary = (image: Pick<Image, 'image_id' | 'image_name' | 'status_code'>) =>
  `${image.image_id} ${image.image_name} ${image.status_code}`;

/** What both endpoints list; only the images endpoint tells the status. */
function expectedImages(world: World): string[] {
  const of = (endpoint: 'images' | 'phone-images') =>
    world.listing('p1', endpoint).map(({ image }) => {
      return { ...image, status_code: endpoint === 'images' ? image.status : null };
    });
  const images = new Map([...of('phone-images'), ...of('images')].map((image) => [image.image_id, image]));
  return Array.from(images.values(), summary).toSorted();
}

test('the log, folded, is the table, and the table is what the cloud holds', async () => {
  const start = new Date('2026-01-01T00:00:00Z');
  const world = createWorld({ seed: 3, start, projects: ['p1'], images: 40, life: { speed: 150 } });
  const simulated = await simulatedProject(database.db, { world, env: { CPH_REMOVAL_LIMIT: '100%' } });
  await live(simulated, 30);

  const log = await wholeLog(database.db);
  expect(new Set(log.map(({ type }) => type)).size).toBeGreaterThanOrEqual(4);
  const current = await currentImages(database.db, 'p1');
  expect(await foldedLog(database.db, 'p1')).toEqual(current);
  expect(Array.from(current.values(), summary).toSorted()).toEqual(expectedImages(world));
  expect(await rowsOf(database.db, MISMATCHES)).toEqual([]);
});

/** Transitions that do not take up where the last one of their image ended, or that are not those of the events. */
const MISMATCHES = `
  with chained as (
    select t.*, lag(to_status) over of_image as last_status, lag(observed_at) over of_image as last_observed_at
    from cph.image_status_transitions t
    window of_image as (partition by project_id, image_id order by event_seq)
  )
  select e.seq, t.event_seq
  from cph.image_events e
  full join chained t on t.event_seq = e.seq
  where (e.transition is not null) <> (t.event_seq is not null)
    or (t.from_status, t.to_status) is distinct from (e.transition ->> 'from', e.transition ->> 'to')
    or (t.last_status is not null and t.from_status is distinct from t.last_status)
    or t.previous_observed_at not between t.last_observed_at and t.observed_at`;
