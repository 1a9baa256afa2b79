import { beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../src/commands/approve.ts';
import type { CommandContext } from '../src/commands/command.ts';
import { outcomeOf } from './support/command-context.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const FORTY = Array.from({ length: 40 }, (_, i) => imagesRecord(`i${String(i).padStart(2, '0')}`));
const GONE = FORTY.slice(0, 12).map(({ image_id }) => image_id);

/** Twelve of forty images are gone from the private listing at minute 20, which is too many. */
async function disappearance() {
  const scripted = await scriptedProject(database.db);
  scripted.api.records = [...FORTY];
  await scripted.sweep({ now: () => at(0) });
  scripted.api.records = FORTY.slice(12);
  expect(await scripted.sweep({ now: () => at(20) })).toMatchObject({ status: 'held', held_removals: 12 });
  return scripted;
}

/** Runs `approve p1`; piped unless somebody sits at a terminal and answers. */
function run(options: { yes?: boolean; json?: boolean } = {}, confirm: CommandContext['confirm'] = null) {
  const env = { DATABASE_URL: database.url };
  return outcomeOf((context) => approve('p1', options, { ...context, confirm }), { env, now: at(50) });
}

const approvedIds = async () => {
  const rows = await rowsOf(
    database.db,
    'select image_id from cph.images where removal_approved order by image_id',
  );
  return rows.map(({ image_id }) => image_id);
};

test('--yes shows the held images and the listings that miss them, and lets them go at the next sweep', async () => {
  const { sweep } = await disappearance();
  const { code, text } = await run({ yes: true });
  expect(code).toBe(0);
  const lines = text.split('\n');
  expect(lines[0]?.split('\t')).toEqual(['NAME', 'STATUS', 'MISSING FROM', 'IMAGE', 'MISSING FOR']);
  expect(lines.slice(1, 13).map((line) => line.split('\t'))).toEqual(
    GONE.map((id) => [`name of ${id}`, 'usable', 'images', id, '30 min']),
  );
  expect(lines[13]).toBe('Held because too many are missing from: images/private.');
  expect(lines[14]).toContain('12 removals approved for project p1');
  expect(await approvedIds()).toEqual(GONE);
  expect(await sweep({ now: () => at(60) })).toMatchObject({ status: 'succeeded', removed: 12 });
});

test('asks about the project by its name, whatever it was called by', async () => {
  await disappearance();
  await rowsOf(database.db, `update cph.projects set name = 'Kiosk'`);
  const asked: string[] = [];
  const { text } = await run({}, async (question) => asked.push(question) > 0);
  expect(asked).toEqual([expect.stringContaining('12 removals of Kiosk (p1) go through?')]);
  expect(text).toContain('12 removals approved for project Kiosk (p1)');
});

describe('--json', () => {
  const since = at(20).toISOString();
  const document = (text: string) => JSON.parse(text) as Record<string, unknown>;

  test.each([
    ['piped', null],
    ['on a terminal, where it asks nothing', () => Promise.reject(new Error('asked'))],
  ])('without --yes prints what is held and approves nothing, %s', async (_, confirm) => {
    await disappearance();
    const { code, text } = await run({ json: true }, confirm);
    expect(code).toBe(0);
    expect(document(text)).toEqual({
      project_id: 'p1',
      listings: ['images/private'],
      images: GONE.map((image_id) => ({
        image_id,
        image_name: `name of ${image_id}`,
        status: 'usable',
        missing_from: ['images'],
        missing_since: since,
      })),
      approved: 0,
    });
    expect(await approvedIds()).toEqual([]);
  });

  test('with --yes approves, and prints nothing but the document', async () => {
    await disappearance();
    const { text } = await run({ json: true, yes: true });
    expect(document(text)).toMatchObject({ project_id: 'p1', approved: 12 });
    expect(await approvedIds()).toEqual(GONE);
  });

  test('prints a document also where nothing is held', async () => {
    await scriptedProject(database.db);
    const { code, text } = await run({ json: true });
    expect(code).toBe(0);
    expect(document(text)).toEqual({ project_id: 'p1', listings: [], images: [], approved: 0 });
  });
});

test('without a terminal and without --yes it shows what is held, says how to approve, and ends with 2', async () => {
  await disappearance();
  const { code, text } = await run();
  expect(code).toBe(2);
  expect(text).toContain('name of i11');
  expect(text).toContain('cph-inventory approve p1 --yes');
  expect(await approvedIds()).toEqual([]);
});

describe('on a terminal', () => {
  test.each([
    [false, [], 'Nothing was approved.'],
    [true, GONE, '12 removals approved'],
  ])('the answer %s decides', async (answer, approved, said) => {
    await disappearance();
    const asked: string[] = [];
    const { code, text } = await run({}, async (question) => {
      asked.push(question);
      return answer;
    });
    expect(code).toBe(0);
    expect(asked).toEqual([expect.stringMatching(/12 removals of p1/)]);
    expect(text).toContain(said);
    expect(await approvedIds()).toEqual(approved);
  });

  test('only what was shown is approved, not what a sweep missed while the person read', async () => {
    const { api, sweep } = await disappearance();
    await run({}, async () => {
      api.records = FORTY.slice(20);
      await sweep({ now: () => at(50) });
      return true;
    });
    expect(await approvedIds()).toEqual(GONE);
  });
});

describe('what is held', () => {
  test('is not what a listing misses that is not held', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    const shared = ['s1', 's2', 's3', 's4'].map((id) => imagesRecord(id, { image_type: 'share' }));
    api.records = [...FORTY, ...shared];
    await sweep();
    api.records = FORTY.slice(1);
    expect(await sweep()).toMatchObject({ held_removals: 4, held_listings: ['images/share'] });
    const { text } = await run({ yes: true });
    expect(text).toContain('4 removals approved');
    expect(text).not.toContain('i00');
    expect(await approvedIds()).toEqual(['s1', 's2', 's3', 's4']);
  });

  test('is also an image that another source still lists, or whose listing is not known', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = FORTY.flatMap((record) => [record, phoneRecord(record.image_id)]);
    await sweep();
    await rowsOf(database.db, `update cph.images set listed_under = null where image_id = 'i00'`);
    api.records = [...FORTY.slice(12), ...FORTY.map(({ image_id }) => phoneRecord(image_id))];
    expect(await sweep()).toMatchObject({ held_removals: 12 });
    expect((await run({ yes: true })).text).toContain('12 removals approved');
    expect(await approvedIds()).toEqual(GONE);
  });

  test('is all that is missing where no run names the listings any more', async () => {
    await disappearance();
    await rowsOf(database.db, `update cph.sync_runs set held_listings = '{}'`);
    expect((await run({ yes: true })).text).toContain('12 removals approved');
  });
});

describe('nothing to approve', () => {
  test.each([{}, { yes: true }])('ends with 0 and says so, whoever asks: %j', async (options) => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [...FORTY];
    await sweep();
    api.records = FORTY.slice(1);
    await sweep();
    expect(await run(options)).toEqual({ code: 0, text: 'Nothing is held for project p1.\n' });
    expect(await approvedIds()).toEqual([]);
  });

  test('a project that was never swept is no project with nothing held', async () => {
    expect(await run({ yes: true })).toMatchObject({ code: 2, text: expect.stringContaining('"p1"') });
  });
});
