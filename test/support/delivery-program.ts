/**
 * A program that delivers, for tests to fork and kill: `delivery-program.js <databaseUrl> <receiverUrl>`. It
 * says when it is ready, and begins when it is told to.
 */
import { once } from 'node:events';
import { startDelivery } from '../../src/delivery/relay.ts';
import { createWebhookSink } from '../../src/delivery/webhook.ts';
import { openDatabase } from '../../src/store/database.ts';

const [url = '', receiver = ''] = process.argv.slice(2);
const { db } = openDatabase({ url, applicationName: 'delivery program', maxConnections: 2 });
const filters = { types: null, toStatus: null };
const sink = createWebhookSink({
  name: 'webhook',
  url: receiver,
  secret: null,
  ...filters,
  timeoutMs: 5_000,
});

process.send?.('ready');
await once(process, 'message');
startDelivery({
  db,
  url,
  sinks: [sink],
  now: () => new Date(),
  random: Math.random,
  replica: `program ${process.pid}`,
  onDelivery: () => undefined,
  onFailure: (_sink, error) => process.stderr.write(`${String(error)}\n`),
});
