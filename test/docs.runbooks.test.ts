import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ALERT_NAMES } from '../src/delivery/alerts-text.ts';
import { EXAMPLE_IMAGE, fillForQuestions } from './support/answers.ts';
import { useTestDatabase } from './support/postgres.ts';

const read = (page: string) => readFileSync(page, 'utf8');
const runbooks = readdirSync('docs/runbooks')
  .filter((name) => name !== 'README.md')
  .map((name) => name.replace(/\.md$/, ''));

const blocks = (language: string) =>
  runbooks.flatMap((alert) =>
    [
      ...read(`docs/runbooks/${alert}.md`).matchAll(
        new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'),
      ),
    ].map(([, text = '']) => ({ alert, text, title: `${alert}: ${text.slice(0, text.indexOf('\n'))}` })),
  );

describe('a runbook', () => {
  test('is there for each alert of the program, of the rules, of the events page and of the list, and for no other', () => {
    const names = (text: string, of: RegExp) => [...text.matchAll(of)].map(([, name]) => name).toSorted();
    const ofPrometheusAlone = names(read('deploy/prometheus/builds.yml'), /- alert: (\w+)/g);
    const told = runbooks.filter((name) => !ofPrometheusAlone.includes(name)).toSorted();
    expect(ofPrometheusAlone).toEqual(['CphBuildsFailing', 'CphBuildsSlow']);
    expect(told).toEqual(ALERT_NAMES.toSorted());
    expect(names(read('deploy/prometheus/rules.yml'), /- alert: (\w+)/g)).toEqual(told);
    expect(names(read('docs/events.md'), /^\| `(Cph\w+)` \|/gm)).toEqual(told);
    expect(names(read('docs/runbooks/README.md'), /^\| \[(Cph\w+)\]\(\1\.md\)/gm)).toEqual(
      runbooks.toSorted(),
    );
  });

  test.each(runbooks)('of %s says what it means, what it costs, how to look and what to do', (alert) => {
    const headings = [...read(`docs/runbooks/${alert}.md`).matchAll(/^#+ (.*)$/gm)].map(([, text]) => text);
    expect(headings).toEqual([alert, 'Meaning', 'Impact', 'Diagnosis', 'Mitigation']);
  });

  test('names no command that the program does not have', () => {
    // Which docs.pages holds against the program.
    const commands = new Set(
      [...read('docs/operating.md').matchAll(/^\| `([a-z]+)[ `]/gm)].map(([, name]) => name),
    );
    const named = runbooks.flatMap((alert) =>
      [...read(`docs/runbooks/${alert}.md`).matchAll(/cph-inventory ([a-z]+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !commands.has(name))).toEqual([]);
  });
});

describe('the queries of the runbooks', () => {
  const database = useTestDatabase();
  beforeAll(() => fillForQuestions(database.db));

  test.each(blocks('sql'))('$title runs with the rights of a reader', async ({ text }) => {
    const statement = text
      .replaceAll(":'image_id'", `'${EXAMPLE_IMAGE}'`)
      .replaceAll(":'project_id'", "'p1'");
    const asReader = database.db.transaction(async (tx) => {
      await tx.execute('set local role cph_reader');
      return await tx.execute(statement);
    });
    await expect(asReader).resolves.toHaveProperty('rows');
  });
});
