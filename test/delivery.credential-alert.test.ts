import { beforeEach, expect, test } from 'vitest';
import { status } from '../src/commands/status.ts';
import { readAlerts } from '../src/delivery/alerts.ts';
import { createMetrics } from '../src/http/metrics.ts';
import { outcomeOf } from './support/command-context.ts';
import { useTestDatabase } from './support/postgres.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const keys = (access: string, secret: string) => ({
  HW_AUTH_TOKEN: '',
  HW_ACCESS_KEY: access,
  HW_SECRET_KEY: secret,
});

const alertsAt = (now: Date) => readAlerts(database.db, { now, baselineAlerts: false });
const rejectedGauge = async () =>
  /^cph_credential_rejected\{project_id="p1"\} (\d)$/m.exec(
    await createMetrics().page(database.db, { baselineAlerts: false }),
  )?.[1];

test('a credential that is rejected is an alert, a metric and a line of status, which say that nothing is sent', async () => {
  const { world, sweep } = await simulatedProject(database.db, {
    env: ({ keyPair }) => keys(keyPair.access, 'not-the-secret'),
  });
  const labels = {
    alertname: 'CphCredentialRejected',
    severity: 'warning',
    region: 'ap-southeast-3',
    project_id: 'p1',
  };
  const summary = (text: RegExp) => ({ summary: expect.stringMatching(text) });
  await sweep();
  expect(await alertsAt(world.now())).toMatchObject([
    { labels, annotations: summary(/is rejected, and nothing more is sent, not tried again until/) },
  ]);
  await sweep();
  expect(await alertsAt(world.now())).toMatchObject([
    { labels: { alertname: 'CphSyncFailing' } },
    { labels, annotations: summary(/images: not sent, not tried again until it changes: .*APIGW.0301/) },
  ]);
  expect(await rejectedGauge()).toBe('1');
  const env = { DATABASE_URL: database.url };
  const { text } = await outcomeOf((context) => status({}, context), { env, now: world.now() });
  expect(text).toMatch(/CphCredentialRejected.*not sent, not tried again until it changes/);
});

test('it says when a key that has worked is tried next, and ends with the look that is let in', async () => {
  const { cloud, world, sweep, watch } = await simulatedProject(database.db, {
    env: ({ keyPair }) => keys(keyPair.access, keyPair.secret),
  });
  await sweep();
  expect(await rejectedGauge()).toBe('0');
  cloud.setFaults([{ effect: { kind: 'error', code: 'APIGW.0301' } }]);
  await sweep();
  await watch();
  const [alert] = await alertsAt(world.now());
  expect(alert).toMatchObject({
    labels: { alertname: 'CphCredentialRejected' },
    annotations: { summary: expect.stringContaining('not sent, next try at 2026-01-01T00:15:00Z') },
  });
  cloud.setFaults([]);
  world.advance(15 * 60_000);
  expect(await sweep()).toMatchObject({ status: 'succeeded' });
  expect(await alertsAt(world.now())).toEqual([]);
  expect(await rejectedGauge()).toBe('0');
});

test('an endpoint that rejects what the other takes makes the sweep partial, and is none', async () => {
  const { cloud, world, sweep } = await simulatedProject(database.db, {
    env: ({ keyPair }) => keys(keyPair.access, keyPair.secret),
    faults: [{ when: { endpoint: 'phone-images' }, effect: { kind: 'error', code: 'APIGW.0301' } }],
  });
  for (let n = 0; n < 3; n += 1) expect(await sweep()).toMatchObject({ status: 'partial' });
  expect(cloud.requests.filter(({ endpoint }) => endpoint === 'phone-images')).toHaveLength(1);
  expect(await alertsAt(world.now())).toEqual([]);
});
