import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { createMetrics } from '../src/http/metrics.ts';
import { openDatabase } from '../src/store/database.ts';
import { markUnconfigured } from '../src/store/projects.ts';
import { markUnconfiguredSinks, registerSinks } from '../src/store/sinks.ts';
import { imagesRecord, nameless } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

async function pageOf(
  metrics = createMetrics(),
  configured: Parameters<ReturnType<typeof createMetrics>['page']>[1] = { baselineAlerts: false },
): Promise<string[]> {
  return (await metrics.page(database.db, configured)).split('\n').filter((line) => line.startsWith('cph_'));
}

test('a project exists at zero before its first run, so that the first failure is an increase', async () => {
  const metrics = createMetrics();
  metrics.expectProject('p1');
  expect(await pageOf(metrics)).toContain(
    'cph_sync_runs_total{project_id="p1",kind="sweep",status="failed"} 0',
  );
});

test('runs, events and drift are counted from what the run reports', async () => {
  const scripted = await scriptedProject(database.db, 'p1');
  scripted.api.records = [imagesRecord('a'), imagesRecord('b', { status_code: 2 })];
  const metrics = createMetrics();
  const report = await scripted.sweep();
  metrics.countRun({
    ...report,
    listings: report.listings.map((listing) => ({ ...listing, drift: ['count'] })),
  });
  const page = await pageOf(metrics);
  expect(page).toContain('cph_sync_runs_total{project_id="p1",kind="sweep",status="succeeded"} 1');
  expect(page).toContain('cph_events_total{type="cph.image.created"} 2');
  expect(page).toContain(`cph_listing_drift_total{project_id="p1",kind="count"} ${report.listings.length}`);
  expect(page).toContain('cph_sync_duration_seconds_count{kind="sweep"} 1');
});

test('a build that was watched to its end is counted with how long it took, and nothing else is', async () => {
  const { api, sweep } = await scriptedProject(database.db, 'p1');
  const metrics = createMetrics();
  metrics.expectProject('p1');
  const at = (seconds: number) => ({ now: () => new Date(Date.UTC(2026, 0, 1) + seconds * 1000) });
  const states = async (seconds: number, codes: Readonly<Record<string, number>>) => {
    api.records = Object.entries(codes).map(([id, status_code]) => imagesRecord(id, { status_code }));
    metrics.countRun(await sweep(at(seconds)));
  };
  await states(0, { good: 0, bad: 0, old: 1, broken: 2 });
  expect(await pageOf(metrics)).toContain('cph_image_builds_total{project_id="p1",result="failed"} 0');
  await states(90, { good: 1, bad: 0, old: 1, broken: 2 });
  await states(600, { good: 1, bad: 2, old: 2, broken: 2 });
  await states(700, { good: 1, bad: 2, old: 2, broken: 2 });
  const page = await pageOf(metrics);
  const builds = page.filter((line) => /^cph_image_(builds_total|build_seconds_(count|sum))/.test(line));
  expect(builds).toEqual([
    'cph_image_builds_total{project_id="p1",result="usable"} 1',
    'cph_image_builds_total{project_id="p1",result="failed"} 1',
    'cph_image_build_seconds_sum{project_id="p1",result="usable"} 90',
    'cph_image_build_seconds_count{project_id="p1",result="usable"} 1',
    'cph_image_build_seconds_sum{project_id="p1",result="failed"} 600',
    'cph_image_build_seconds_count{project_id="p1",result="failed"} 1',
  ]);
});

test('sizes are summed by type, and the program says which version it is', async () => {
  const { api, sweep } = await scriptedProject(database.db, 'p1');
  api.records = [
    imagesRecord('a', { image_size: 3_000_000_000 }),
    imagesRecord('b', { image_size: 2_000_000_000, status_code: 2 }),
    imagesRecord('c', { image_size: null }),
  ];
  await sweep();
  const page = await pageOf();
  expect(page).toContain('cph_image_bytes{project_id="p1",image_type="private"} 5000000000');
  expect(page).toContain(`cph_build_info{version="0.1.0",node="${process.versions.node}"} 1`);
});

test('where people reach the page is told while it is configured, so that alerts can lead there', async () => {
  const metrics = createMetrics();
  const at = async (publicUrl: URL | null) =>
    (await pageOf(metrics, { baselineAlerts: false, publicUrl })).filter((line) =>
      line.startsWith('cph_page_info'),
    );
  expect(await at(new URL('https://ops.example.com/cph'))).toEqual([
    'cph_page_info{url="https://ops.example.com/cph/"} 1',
  ]);
  expect(await at(null)).toEqual([]);
});

