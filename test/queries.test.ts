import { beforeAll, describe, expect, test } from 'vitest';
import { type QueryOptions, query } from '../src/commands/query.ts';
import { columnsOf } from '../src/commands/query-columns.ts';
import { QUERIES } from '../src/queries/catalogue.ts';
import { recipeOf } from '../src/queries/query.ts';
import { QueryFault, runQuery } from '../src/queries/run.ts';
import { openOutput } from '../src/terminal/output.ts';
import { EXAMPLE_IMAGE, fillForQuestions, HOSTILE_NAME } from './support/answers.ts';
import { heardContext, outcomeOf } from './support/command-context.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeAll(() => fillForQuestions(database.db));

const examples = (one: (typeof QUERIES)[number]) =>
  Object.fromEntries(Object.entries(one.parameters).map(([name, { example }]) => [name, example]));

test('there are twenty questions, each under a name of its own', () => {
  expect(QUERIES).toHaveLength(20);
  expect(new Set(QUERIES.map(({ name }) => name)).size).toBe(20);
  for (const { name, question } of QUERIES) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(question).toMatch(/^[A-Z].*\?$/);
  }
});

describe.each(QUERIES)('$name', (one) => {
  test('answers with the columns it names, the same as its recipe', async () => {
    const rows = await runQuery(database.db, one, examples(one));
    const recipe = await rowsOf(database.db, recipeOf(one));
    expect(rows.length).toBeGreaterThan(0);
    expect(recipe.map((row) => Object.keys(row))).toEqual(recipe.map(() => Object.keys(one.columns)));
    expect(rows).toHaveLength(recipe.length);
  });

  test('holds in each column what it says', async () => {
    for (const row of await runQuery(database.db, one, examples(one))) {
      for (const [column, kind] of Object.entries(one.columns)) {
        if (row[column] !== null) expect({ [column]: HELD[kind](row[column]) }).toEqual({ [column]: true });
      }
    }
  });
});

const isNumber = (value: unknown) => typeof value === 'number';
const isText = (value: unknown) => typeof value === 'string';
const HELD = {
  text: isText,
  status: isText,
  number: isNumber,
  percent: isNumber,
  bytes: isNumber,
  duration: isNumber,
  time: (value: unknown) => value instanceof Date,
  day: (value: unknown) => /^\d{4}-\d\d-\d\d$/.test(String(value)),
  flag: (value: unknown) => typeof value === 'boolean',
  list: (value: unknown) => Array.isArray(value),
};

describe('a question', () => {
  const named = (name: string) => {
    const found = QUERIES.find((one) => one.name === name);
    if (!found) throw new Error(name);
    return found;
  };
  const changes = async (given: Record<string, string>) =>
    (await runQuery(database.db, named('changes'), given)).map(
      ({ image_id, change }) => `${image_id} ${change}`,
    );

  test('takes times as ISO 8601, as a date, as how long ago, and as now', async () => {
    const all = ['before created', 'hanging created', `${EXAMPLE_IMAGE} created`, 'new created'].toSorted();
    expect((await changes({ since: '2020-01-01' })).toSorted()).toEqual(all);
    expect((await changes({ since: '2020-01-01T00:00:00+08:00', until: 'now' })).toSorted()).toEqual(all);
    expect((await changes({ since: '3h30m' })).toSorted()).toEqual(
      [`${EXAMPLE_IMAGE} updated`, 'new created'].toSorted(),
    );
    expect(await changes({ since: '1h' })).toEqual(['new created']);
    expect(await changes({ since: 'now', until: '1h' })).toEqual([]);
  });

  test.each([
    ['changes', { since: 'yesterday' }, 'Parameter since takes a time'],
    ['changes', { since: '' }, 'since takes a time'],
    ['changes', { since: "'; drop table cph.images; --" }, 'since takes a time'],
    ['changes', { until: '2026-13-01' }, 'until takes a time'],
    ['changes', { before: '1h' }, 'changes has no parameter "before". It takes since, until.'],
    ['failed', { since: '1h' }, 'failed has no parameter "since". It takes none.'],
    ['runs', { limit: '0' }, 'limit takes a number of rows'],
    ['runs', { limit: '1; select 1' }, 'limit takes a number of rows'],
    ['old-images', { older_than: '90' }, 'older_than takes a duration'],
    ['image-at', {}, 'image-at needs image: the id of an image'],
    ['image-at', { image: 'a\0b' }, 'image takes the id of an image'],
  ])('%s says what of %o it cannot take', async (name, given, message) => {
    const asked = runQuery(database.db, named(name), given);
    await expect(asked).rejects.toThrow(QueryFault);
    await expect(asked).rejects.toThrow(message);
  });

  test('is asked with values, never with SQL', async () => {
    const image = `x' or true --`;
    expect(await runQuery(database.db, named('image-life'), { image })).toEqual([]);
  });
});

