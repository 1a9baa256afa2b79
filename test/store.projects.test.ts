import { beforeEach, expect, test } from 'vitest';
import { lockProject, markUnconfigured, registerProjects, setProjectTimes } from '../src/store/projects.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const P1 = { project_id: 'p1', region: 'ap-southeast-3', name: null };
const P2 = { project_id: 'p2', region: 'ap-southeast-3', name: 'shop' };

function rows(columns: string) {
  return rowsOf(database.db, `select project_id, ${columns} from cph.projects order by project_id`);
}

test('projects are known under their present regions and names, and configured again', async () => {
  await registerProjects(database.db, [P1, P2]);
  await markUnconfigured(database.db, ['p1'], new Date());
  await registerProjects(database.db, [
    { ...P1, name: 'stage' },
    { ...P2, region: 'eu-west-101' },
  ]);
  expect(await rows('region, name, unconfigured_since')).toEqual([
    { project_id: 'p1', region: 'ap-southeast-3', name: 'stage', unconfigured_since: null },
    { project_id: 'p2', region: 'eu-west-101', name: 'shop', unconfigured_since: null },
  ]);
});

test('a project of which something is known from another region is told of, once', async () => {
  await registerProjects(database.db, [P1, P2]);
  await rowsOf(
    database.db,
    `update cph.projects set last_applied_run_id = 1 where project_id = 'p1' returning 1`,
  );
  const moved = [P1, P2].map((project) => ({ ...project, region: 'cn-north-4' }));
  expect(await registerProjects(database.db, moved)).toEqual([
    { project_id: 'p1', from: 'ap-southeast-3', to: 'cn-north-4' },
  ]);
  expect(await registerProjects(database.db, moved)).toEqual([]);
});

test('each project has its own times', async () => {
  await registerProjects(database.db, [P1, P2]);
  await setProjectTimes(database.db, [
    { project_id: 'p1', sync_interval_ms: 300_000, stuck_after_ms: 90_500 },
    { project_id: 'p2', sync_interval_ms: 86_400_000, stuck_after_ms: 1_800_000 },
    { project_id: 'unknown', sync_interval_ms: 1, stuck_after_ms: 1 },
  ]);
  expect(await rows('sync_interval::text, stuck_after::text')).toEqual([
    { project_id: 'p1', sync_interval: '00:05:00', stuck_after: '00:01:30.5' },
    { project_id: 'p2', sync_interval: '24:00:00', stuck_after: '00:30:00' },
  ]);
});

test('a start with nothing new waits for no apply and writes no row', async () => {
  const times = [{ project_id: 'p1', sync_interval_ms: 1000, stuck_after_ms: 1000 }];
  await registerProjects(database.db, [P1, P2]);
  await setProjectTimes(database.db, times);
  const before = await rows('xmin::text, ctid::text');
  await database.db.transaction(async (tx) => {
    await lockProject(tx, 'p1');
    await registerProjects(database.db, [P1, P2]);
    await setProjectTimes(database.db, times);
    await markUnconfigured(database.db, ['p1', 'p2'], new Date());
  });
  expect(await rows('xmin::text, ctid::text')).toEqual(before);
});
