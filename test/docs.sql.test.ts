import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();

/** The statements that pages ask people to run, by page and first line. */
const recipes = ['README.md', 'docs/sql.md', 'docs/events.md'].flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/```sql\n(select[\s\S]*?)```/g)].map(([, statement = '']) => ({
    title: `${page}: ${statement.slice(0, statement.indexOf('\n'))}`,
    statement,
  })),
);

const hoursAgo = (hours: number) => () => new Date(Date.now() - hours * 3_600_000);

/** A failed build, one that hangs, and a missing image: every recipe has a row to show. */
beforeAll(async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const hanging = imagesRecord('hanging', { status_code: 0 });
  const before = imagesRecord('before', { status_code: 1 });
  const building = imagesRecord('failing', { status_code: 0 });
  api.records = [hanging, before, building];
  await sweep({ now: hoursAgo(4) });
  api.records = [hanging, before, imagesRecord('failing', { status_code: 2 })];
  await sweep({ now: hoursAgo(3) });
  api.records = [
    hanging,
    imagesRecord('failing', { status_code: 2 }),
    imagesRecord('new', { status_code: 1 }),
  ];
  await sweep();
});

test('there are recipes to try', () => {
  expect(recipes.length).toBeGreaterThan(8);
});

test.each(recipes)('$title answers', async ({ statement }) => {
  // Numbers of a young log are below the one that stands in the page as an example.
  const rows = await rowsOf(database.db, statement.replace('seq > 30', 'seq > 0'));
  expect(rows.length).toBeGreaterThan(0);
});