describe('query', () => {
  const ask = (words: readonly string[], options: QueryOptions = {}) => {
    const [name, ...settings] = words;
    return outcomeOf((context) => query({ name, settings }, options, context), {
      env: { DATABASE_URL: database.url },
      now: new Date(),
    });
  };

  test('lists the questions without a name, and as JSON with what they take', async () => {
    const { code, text } = await ask([]);
    expect(code).toBe(0);
    expect(text.trim().split('\n')).toHaveLength(21);
    expect(text).toContain('changes\tWhat changed since yesterday?\tsince=24h until=now');
    expect(JSON.parse((await ask([], { list: true, json: true })).text)).toContainEqual(
      expect.objectContaining({
        name: 'image-life',
        parameters: [expect.objectContaining({ name: 'image', default: null })],
      }),
    );
  });

  test('prints a table, JSON with durations in seconds, and CSV', async () => {
    const table = await ask(['failures']);
    expect(table.text).toMatch(/^FAILED AT\tIMAGE NAME\t.*\n.*\t1 h\tfailed\t\n$/);
    const [row] = JSON.parse((await ask(['failures'], { json: true })).text);
    expect(row).toMatchObject({
      image_id: EXAMPLE_IMAGE,
      creating_for: expect.closeTo(3600, 0),
      outcome_at: null,
    });
    const csv = await ask(['failures', 'since=7d'], { csv: true });
    expect(csv.text).toMatch(/^failed_at,image_name,.*,outcome_at\r\n\d{4}-\d\d-\d\dT[\d:.]+Z,name of /);
    expect(csv.text).toMatch(/,failed,\r\n$/);
  });

  describe('on a terminal', () => {
    const shownAt = async (columns: number, name: string) => {
      const { context } = heardContext({ env: { DATABASE_URL: database.url }, now: () => new Date() });
      let text = '';
      const stream = { write: (part: string) => (text += part), isTTY: true, columns };
      const out = openOutput(stream, { NO_COLOR: '1' });
      await query({ name, settings: [] }, {}, { ...context, out });
      return text;
    };
    beforeAll(() => rowsOf(database.db, `update cph.projects set name = 'Live streaming'`));

    test('calls projects by their names, and leaves ids out before what was asked for', async () => {
      expect(await shownAt(200, 'failures')).toMatch(
        /^FAILED AT +IMAGE NAME +PROJECT +CREATING FOR +OUTCOME +IMAGE ID\n/,
      );
      const narrow = await shownAt(100, 'failures');
      expect(narrow).toMatch(/^FAILED AT +IMAGE NAME +PROJECT +CREATING FOR +OUTCOME\n.*Live streaming +1 h/);
      expect(narrow).toMatch(/\n1 row\n$/);
    });

    test('lays out more rows than a function takes arguments', async () => {
      const rows = Array.from({ length: 200_000 }, (_, i) => ({
        project_id: 'p1',
        image_name: `image ${i}`,
      }));
      const question = QUERIES.find(({ name }) => name === 'changes');
      const out = openOutput({ write: () => true, isTTY: true, columns: 80 }, {});
      const shown =
        question && columnsOf(question, { out, rows, names: new Map([['p1', 'Live streaming']]) });
      expect(shown?.map(({ title }) => title)).toEqual(['IMAGE NAME', 'PROJECT']);
    });

    test.each([
      ...['freshness', 'failed', 'failures', 'stuck', 'building', 'build-times', 'missing', 'old-images'],
      ...['summary', 'inventory-at', 'changes'],
    ])('shows %s as a table where there are 80 columns', async (name) => {
      const lines = (await shownAt(80, name)).split('\n');
      expect(lines[0]).toMatch(/^[A-Z]+( [A-Z]+)* {2,}[A-Z]/);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    });
  });

  test('prints names as text: no formula in CSV, no control character in a table', async () => {
    const { text } = await ask(['stuck'], { csv: true });
    expect(text).toContain(`"'${HOSTILE_NAME.replaceAll('"', '""')}",hanging,p1,`);
    expect((await ask(['stuck'])).text).not.toMatch(/[^\P{Cc}\t\n]/u);
    expect(JSON.parse((await ask(['stuck'], { json: true })).text)).toMatchObject([
      { image_name: HOSTILE_NAME },
    ]);
  });

  test.each(['image-at', 'image-life'])(
    '%s takes the name of an image where it takes its id',
    async (name) => {
      const [byName, byId] = [`image=name of ${EXAMPLE_IMAGE}`, `image=${EXAMPLE_IMAGE}`];
      const asked = await ask([name, byName], { json: true });
      expect(JSON.parse(asked.text)).not.toEqual([]);
      expect(asked).toEqual(await ask([name, byId], { json: true }));
    },
  );

  test('image-at takes the name that an image had at the time', async () => {
    await rowsOf(
      database.db,
      `update cph.image_events set after = jsonb_set(after, '{image_name}', '"of old"') where image_id = 'before' returning seq`,
    );
    const at = new Date(Date.now() - 3.5 * 3_600_000).toISOString();
    const { text } = await ask(['image-at', 'image=of old', `at=${at}`], { json: true });
    expect(JSON.parse(text)).toMatchObject([{ image_name: 'of old', project_id: 'p1' }]);
  });

  test('says that there is no such image where none was ever shown', async () => {
    const { code, text } = await ask(['image-at', 'image=no such']);
    expect(code).toBe(1);
    expect(text).toContain('No project has an image with the id or name "no such", not even a removed one.');
  });

  test.each([
    [['failurs'], 'No query "failurs"; did you mean failures? List them: cph-inventory query --list'],
    [['failures', '7d'], 'A parameter is written name=value, such as since=7d; got "7d"'],
    [['failures', 'since=1h', 'since=2h'], 'since is given twice.'],
    [['failures', 'since=soon'], 'since takes a time'],
    [['toString'], 'No query "toString".'],
    [['failures', '__proto__=1'], 'Query failures has no parameter "__proto__"'],
  ])('%j is a wrong usage', async (words, message) => {
    const { code, text } = await ask(words);
    expect(code).toBe(2);
    expect(text).toContain(message);
  });

  test('--json and --csv together are a wrong usage', async () => {
    expect((await ask(['failed'], { json: true, csv: true })).code).toBe(2);
  });
});
