import { beforeEach, describe, expect, test } from 'vitest';
import { apiServer, inventoryOf } from './support/api-server.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

/** Names that mean something to HTML, to JSON, to a spreadsheet or to a terminal. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '=1+1',
  '  @SUM(A1)',
  '＝cmd',
  'a,"b"\r\nc',
  '\u001b[31mred\u202e',
  "'; drop table cph.images; --",
  '\ud83d\ude00 云手机',
];

describe('hostile names', () => {
  test('come as they are in JSON, and by address', async () => {
    await inventoryOf(database.db, HOSTILE);
    const { json, get } = await apiServer(database.db);
    const [, { items }] = await json('/api/images');
    expect((items as { image_name: string }[]).map(({ image_name }) => image_name).toSorted()).toEqual(
      HOSTILE.toSorted(),
    );
    expect((await get('/api/images')).headers.get('content-type')).toMatch(/^application\/json/);
    const [, found] = await json(`/api/images?q=${encodeURIComponent("'; drop")}`);
    expect(found.total).toBe(1);
  });

  test('begin no formula in CSV, and no line', async () => {
    await inventoryOf(database.db, HOSTILE);
    const { get } = await apiServer(database.db);
    const answer = await get('/api/images?format=csv');
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="cph-images.csv"');
    const text = await answer.text();
    for (const formula of ["'=1+1", "'  @SUM(A1)", "'＝cmd", `"a,""b""\r\nc"`])
      expect(text).toContain(`,${formula},`);
    expect(text.split('\r\n').filter((line) => line.startsWith('p1,'))).toHaveLength(HOSTILE.length);
  });

  test('as ids lead to what they name', async () => {
    const ids = ['a/b', 'a b', 'ü%41', '../now', '?x=1', '#'];
    const { api, sweep } = await scriptedProject(database.db, 'p/1');
    api.records = ids.map((id) => imagesRecord(id));
    await sweep();
    const { json } = await apiServer(database.db);
    for (const image_id of ids) {
      const path = `/api/images/${encodeURIComponent('p/1')}/${encodeURIComponent(image_id)}`;
      expect(await json(path)).toMatchObject([200, { image_id, project_id: 'p/1' }]);
    }
  });
});

describe('CSV', () => {
  test('is the whole table under one line of titles, unless a number of rows is asked for', async () => {
    await rowsOf(database.db, `insert into cph.projects (project_id, region) values ('p1', 'r')`);
    await rowsOf(
      database.db,
      `insert into cph.images (project_id, image_id, listed_in, first_seen_at, changed_at, seen_at)
       select 'p1', 'i' || n, '{images}', now(), now(), now() from generate_series(1, 2500) n`,
    );
    const { get } = await apiServer(database.db);
    const lines = (await (await get('/api/images?format=csv')).text()).trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^project_id,project_name,region,image_id,image_name,/);
    expect(new Set(lines).size).toBe(2501);
    const some = (await (await get('/api/images?format=csv&limit=3')).text()).trimEnd().split('\r\n');
    const ids = (of: readonly string[]) => of.map((line) => line.split(',')[3]);
    expect(ids(some)).toEqual(ids(lines.slice(0, 4)));
  });

  test.each(['changes', 'builds', 'projects', 'runs'])('there is of %s', async (table) => {
    await inventoryOf(database.db);
    const { get } = await apiServer(database.db);
    const lines = (await (await get(`/api/${table}?format=csv`)).text()).trimEnd().split('\r\n');
    expect(lines.length).toBeGreaterThan(1);
    const width = (lines[0] ?? '').split(',').length;
    expect(lines.every((line) => line.split(',').length >= width)).toBe(true);
  });
});
