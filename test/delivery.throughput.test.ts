import { Pool } from 'undici';
import { expect, test } from 'vitest';
import { rewindSink } from '../src/store/sinks.ts';
import { append, created, imageIds } from './support/event-log.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useRelays, webhook } from './support/relay.ts';
import { until } from './support/until.ts';
import { useReceivers, type WebhookReceiver } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();

const EVENTS = 1_000;
/**
 * Measured in processor time, and against the bare requests in the same minute, so that a machine with other work to do
 * does not fail it; events a second are measured by `bench/delivery.ts`.
 */
const MOST_TIMES_A_BARE_REQUEST = 4;

test('a signed event costs little more than the request that carries it', async () => {
  const receiver = await receivers.start();
  const sink = webhook(receiver.url, { secret: () => 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' });
  await relays.start({ ...database, sinks: [sink] });
  await append(
    database.db,
    imageIds(EVENTS).map((id) => created(id)),
  );
  await until(() => receiver.posted.length === EVENTS);
  await post(receiver);
  const relayed = await cpuMs(() => replay(receiver));
  const bare = await cpuMs(() => post(receiver));
  expect(relayed / bare).toBeLessThan(MOST_TIMES_A_BARE_REQUEST);
});

async function replay({ posted }: WebhookReceiver): Promise<void> {
  const before = posted.length;
  await rewindSink(database.db, 'webhook', 0);
  await until(() => posted.length === before + EVENTS);
}

/** As many requests, with what the first one carried. */
async function post({ url, posted }: WebhookReceiver): Promise<void> {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections: 1 });
  const body = posted[0]?.body ?? '';
  for (let i = 0; i < EVENTS; i += 1) {
    const response = await pool.request({ method: 'POST', path, body });
    await response.body.dump();
  }
  await pool.close();
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
