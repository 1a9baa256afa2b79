import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { createMetrics } from '../src/http/metrics.ts';
import type { Database } from '../src/store/database.ts';
import { fillForQuestions } from './support/answers.ts';
import { type Dashboard, dashboardOf, promqlOf, runnable, sqlOf } from './support/dashboards.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { HAS_PROMETHEUS, startPrometheus } from './support/prometheus.ts';
import { scriptedProject } from './support/scripted-project.ts';

const FOLDER = 'deploy/grafana/dashboards';
const boards: readonly Dashboard[] = readdirSync(FOLDER).map((name) =>
  dashboardOf(JSON.parse(readFileSync(`${FOLDER}/${name}`, 'utf8')), name),
);
const panels = boards.flatMap(({ uid, panels }) =>
  panels
    .filter(({ type }) => type !== 'row')
    .map((panel) => ({ uid, panel, title: `${uid}: ${panel.title}` })),
);

/** The rules of Grafana's dashboard linter, restated. */
describe.each(boards)('the dashboard $uid', (board) => {
  test('has its uid as its file name, a description, and can be found by its tag', () => {
    expect(board.file).toBe(`${board.uid}.json`);
    expect(board.description).toMatch(/\.$/);
    expect(board.tags).toEqual(['cph-inventory']);
    expect(board.editable).toBe(false);
  });

  test('takes its sources from variables, so that it works wherever it is imported', () => {
    const sources = board.templating.list.filter(({ type }) => type === 'datasource');
    const uids = new Set(board.panels.flatMap(({ datasource }) => (datasource ? [datasource.uid] : [])));
    expect([...uids].toSorted()).toEqual(sources.map(({ name }) => `\${${name}}`).toSorted());
  });

  test('asks for its variables anew when the time changes', () => {
    const queries = board.templating.list.filter(({ type }) => type === 'query');
    expect(queries.map(({ name }) => name)).toEqual(expect.arrayContaining(['region', 'project']));
    expect(queries.map(({ refresh }) => refresh)).toEqual(queries.map(() => 2));
  });

  test('shows first how fresh everything is', () => {
    expect(board.panels[0]).toMatchObject({ title: 'Oldest complete sweep', gridPos: { x: 0, y: 0 } });
  });

  test('has panels that do not overlap', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of board.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect([taken.get(`${x} ${y}`), title]).toEqual([undefined, title]);
          taken.set(`${x} ${y}`, title);
        }
      }
    }
  });

  test('leads to the page and to runbooks that are there', () => {
    const links = [...board.links, ...board.panels.flatMap(({ links }) => links ?? [])];
    const named = links.flatMap(({ url }) => /\/runbooks\/(.+)$/.exec(url ?? '')?.slice(1) ?? []);
    const there = readdirSync('docs/runbooks').map((name) => name.replace(/\.md$/, ''));
    expect(named.filter((name) => !there.includes(name))).toEqual([]);
    expect(links.map(({ url }) => url)).toContain(`\${page}/`);
  });
});

test.each(panels)('$title has a description, a unit and something to show', ({ panel }) => {
  expect(panel.description).toMatch(/^[A-Z].*\.$/);
  expect(panel.fieldConfig.defaults.unit).toBeTruthy();
  expect(panel.targets?.length).toBeGreaterThan(0);
});

describe('every SQL query of the dashboards', () => {
  const database = useTestDatabase();
  beforeAll(() => fillForQuestions(database.db));
  const queries = boards.flatMap((board) => sqlOf(board).map((query) => ({ ...query, uid: board.uid })));

  test.each(queries)('$uid: $of answers a reader, with the columns that the panel shows', async (query) => {
    const [{ region = '' } = {}] = await rowsOf(database.db, 'select region from cph.projects');
    const statement = runnable(query.sql, { project: 'p1', region: String(region) });
    const { rows, fields } = await asReader(database.db, statement);
    const columns = fields.map(({ name }) => name);
    expect(columns.filter((name, i) => columns.indexOf(name) !== i)).toEqual([]);
    expect(query.fields.filter((name) => !columns.includes(name))).toEqual([]);
    if (query.format === 'time_series') expect(columns[0]).toBe('time');
    if (!NOTHING_TO_SHOW.test(query.of)) expect(rows.length).toBeGreaterThan(0);
  });
});

/** Of builds that succeeded, and of what is missing, the seeded database has none. */
const NOTHING_TO_SHOW = /^Build time$/;

async function asReader(db: Database, statement: string) {
  return await db.transaction(async (tx) => {
    await tx.execute('set local role cph_reader');
    return await tx.execute(statement);
  });
}

describe('every expression of the dashboards', () => {
  const database = useTestDatabase();

  test.skipIf(!HAS_PROMETHEUS && !process.env.CI)(
    'finds series in a Prometheus that scrapes the daemon',
    { timeout: 120_000 },
    async () => {
      const page = await pageInUse(database.db);
      const server = createServer((_, answer) => void page().then((text) => answer.end(text)));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const prometheus = await startPrometheus(`127.0.0.1:${(server.address() as AddressInfo).port}`);
      try {
        const empty: string[] = [];
        for (const expression of boards.flatMap(promqlOf)) {
          const found = await prometheus.query(runnable(expression, { project: '.*', region: '.*' }));
          if (found.length === 0) empty.push(expression);
        }
        expect(empty).toEqual([]);
      } finally {
        await prometheus.stop();
        server.close();
      }
    },
  );
});

/** The page of a daemon that has done everything once. */
async function pageInUse(db: Database): Promise<() => Promise<string>> {
  const { api, sweep } = await scriptedProject(db, 'p1');
  api.records = [imagesRecord('a')];
  await rowsOf(db, `insert into cph.sinks (name, kind, cursor_seq) values ('builds', 'webhook', 0)`);
  const metrics = createMetrics();
  metrics.expectProject('p1');
  const report = await sweep();
  const listings = report.listings.map((listing) => ({ ...listing, drift: ['count' as const] }));
  const builds = [{ result: 'usable', began: report.started_at } as const];
  metrics.countRun({ ...report, listings, builds });
  metrics.countAttempt('p1', { endpoint: 'cloud-phone/images', outcome: 'ok', seconds: 0.1 });
  metrics.countDelivery({ sink: 'builds', outcome: 'delivered', count: 1 });
  return () => metrics.page(db, { baselineAlerts: false });
}
