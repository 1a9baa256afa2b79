import { once } from 'node:events';
import { createServer } from 'node:http';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { status } from '../src/commands/status.ts';
import { createAlertmanagerSink } from '../src/delivery/alertmanager.ts';
import { readAlerts } from '../src/delivery/alerts.ts';
import { createMetrics } from '../src/http/metrics.ts';
import { markUnconfiguredSinks, registerSinks } from '../src/store/sinks.ts';
import { readTrouble } from '../src/store/trouble.ts';
import { outcomeOf } from './support/command-context.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const NOW = new Date('2026-08-01T12:00:00Z');
beforeEach(async () => {
  await database.truncate();
  await registerSinks(
    database.db,
    [
      { name: 'hook', kind: 'webhook' },
      { name: 'alertmanager', kind: 'alertmanager' },
    ],
    NOW,
  );
});

const asked = { now: NOW, baselineAlerts: false };
const failed = (name: string, attempts: number) =>
  rowsOf(
    database.db,
    `update cph.sinks set attempts = ${attempts}, failing_since = '2026-08-01T11:50:00Z', last_error = 'HTTP 500' where name = '${name}'`,
  );
const refused = (name: string, seqs: readonly number[]) =>
  rowsOf(
    database.db,
    `insert into cph.dead_letters select '${name}', seq, 1, 'HTTP 422 for ' || seq, '2026-08-01T11:55:00Z' from unnest(array[${seqs}]) seq`,
  );
const told = async (teller?: string) =>
  (await readTrouble(database.db, { ...asked, ...(teller && { teller }) })).map((one) =>
    'sink' in one ? one.sink : one.alert,
  );

test('a sink that failed three times in a row is an alert, a metric and a line of status, and one that failed twice is none', async () => {
  await failed('hook', 2);
  expect(await told()).toEqual([]);
  await failed('hook', 3);
  expect(await readAlerts(database.db, asked)).toMatchObject([
    {
      labels: { alertname: 'CphDeliveryFailing', severity: 'warning', sink: 'hook' },
      annotations: {
        summary: 'Sink hook failed 3 times in a row',
        description: expect.stringContaining('HTTP 500.'),
      },
      starts_at: new Date('2026-08-01T11:50:00Z'),
    },
  ]);
  const page = await createMetrics().page(database.db, asked);
  expect(page).toContain('cph_sink_consecutive_failures{sink="hook"} 3');
  const env = { DATABASE_URL: database.url };
  const { text } = await outcomeOf((context) => status({}, context), { env, now: NOW });
  expect(text).toMatch(/CphDeliveryFailing.*sink hook failed 3 times in a row/);
});

test('a dead letter is an alert until it is delivered, with the last answer and without any failure now', async () => {
  await refused('hook', [4, 7]);
  expect(await readAlerts(database.db, asked)).toMatchObject([
    {
      labels: { sink: 'hook' },
      annotations: {
        summary: 'Sink hook has 2 dead letters',
        description: expect.stringContaining('HTTP 422 for 7'),
      },
    },
  ]);
  await rowsOf(database.db, 'delete from cph.dead_letters');
  expect(await told()).toEqual([]);
});

test('every sink tells of the others and none of itself; one that is not configured is no trouble', async () => {
  await failed('hook', 5);
  await failed('alertmanager', 5);
  expect(await told()).toEqual(['alertmanager', 'hook']);
  expect(await told('alertmanager')).toEqual(['hook']);
  expect(await told('hook')).toEqual(['alertmanager']);
  await markUnconfiguredSinks(database.db, ['alertmanager'], NOW);
  expect(await told('alertmanager')).toEqual([]);
});

test('an Alertmanager that is too slow for a turn shows what it took, and is offered the rest alone', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  api.records = Array.from({ length: 600 }, (_, index) => imagesRecord(`i${index}`, { status_code: 2 }));
  await sweep();
  const second = moment();
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    if (requests === 1) response.end();
    else second.now();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const sink = createAlertmanagerSink({
    name: 'alertmanager',
    url: `http://127.0.0.1:${port}`,
    baselineAlerts: true,
    timeoutMs: 60_000,
  });
  onTestFinished(() => sink.close());
  const ending = new AbortController();
  const turn = {
    db: database.db,
    cursor_seq: 0,
    last_seq: 9,
    attempts: 0,
    last_delivered_at: null,
    now: () => NOW,
    signal: ending.signal,
  };
  const report = sink.takeTurn(turn);
  await second.come;
  ending.abort(new Error('the turn is over'));
  expect(await report).toMatchObject({ delivered: 500, failure: null, cursor_seq: 0 });
  const open = `select (last_sent_at > '1970-01-01') as sent, count(*)::int from cph.open_alerts group by 1 order by 1`;
  expect(await rowsOf(database.db, open)).toEqual([
    { sent: false, count: 100 },
    { sent: true, count: 500 },
  ]);
});
