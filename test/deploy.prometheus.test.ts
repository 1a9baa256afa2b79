import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alertOf } from '../src/delivery/alerts-text.ts';
import { createMetrics } from '../src/http/metrics.ts';
import { registerProjects } from '../src/store/projects.ts';
import type { Trouble } from '../src/store/trouble.ts';
import { useTestDatabase } from './support/postgres.ts';

const FOLDER = resolve(import.meta.dirname, '../deploy/prometheus');
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;
/** Without the program these tests cannot run; where CI is set they then fail instead of being skipped. */
const noPromtool = !hasPromtool && !process.env.CI;

const ofImage = {
  project_id: 'p1',
  project_name: null,
  region: 'r',
  since: new Date(),
  image_id: 'i1',
  image_name: 'base',
  missing_since: null,
};
const TROUBLE: readonly Trouble[] = [
  { ...ofImage, alert: 'CphImageFailed' },
  { ...ofImage, alert: 'CphImageStuckCreating', creating_since: new Date() },
  { ...ofImage, alert: 'CphSyncFailing', failures: 2, last_error: null },
  { ...ofImage, alert: 'CphCredentialRejected', last_error: null },
  { ...ofImage, alert: 'CphRecordsUnreadable', records: 1, fields: 2, example: null },
  { ...ofImage, alert: 'CphInventoryStale', last_complete_at: null, last_error: null },
  { ...ofImage, alert: 'CphRemovalsHeld', held: 1 },
  {
    alert: 'CphDeliveryFailing',
    sink: 's',
    since: new Date(),
    attempts: 3,
    dead_letters: 0,
    first_dead_seq: null,
    last_error: null,
  },
];

describe('the rules for Prometheus', () => {
  const database = useTestDatabase();

  test('are the alerts of the Alertmanager sink, with the same severities', () => {
    const rules = readFileSync(`${FOLDER}/rules.yml`, 'utf8');
    const found = Array.from(
      rules.matchAll(/- alert: (\w+)[\s\S]*?severity: (\w+)/g),
      ([, ...found]) => found,
    );
    expect(found).toEqual(
      TROUBLE.map((trouble) => alertOf(trouble).labels).map(({ alertname, severity }) => [
        alertname,
        severity,
      ]),
    );
  });

  test('read no metric that the daemon does not have', async () => {
    const page = await createMetrics().page(database.db, { baselineAlerts: false });
    const there = new Set(Array.from(page.matchAll(/^# TYPE (\w+)/gm), ([, name]) => name));
    const files = ['rules.yml', 'builds.yml'].map((name) => readFileSync(`${FOLDER}/${name}`, 'utf8'));
    const rules = files.join('').replaceAll(/^ *#.*$/gm, '');
    const read = new Set(
      Array.from(rules.matchAll(/cph_[a-z_]+/g), ([name]) => name.replace(/_(bucket|count)$/, '')),
    );
    expect(read.size).toBeGreaterThan(5);
    expect([...read].filter((name) => !there.has(name))).toEqual([]);
  });

  test.skipIf(noPromtool)('are valid', () => {
    expect(() => promtool('check', 'rules', 'rules.yml', 'builds.yml')).not.toThrow();
  });

  test.skipIf(noPromtool)('fire and resolve as their tests say', { timeout: 60_000 }, () => {
    expect(() =>
      promtool('test', 'rules', 'rules_test.yml', 'builds_test.yml', 'builds_slow_test.yml'),
    ).not.toThrow();
  });
});

describe('the metrics page', () => {
  const database = useTestDatabase();

  test.skipIf(noPromtool)('is accepted by promtool, with every metric in use', async () => {
    await registerProjects(database.db, [{ project_id: 'p1', region: 'r', name: null }]);
    const metrics = createMetrics();
    metrics.expectProject('p1');
    metrics.countAttempt('p1', { endpoint: 'cloud-phone/images', outcome: 'ok', seconds: 0.1 });
    metrics.countDelivery({ sink: 'webhook', outcome: 'delivered', count: 1 });
    const checked = spawnSync('promtool', ['check', 'metrics'], {
      input: await metrics.page(database.db, { baselineAlerts: false }),
    });
    expect([checked.status, String(checked.stderr)]).toEqual([0, '']);
  });
});

/** Throws with what it printed when it finds a fault. */
function promtool(...args: string[]): void {
  execFileSync('promtool', args, { cwd: FOLDER, stdio: 'pipe' });
}
