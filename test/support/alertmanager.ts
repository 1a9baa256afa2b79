/** A real Alertmanager for the tests of a file, and what it was told, believes and passed on. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

/** Debian's name, and everybody else's. */
const PROGRAMS = ['prometheus-alertmanager', 'alertmanager'];
const program = PROGRAMS.find((name) => spawnSync(name, ['--version']).error === undefined);
type AlertmanagerProcess = Awaited<ReturnType<typeof startAlertmanager>>;

/** Without the program these tests cannot run; where CI is set they then fail instead of being skipped. */
export const noAlertmanager = program === undefined && !process.env.CI;

export interface GivenAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly fingerprint: string;
}

interface Notification {
  readonly status: 'firing' | 'resolved';
  readonly image_id: string | undefined;
}

export interface TestAlertmanager {
  /** Where sinks post to: a gate before the Alertmanager that stays while that is down. */
  readonly url: string;
  /** The alerts of each request that came to the gate while it was up. */
  readonly requests: (readonly GivenAlert[])[];
  /** What the gate does with a request: let it through, answer it itself, or let it through and lose the answer. */
  interfere: (alerts: readonly GivenAlert[]) => 'pass' | 'lose answer' | number;
  /** What it believes to be firing, by name and image. */
  readonly active: () => Promise<GivenAlert[]>;
  /** What it has told people, each change once. */
  readonly notifications: Notification[];
  /** Ends it; everything it believes is forgotten, and requests are answered with 502. */
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
}

/** One gate and one place for notifications a file, and a new Alertmanager for each test. */
export function useAlertmanager(): TestAlertmanager {
  const requests: (readonly GivenAlert[])[] = [];
  const notifications: Notification[] = [];
  let folder = '';
  let running: AlertmanagerProcess | null = null;
  let gate = { url: '', close: async () => {} };
  let people = gate;

  const up = async () => {
    running = await startAlertmanager(folder, configFor(people.url));
  };
  const down = async () => {
    const stopped = running;
    running = null;
    await stopped?.end();
  };
  const alertmanager: TestAlertmanager = {
    get url() {
      return gate.url;
    },
    requests,
    notifications,
    interfere: () => 'pass',
    active: async () => {
      const response = await fetch(`${running?.url}/api/v2/alerts`);
      return ((await response.json()) as GivenAlert[]).sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
    },
    down,
    up,
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cph-inventory-alertmanager-'));
    people = await serve(async (body) => {
      notifications.push(...notificationsIn(body));
      return 200;
    });
    gate = await serve(async (body, path) => {
      if (!running) return 502;
      const alerts = body as GivenAlert[];
      requests.push(alerts);
      const fate = alertmanager.interfere(alerts);
      if (typeof fate === 'number') return fate;
      const { status } = await post(`${running.url}${path}`, body);
      return fate === 'pass' ? status : 504;
    });
  });
  beforeEach(async () => {
    alertmanager.interfere = () => 'pass';
    requests.length = 0;
    notifications.length = 0;
    await up();
  });
  afterEach(down);
  afterAll(async () => {
    await gate.close();
    await people.close();
    await rm(folder, { recursive: true, force: true });
  });
  return alertmanager;
}

/** What a test calls an alert: `CphImageFailed image-1`, or the name alone where it is about no image. */
export function keyOf({ labels }: Pick<GivenAlert, 'labels'>): string {
  return [labels.alertname, labels.image_id].filter(Boolean).join(' ');
}

function notificationsIn(body: unknown): Notification[] {
  const { alerts } = body as { alerts: { status: 'firing' | 'resolved'; labels: { image_id?: string } }[] };
  return alerts.map(({ status, labels }) => ({ status, image_id: labels.image_id }));
}

/** The minor version of the Alertmanager here: 25 is 0.25. NaN without one. */
export function alertmanagerMinor(): number {
  if (program === undefined) return Number.NaN;
  const { stdout, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return Number(/version 0\.(\d+)/.exec(stdout + stderr)?.[1]);
}

/** One with this configuration, which keeps its files in `folder` and lasts until it is ended. */
export async function startAlertmanager(folder: string, config: object) {
  if (program === undefined) throw new Error('no Alertmanager: apt-get install prometheus-alertmanager');
  const path = join(folder, 'alertmanager.yml');
  await writeFile(path, JSON.stringify(config)); // JSON is YAML.
  const child = spawn(
    program,
    [
      `--config.file=${path}`,
      `--storage.path=${await mkdtemp(join(folder, 'storage-'))}`,
      '--web.listen-address=127.0.0.1:0',
      '--cluster.listen-address=',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    const address = /Listening on.*address=(\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    child.stderr.resume();
    return { url: `http://${address}`, end: () => end(child) };
  }
  throw new Error(`the Alertmanager did not start:\n${said.join('\n')}`);
}

/** Everything in one group, told at once. */
function configFor(peopleUrl: string) {
  const route = { receiver: 'people', group_wait: '10ms', group_interval: '10ms', repeat_interval: '4h' };
  const receiver = { name: 'people', webhook_configs: [{ url: peopleUrl, send_resolved: true }] };
  return { route, receivers: [receiver] };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function post(url: string, body: unknown): Promise<{ readonly status: number }> {
  const headers = { 'content-type': 'application/json' };
  return await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Answers every request with the status that `answer` makes of it. */
async function serve(answer: (body: unknown, path: string) => Promise<number>) {
  const server: Server = createServer(async (request, response) => {
    const status = await answer(await json(request), request.url ?? '/').catch(() => 502);
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, close };
}
