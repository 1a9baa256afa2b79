import { beforeEach, expect, test } from 'vitest';
import { approve } from '../src/commands/approve.ts';
import { plan } from '../src/commands/plan.ts';
import { heardContext, outcomeOf } from './support/command-context.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { projectEnv, type SimulatedProject, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

/** Twelve private images beside three hundred public ones, of which a sweep has just missed the twelve. */
async function held(): Promise<SimulatedProject> {
  const found = await simulatedProject(database.db);
  const { world, sweep } = found;
  for (let n = 0; n < 300; n += 1) world.create({ image_id: `public-${n}`, image_type: 'public', status: 1 });
  for (let n = 0; n < 12; n += 1) {
    world.create({ image_id: `own-${n}`, image_name: `build ${n}`, image_type: 'private', status: 1 });
  }
  expect(await sweep()).toMatchObject({ status: 'succeeded', created: 312 });
  for (let n = 0; n < 12; n += 1) world.remove(`own-${n}`);
  world.advance(60_000);
  expect(await sweep()).toMatchObject({
    status: 'held',
    removed: 0,
    held_removals: 12,
    held_listings: expect.arrayContaining(['images/private']),
  });
  return found;
}

const approvals = () =>
  rowsOf(database.db, `select count(*)::int as n from cph.images where removal_approved`).then(
    ([row]) => row?.n,
  );
const env = () => ({ DATABASE_URL: database.url });
const NOW = new Date('2026-01-01T02:00:00Z');
const outcome = (options: { yes?: boolean; json?: boolean }) =>
  outcomeOf((context) => approve('p1', options, context), { env: env(), now: NOW });

test('shows what is held by name, and approves nothing where there is nobody to ask', async () => {
  await held();
  const { code, text } = await outcome({});
  expect(code).toBe(2);
  expect(text).toMatch(/build 3\town-3\tusable\timages, phone-images\t/);
  expect(text).toContain('images/private');
  expect(text).toContain('cph-inventory approve p1 --yes');
  expect(await approvals()).toBe(0);
});

test('tells what is held as a document, and approves it only with --yes', async () => {
  await held();
  const { code, text } = await outcome({ json: true });
  expect(code).toBe(0);
  const document = JSON.parse(text);
  expect(document).toMatchObject({ project_id: 'p1', approved: 0 });
  expect(document.images).toHaveLength(12);
  expect(document.images[0]).toMatchObject({ image_id: 'own-0', missing_since: expect.any(String) });
  expect(await approvals()).toBe(0);
  expect(JSON.parse((await outcome({ json: true, yes: true })).text)).toMatchObject({ approved: 12 });
  expect(await approvals()).toBe(12);
});

test.each([
  [false, 0, 'Nothing was approved.'],
  [true, 12, '12 removals approved'],
])('asks on a terminal, and %s is taken for an answer', async (answer, approved, said) => {
  const { sweep } = await held();
  const { context, stdout } = heardContext({ env: env(), now: () => NOW });
  const asked: string[] = [];
  const confirm = async (question: string) => {
    asked.push(question);
    return answer;
  };
  expect(await approve('p1', {}, { ...context, confirm })).toBe(0);
  expect(asked).toEqual(['Let these 12 removals of p1 go through?']);
  expect(stdout()).toContain(said);
  expect(await approvals()).toBe(approved);
  expect(await sweep()).toMatchObject({ removed: approved });
});

test('has nothing to ask where nothing is held', async () => {
  const { world, sweep } = await simulatedProject(database.db);
  world.create({ image_id: 'a', status: 1 });
  await sweep();
  expect(await outcome({})).toEqual({ code: 0, text: 'Nothing is held for project p1.\n' });
});

test('plan names what would be removed, since when it is missing, and what is held', async () => {
  const { cloud } = await held();
  const given = { ...projectEnv(cloud, 'p1'), ...env() };
  const planned = await outcomeOf((context) => plan({ json: true }, context), { env: given, now: NOW });
  expect(planned.code).toBe(3);
  const [document] = JSON.parse(planned.text);
  expect(document).toMatchObject({ status: 'held', held_removals: 12 });
  expect(document.removals).toHaveLength(12);
  expect(document.removals[0]).toEqual({
    image_id: expect.stringMatching(/^own-/),
    image_name: expect.stringMatching(/^build /),
    missing_since: expect.any(String),
    when: 'held',
  });
  const { text } = await outcomeOf((context) => plan({}, context), { env: given, now: NOW });
  expect(text).toMatch(/missing\town-3\tbuild 3\theld until a person approves, missing since 2026-/);
});

test('plan says which project cannot be read', async () => {
  const { cloud } = await held();
  cloud.setFaults([{ effect: { kind: 'error', code: 'CPS.0001' } }]);
  const given = { ...projectEnv(cloud, 'p1'), ...env() };
  const { code, text } = await outcomeOf((context) => plan({}, context), { env: given, now: NOW });
  expect(code).toBe(1);
  expect(text).toMatch(/Project p1\nIt cannot be read: .*CPS\.0001/);
});
