import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { withRecipes } from '../scripts/sql-page.ts';
import { fillForQuestions } from './support/answers.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();

/** The statements that pages ask people to run, by page and first line. */
const recipes = ['README.md', 'docs/sql.md', 'docs/events.md'].flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/```sql\n(select[\s\S]*?)```/g)].map(([, statement = '']) => ({
    title: `${page}: ${statement.slice(0, statement.indexOf('\n'))}`,
    statement,
  })),
);

beforeAll(() => fillForQuestions(database.db));

test('there are recipes to try', () => {
  expect(recipes.length).toBeGreaterThan(20);
});

test('docs/sql.md has the recipes and tables of this program (npm run sql:docs writes them)', () => {
  const page = readFileSync('docs/sql.md', 'utf8');
  expect(withRecipes(page)).toBe(page);
});

test.each(recipes)('$title answers', async ({ statement }) => {
  // Numbers of a young log are below the one that stands in the page as an example.
  const rows = await rowsOf(database.db, statement.replace('seq > 30', 'seq > 0'));
  expect(rows.length).toBeGreaterThan(0);
});
