import { beforeEach, describe, expect, test } from 'vitest';
import { createAlertmanagerSink } from '../src/delivery/alertmanager.ts';
import { append, created } from './support/event-log.ts';
import { imagesRecord } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { deadLetters, useRelays, webhook } from './support/relay.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
beforeEach(() => database.truncate());

describe('headers of a webhook', () => {
  test('are sent with every event as they are at that moment, beside our own', async () => {
    const receiver = await receivers.start();
    const keys = ['first key', 'second key'];
    const headers = () => ({ 'x-api-key': keys.shift() ?? '', 'user-agent': 'ops' });
    const turns = await relays.byHand(database.db, webhook(receiver.url, { headers }));
    await append(database.db, [created('a'), created('b')]);
    await turns.take();
    expect(receiver.posted.map((posted) => posted.headers['x-api-key'])).toEqual(['first key', 'second key']);
    expect(receiver.posted[0]?.headers).toMatchObject({
      'user-agent': 'ops',
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': receiver.posted[0]?.event.id,
    });
  });

  test('come before the user and password of the URL', async () => {
    const receiver = await receivers.start();
    const url = receiver.url.replace('://', '://user:password@');
    const headers = () => ({ authorization: 'Bearer abc' });
    const turns = await relays.byHand(database.db, webhook(url, { headers }));
    await append(database.db, [created('a')]);
    await turns.take();
    expect(receiver.posted[0]?.headers.authorization).toBe('Bearer abc');
  });

  test('are not shown when the receiver repeats them, whole or in part', async () => {
    const receiver = await receivers.start();
    receiver.answer =
      ({ headers }) =>
      (response) =>
        response.writeHead(400).end(`${headers.authorization} / ${headers['x-key']} / t0ken-of-this-sink`);
    const headers = () => ({ authorization: 'Bearer t0ken-of-this-sink', 'x-key': 'k3yk3y' });
    const turns = await relays.byHand(database.db, webhook(receiver.url, { headers }));
    await append(database.db, [created('a')]);
    await turns.take();
    const [letter] = await deadLetters(database.db);
    expect(letter?.last_error).toMatch(/HTTP 400: \[secret\] \/ \[secret\] \/ \[secret\]$/);
  });
});

describe('an Alertmanager', () => {
  test.each([
    ['', '/api/v2/alerts'],
    ['/', '/api/v2/alerts'],
    ['/base', '/base/api/v2/alerts'],
    ['/base/', '/base/api/v2/alerts'],
    ['/api/v2/alerts', '/api/v2/alerts'],
    ['/api/v2/alerts/', '/api/v2/alerts'],
    ['/api/v2', '/api/v2/alerts'],
    ['/api/v2/', '/api/v2/alerts'],
    ['/base/api/v2/alerts', '/base/api/v2/alerts'],
    ['/base//api/v2/alerts//', '/base/api/v2/alerts'],
    ['/base?tenant=1', '/base/api/v2/alerts?tenant=1'],
    ['/api/v2/alerts?tenant=1', '/api/v2/alerts?tenant=1'],
  ])('whose URL ends in "%s" is posted to at %s, with its headers', async (path, expected) => {
    const receiver = await receivers.start();
    const url = `${new URL(receiver.url).origin}${path}`;
    const headers = () => ({ 'x-scope-orgid': 'cph' });
    const sink = createAlertmanagerSink({ name: 'am', url, headers, baselineAlerts: true, timeoutMs: 5_000 });
    const turns = await relays.byHand(database.db, sink);
    const project = await scriptedProject(database.db);
    project.api.records = [imagesRecord('i1', { status_code: 2 })];
    await project.sweep({ now: () => turns.clock });
    await turns.take();
    expect(receiver.posted.map((posted) => posted.path)).toEqual([expected]);
    expect(receiver.posted[0]?.headers['x-scope-orgid']).toBe('cph');
  });
});
