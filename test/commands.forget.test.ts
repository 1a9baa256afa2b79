import { beforeEach, expect, test } from 'vitest';
import { forget } from '../src/commands/forget.ts';
import { runCommandLine } from '../src/commands/program.ts';
import { markUnconfigured } from '../src/store/projects.ts';
import { markUnconfiguredSinks, registerSinks } from '../src/store/sinks.ts';
import { heardContext, outcomeOf } from './support/command-context.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const NOW = new Date('2026-08-01T12:00:00Z');
const env = () => ({ DATABASE_URL: database.directUrl });

/** Two projects with two images each, a run each, and a sink with a dead letter of each. */
async function inventory(): Promise<void> {
  for (const project_id of ['p1', 'p2']) {
    const { api, sweep } = await scriptedProject(database.db, project_id);
    api.records = [imagesRecord(`${project_id}-a`), imagesRecord(`${project_id}-b`)];
    await sweep();
  }
  await registerSinks(
    database.db,
    [
      { name: 'hook', kind: 'webhook' },
      { name: 'other', kind: 'webhook' },
    ],
    NOW,
  );
  for (const sink of ['hook', 'other']) {
    await rowsOf(
      database.db,
      `insert into cph.dead_letters select '${sink}', seq, 1, 'no', now() from cph.image_events where image_id like '%-a'`,
    );
  }
}

/** Every row of every table that is about a project or a sink, by table. */
async function allRows(where: (table: string) => string): Promise<Record<string, number>> {
  const tables = await rowsOf(
    database.db,
    "select tablename from pg_tables where schemaname = 'cph' order by 1",
  );
  const counts: Record<string, number> = {};
  for (const { tablename } of tables) {
    const [row] = await rowsOf(
      database.db,
      `select count(*)::int as rows from cph.${tablename} t where ${where(String(tablename))}`,
    );
    counts[String(tablename)] = Number(row?.rows);
  }
  return counts;
}

const about = (word: string) => allRows(() => `t::text like '%${word}%'`);
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, rows) => all + rows, 0);

const run = (project_id: string | undefined, options: Parameters<typeof forget>[1]) =>
  outcomeOf((context) => forget(project_id, options, context), { env: env(), now: NOW });

test('a project that is no longer configured goes with all its rows, and others keep every one', async () => {
  await inventory();
  await markUnconfigured(database.db, ['p2'], NOW);
  const others = await about('p2');
  const { code, text } = await run('p1', { yes: true });
  expect(code).toBe(0);
  expect(text).toContain('cph.image_events\t2');
  expect(text).toContain('Deleted project p1.');
  expect(sum(await about('p1'))).toBe(0);
  expect(await about('p2')).toEqual(others);
  const left = 'select from cph.dead_letters where event_seq not in (select seq from cph.image_events)';
  expect(await rowsOf(database.db, left)).toEqual([]);
});

test('a sink that is no longer configured goes with its dead letters and open alerts', async () => {
  await inventory();
  await rowsOf(database.db, `insert into cph.open_alerts values ('hook', 'f', '{}', '{}', now(), now())`);
  await markUnconfiguredSinks(database.db, ['other'], NOW);
  const { code } = await run(undefined, { sink: 'hook', yes: true });
  expect(code).toBe(0);
  expect(await rowsOf(database.db, 'select name from cph.sinks')).toEqual([{ name: 'other' }]);
  expect(await rowsOf(database.db, 'select distinct sink from cph.dead_letters')).toEqual([
    { sink: 'other' },
  ]);
  expect(await rowsOf(database.db, 'select from cph.open_alerts')).toEqual([]);
});

test.each([
  ['a project that is configured', async () => undefined, 'p1', /it is configured/],
  [
    'a project somebody is at',
    async () => {
      await markUnconfigured(database.db, [], NOW);
      await rowsOf(
        database.db,
        `update cph.projects set leased_by = 'r', leased_until = now() + interval '1 minute'`,
      );
    },
    'p1',
    /at work on it/,
  ],
  ['a sink that is configured', async () => undefined, { sink: 'hook' }, /it is configured/],
  [
    'a sink somebody is at',
    async () => {
      await markUnconfiguredSinks(database.db, [], NOW);
      await rowsOf(
        database.db,
        `update cph.sinks set leased_by = 'r', leased_until = now() + interval '1 minute'`,
      );
    },
    { sink: 'hook' },
    /at work on it/,
  ],
])('%s is refused, and nothing is deleted', async (_, prepare, subject, reason) => {
  await inventory();
  await prepare();
  const before = await allRows(() => 'true');
  const { code, text } =
    typeof subject === 'string'
      ? await run(subject, { yes: true })
      : await run(undefined, { ...subject, yes: true });
  expect([code, text]).toEqual([1, expect.stringMatching(reason)]);
  expect(await allRows(() => 'true')).toEqual(before);
});

test('a project that no daemon has marked goes once nobody has looked at it for long', async () => {
  await inventory();
  await rowsOf(
    database.db,
    `update cph.projects set registered_at = now() - interval '4 hours', last_run_at = now() - interval '4 hours'`,
  );
  expect((await run('p1', { yes: true })).code).toBe(0);
});

test('without --yes it asks on a terminal, deletes nothing elsewhere, and a document asks nobody', async () => {
  await inventory();
  await markUnconfigured(database.db, [], NOW);
  const before = await allRows(() => 'true');
  expect(await run('p1', {})).toMatchObject({
    code: 2,
    text: expect.stringContaining('cph-inventory forget p1 --yes'),
  });

  const heard = heardContext({ env: env(), now: () => NOW });
  const asked: string[] = [];
  const confirm = (answer: boolean) => async (question: string) => asked.push(question) > 0 && answer;
  await forget('p1', {}, { ...heard.context, confirm: confirm(false) });
  expect(heard.stdout()).toContain('Nothing was deleted.');
  const document = heardContext({ env: env(), now: () => NOW });
  await forget('p1', { json: true }, { ...document.context, confirm: confirm(true) });
  expect(JSON.parse(document.stdout())).toMatchObject({
    project_id: 'p1',
    rows: { images: 2, projects: 1 },
    deleted: false,
  });
  expect(asked).toEqual(['Delete project p1 and these rows for good?']);
  expect(await allRows(() => 'true')).toEqual(before);

  await forget('p1', {}, { ...heard.context, confirm: confirm(true) });
  expect(sum(await about('p1'))).toBe(0);
});

test.each([
  ['nothing is named', ['forget'], 'PROJECT_ID or --sink NAME'],
  ['both are named', ['forget', 'p1', '--sink', 'hook'], 'PROJECT_ID or --sink NAME'],
  ['there is no such project', ['forget', 'nobody', '--yes'], 'There is no project "nobody"'],
  ['there is no such sink', ['forget', '--sink', 'nobody', '--yes'], 'There is no sink "nobody"'],
])('it is wrong usage when %s', async (_, args, said) => {
  const { context, stderr } = heardContext({ env: env(), now: () => NOW });
  expect(await runCommandLine(args, context)).toBe(2);
  expect(stderr()).toContain(said);
});
