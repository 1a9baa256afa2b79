import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { processSurroundings } from '../src/config/environment.ts';
import { createUpstreamMemory } from '../src/cph/upstream-memory.ts';
import { createSinks } from '../src/daemon/sinks.ts';
import { registerProjects } from '../src/store/projects.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();

type Alert = Record<'labels' | 'annotations', Record<string, string>> & { generatorURL?: string };

/** What an Alertmanager is told of a failed image and a failing sink, with these settings. */
async function told(settings: Readonly<Record<string, string>>): Promise<Alert[]> {
  await database.truncate();
  const { api, sweep } = await scriptedProject(database.db, 'p1');
  await registerProjects(database.db, [{ project_id: 'p1', region: 'r', name: 'Live "streaming"' }]);
  api.records = [imagesRecord('i/1', { status_code: 2 })];
  await sweep();
  await rowsOf(
    database.db,
    `insert into cph.sinks (name, kind, cursor_seq, attempts, failing_since) values ('builds', 'webhook', 0, 3, now())`,
  );
  const alerts: Alert[] = [];
  const server = createServer(async (request, response) => {
    alerts.push(...((await json(request)) as Alert[]));
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const env = {
    HW_REGION_NAME: 'r',
    HW_PROJECT_ID: 'p1',
    HW_AUTH_TOKEN: 'token',
    CPH_BASELINE_ALERTS: 'true',
    CPH_ALERTMANAGER_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...settings,
  };
  const now = () => new Date();
  const config = loadConfig({ env, files: processSurroundings().files });
  const [sink] = createSinks(config.sinks, { ...config, memory: createUpstreamMemory(now), now });
  onTestFinished(() => sink?.close());
  const progress = { cursor_seq: 0, last_seq: 9, attempts: 0, last_delivered_at: null };
  await sink?.takeTurn({ db: database.db, ...progress, now, signal: new AbortController().signal });
  return alerts;
}

const linksOf = (alerts: readonly Alert[]) =>
  Object.fromEntries(
    alerts.map(({ labels, annotations, generatorURL }) => [
      labels.alertname,
      [generatorURL, annotations.runbook_url],
    ]),
  );

test('an alert leads to the page of what it is about and to its runbook, where people reach them', async () => {
  const page = 'https://ops.example.com/cph';
  const expected = {
    CphImageFailed: [`${page}/images/p1/i%2F1`, `${page}/runbooks/CphImageFailed`],
    CphDeliveryFailing: [`${page}/sinks`, `${page}/runbooks/CphDeliveryFailing`],
  };
  expect(linksOf(await told({ CPH_PUBLIC_URL: page }))).toEqual(expected);
  expect(linksOf(await told({ CPH_PUBLIC_URL: `${page}/` }))).toEqual(expected);
});

test('without a public address it leads to where the page is served, and nowhere where it is not', async () => {
  const [failed] = await told({ CPH_HTTP_PORT: '8123' });
  expect(failed?.generatorURL).toBe('http://127.0.0.1:8123/images/p1/i%2F1');
  for (const port of ['0', 'off']) {
    expect(linksOf(await told({ CPH_HTTP_PORT: port })).CphImageFailed).toEqual([undefined, undefined]);
  }
});

test('an alert about a project has its name as a label', async () => {
  const [failed] = await told({});
  expect(failed?.labels).toMatchObject({ region: 'r', project_id: 'p1', project_name: 'Live "streaming"' });
});
