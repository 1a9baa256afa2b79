/**
 * How many events a second the webhook sink delivers, beside a bare loop of the same requests in the same run:
 *
 *     npx tsx bench/delivery.ts [events]
 *
 * Uses an embedded Postgres of its own and a receiver in a process of its own, both on this machine.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { startDelivery } from '../src/delivery/relay.ts';
import { createWebhookSink } from '../src/delivery/webhook.ts';
import { signatureHeaders } from '../src/delivery/webhook-signature.ts';
import { cloudEvent } from '../src/inventory/event.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { startEmbeddedPostgres } from '../src/store/embedded/embedded.ts';
import { readEvents } from '../src/store/events.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { registerSinks } from '../src/store/sinks.ts';
import { append, created, imageIds } from '../test/support/event-log.ts';

const EVENTS = Number(process.argv[2] ?? 20_000);
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const PAGE = 200;

const dataDir = await mkdtemp(join(tmpdir(), 'cph-inventory-bench-'));
const server = await startEmbeddedPostgres({ dataDir });
const receiver = fork(join(import.meta.dirname, 'receiver.ts'), {
  execArgv: ['--import', import.meta.resolve('tsx')],
});
try {
  const [url] = await once(receiver, 'message');
  await migrateDatabase({ url: server.url });
  const { db, close } = openDatabase({ url: server.url, applicationName: 'bench', maxConnections: 5 });
  await measure(db, String(url));
  await close();
} finally {
  receiver.kill();
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function measure(db: Database, url: string): Promise<void> {
  // Known before the events, so that it starts in front of them.
  await registerSinks(db, [{ name: 'webhook', kind: 'webhook' }], new Date());
  await append(
    db,
    imageIds(EVENTS).map((id) => created(id)),
  );
  await postAll(db, url); // warms up this process, the receiver and Postgres
  const bare = await postAll(db, url);
  const relayed = await relayAll(db, url);
  const made = await timed(() => makeAll(db));
  const rate = (ms: number) =>
    `${Math.round(EVENTS / (ms / 1000))} events/s, ${((ms / EVENTS) * 1000).toFixed(0)} µs each`;
  write(`webhook sink        ${rate(relayed)}`);
  write(`bare loop of POSTs  ${rate(bare)}`);
  write(`ratio               ${(bare / relayed).toFixed(2)}`);
  write(`reading, JSON and signature alone: ${rate(made)}`);
  write(
    `the rest of the difference, per turn of ${PAGE}: ${(((relayed - bare - made) / EVENTS) * PAGE).toFixed(1)} ms`,
  );
}

/** The same requests with nothing around them: the bodies and signatures are there before the clock starts. */
async function postAll(db: Database, url: string): Promise<number> {
  const requests: { headers: Record<string, string>; body: string }[] = [];
  await eachRequest(db, (request) => requests.push(request));
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: 1 });
  const ms = await timed(async () => {
    for (const request of requests) {
      const response = await pool.request({ method: 'POST', path, ...request });
      await response.body.dump();
    }
  });
  await pool.close();
  return ms;
}

async function relayAll(db: Database, url: string): Promise<number> {
  const options = { name: 'webhook', types: null, toStatus: null, timeoutMs: 10_000 };
  const sink = createWebhookSink({ ...options, url, secret: () => SECRET });
  let delivered = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const start = performance.now();
  const delivery = startDelivery({
    db,
    url: server.url,
    sinks: [sink],
    now: () => new Date(),
    random: Math.random,
    replica: 'bench',
    onDelivery: ({ count, outcome }) => {
      if (outcome !== 'delivered') throw new Error(`an event was ${outcome}`);
      delivered += count;
      if (delivered === EVENTS) finish();
    },
    onFailure: (_sink, error) => write(String(error)),
  });
  await finished;
  const ms = performance.now() - start;
  await delivery.stop(1_000);
  return ms;
}

async function makeAll(db: Database): Promise<void> {
  await eachRequest(db, () => {});
}

async function eachRequest(
  db: Database,
  take: (request: { headers: Record<string, string>; body: string }) => void,
): Promise<void> {
  let after = 0;
  for (;;) {
    const events = await readEvents(db, { after, limit: PAGE });
    for (const event of events) {
      const body = JSON.stringify(cloudEvent(event));
      const signature = signatureHeaders({ id: event.id, body, sentAt: new Date() }, SECRET);
      take({
        headers: { 'content-type': 'application/cloudevents+json; charset=utf-8', ...signature },
        body,
      });
    }
    after = events.at(-1)?.seq ?? after;
    if (events.length < PAGE) return;
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