test('images, failures and freshness are read from the tables at every page', async () => {
  const scripted = await scriptedProject(database.db, 'p1');
  scripted.api.records = [imagesRecord('a', { status_code: 2, image_name: 'broken' })];
  await scripted.sweep();
  const page = await pageOf();
  expect(page).toContain('cph_images{project_id="p1",image_type="private",status="failed"} 1');
  expect(page).toContain('cph_image_failed{project_id="p1",image_id="a",image_name="broken"} 1');
  expect(page).toContain('cph_image_failed_baseline{project_id="p1",image_id="a"} 1');
  expect(
    page.some((line) => line.startsWith('cph_last_complete_sync_timestamp_seconds{project_id="p1"} ')),
  ).toBe(true);

  scripted.api.records = [imagesRecord('a', { image_name: 'broken' })];
  await scripted.sweep();
  expect((await pageOf()).filter((line) => line.startsWith('cph_image_failed'))).toEqual([]);
});

test('what the last sweep could not read is measured, and back at zero once it is mended', async () => {
  const { api, sweep } = await scriptedProject(database.db, 'p1');
  const measured = async () => (await pageOf()).filter((line) => line.startsWith('cph_unreadable_'));
  const gauges = (records: number, fields: number) => [
    `cph_unreadable_records{project_id="p1"} ${records}`,
    `cph_unreadable_fields{project_id="p1"} ${fields}`,
  ];

  const unreadable = ['image_name: a number instead of text', 'image_size: text instead of a number'];
  api.records = [imagesRecord('a', { unreadable }), imagesRecord('b')];
  api.circumstances = { rejected: [nameless('images'), nameless('images'), nameless('phone-images')] };
  await sweep();
  expect(await measured()).toEqual(gauges(3, 2));

  api.records = [imagesRecord('a'), imagesRecord('b')];
  api.circumstances = {};
  await sweep();
  expect(await measured()).toEqual(gauges(0, 0));
});

test('baseline failures are told apart only while they raise no alert', async () => {
  const scripted = await scriptedProject(database.db, 'p1');
  scripted.api.records = [imagesRecord('a', { status_code: 2 })];
  await scripted.sweep();
  const page = await pageOf(createMetrics(), { baselineAlerts: true });
  expect(page.some((line) => line.startsWith('cph_image_failed{'))).toBe(true);
  expect(page.some((line) => line.startsWith('cph_image_failed_baseline'))).toBe(false);
});

test('a project that is no longer configured is no longer measured', async () => {
  const scripted = await scriptedProject(database.db, 'p1');
  scripted.api.records = [imagesRecord('a', { status_code: 2 })];
  await scripted.sweep();
  await markUnconfigured(database.db, ['p2'], new Date());
  expect((await pageOf()).filter((line) => line.includes('"p1"'))).toEqual([]);
});

test('a sink that is no longer configured is no longer measured', async () => {
  const sinks = (...names: string[]) => names.map((name) => ({ name, kind: 'webhook' }) as const);
  await registerSinks(database.db, sinks('old', 'new'), new Date());
  await markUnconfiguredSinks(database.db, ['new'], new Date());
  const page = await pageOf();
  expect(page).toContain('cph_sink_lag_events{sink="new"} 0');
  expect(page.filter((line) => line.includes('"old"'))).toEqual([]);
});

test('without the database its gauges are absent, neither zero nor remembered, and the page says so', async () => {
  const scripted = await scriptedProject(database.db, 'p1');
  scripted.api.records = [imagesRecord('a', { status_code: 2 })];
  await scripted.sweep();
  const metrics = createMetrics();
  expect(await pageOf(metrics)).toContain('cph_database_up 1');
  const away = openDatabase({
    url: 'postgres://127.0.0.1:1/none',
    applicationName: 'test',
    maxConnections: 1,
  });
  const page = await metrics.page(away.db, { baselineAlerts: false });
  await away.close();
  expect(page).toContain('cph_database_up 0');
  expect(page).not.toMatch(/^cph_(image|last_complete|sink_lag)/m);
});

test('a failing image with a name that breaks lines and quotes is still one line', async () => {
  const scripted = await scriptedProject(database.db, 'p1');
  scripted.api.records = [imagesRecord('a', { status_code: 2, image_name: 'a"\n\\b' })];
  await scripted.sweep();
  expect(await pageOf()).toContain(
    'cph_image_failed{project_id="p1",image_id="a",image_name="a\\" \\\\b"} 1',
  );
  await database.db.execute(sql`select 1`);
});
