import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAlarm } from '../src/waiting/alarm.ts';
import { append, created, imageIds } from './support/event-log.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { deadLetters, sinkRow, useRelays, webhook } from './support/relay.ts';
import { until } from './support/until.ts';
import { type Answer, drop, hang, throttle, useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
beforeEach(() => database.truncate());

const appendImages = (ids: readonly string[]) =>
  append(
    database.db,
    ids.map((id) => created(id)),
  );
/** A twentieth of the delays, which begin at a second. */
const hurried = () => 0.05;

describe('a receiver that fails', () => {
  test('in every way gets every event, in order, and accepts none twice', async () => {
    const receiver = await receivers.start();
    const failures: Answer[] = [500, 408, drop, hang, 503, throttle('0'), 302];
    receiver.answer = (_posted, count) => (count % 5 === 0 ? (failures[(count / 5) % 7] ?? 500) : 204);
    const sink = webhook(receiver.url, { timeoutMs: 1_000 });
    const relay = await relays.start({ ...database, sinks: [sink] });
    const ids = imageIds(60);
    await appendImages(ids);
    await until(() => receiver.accepted.length >= ids.length);
    await relay.stop(1_000);
    expect(receiver.accepted).toEqual(ids);
    expect(await deadLetters(database.db)).toEqual([]);
    expect(relay.deliveries).toContainEqual({
      sink: 'webhook',
      outcome: 'retried',
      count: 1,
      error: expect.stringContaining('HTTP 503'),
    });
    expect(relay.failures).toEqual([]);
  });

  test('to say that it accepted gets that event again, under the same id', async () => {
    const receiver = await receivers.start();
    receiver.answer = ({ event }, count) => {
      if (count !== 2) return 204;
      receiver.accepted.push(event.subject);
      return drop;
    };
    await relays.start({ ...database, sinks: [webhook(receiver.url)] });
    await appendImages(['a', 'b', 'c']);
    await until(() => receiver.accepted.length === 4);
    expect(receiver.accepted).toEqual(['a', 'b', 'b', 'c']);
    const [, lost, again] = receiver.posted;
    expect(again?.headers['webhook-id']).toBe(lost?.headers['webhook-id']);
    expect(again?.body).toBe(lost?.body);
  });

  test('for a while misses nothing, and others notice nothing', async () => {
    const [ailing, well] = [await receivers.start(), await receivers.start()];
    const sinks = [webhook(ailing.url), webhook(well.url, { name: 'well' })];
    const relay = await relays.start({ ...database, sinks, random: hurried });
    await appendImages(['a']);
    await until(() => ailing.accepted.length === 1);
    await ailing.down();
    const ids = imageIds(50);
    await appendImages(ids);
    await until(async () => well.accepted.length === 51 && Number((await sinkRow(database.db)).attempts) > 1);
    expect(ailing.accepted).toEqual(['a']);
    await ailing.up();
    await until(() => ailing.accepted.length === 51);
    expect(ailing.accepted).toEqual(['a', ...ids]);
    expect(well.accepted).toEqual(['a', ...ids]);
    expect(
      relay.deliveries.filter(({ sink, outcome }) => sink === 'well' && outcome !== 'delivered'),
    ).toEqual([]);
  });

  test('one event for good gets the others; the event is a dead letter', async () => {
    const receiver = await receivers.start();
    receiver.answer = ({ event }) => (event.subject === 'poison' ? 422 : 204);
    const relay = await relays.start({ ...database, sinks: [webhook(receiver.url)] });
    await appendImages(['a', 'poison', 'b']);
    await until(() => receiver.accepted.length === 2);
    await relay.stop(1_000);
    expect(receiver.accepted).toEqual(['a', 'b']);
    expect(await deadLetters(database.db)).toMatchObject([
      { image_id: 'poison', last_error: `${new URL(receiver.url).origin} answered HTTP 422: answer 422` },
    ]);
    const error = expect.stringContaining('HTTP 422');
    expect(relay.deliveries).toContainEqual({ sink: 'webhook', outcome: 'dead', count: 1, error });
  });
});

describe('several replicas', () => {
  test('send each event once, in order', async () => {
    const receiver = await receivers.start();
    const start = (replica: string) => relays.start({ ...database, replica, sinks: [webhook(receiver.url)] });
    const running = await Promise.all(['one', 'two', 'three'].map(start));
    const ids = imageIds(600);
    for (let first = 0; first < 600; first += 20) await appendImages(ids.slice(first, first + 20));
    await until(() => receiver.accepted.length >= 600);
    await Promise.all(running.map((relay) => relay.stop(1_000)));
    expect(receiver.accepted).toEqual(ids);
    const delivered = running.map(({ deliveries }) => deliveries.reduce((sum, { count }) => sum + count, 0));
    expect(delivered.reduce((sum, count) => sum + count)).toBe(600);
  });
});

describe('Postgres', () => {
  test('that drops its connections again and again costs no event and no order', async () => {
    const receiver = await receivers.start();
    await relays.start({ ...database, sinks: [webhook(receiver.url)], random: hurried });
    const ids = imageIds(900);
    await appendImages(ids);
    const first = new Set<string>();
    for (let reached = 100; reached < 900; reached += 200) {
      await until(() => receiver.accepted.length >= reached);
      await terminateOthers();
    }
    await until(() => new Set(receiver.accepted).size === 900);
    expect(receiver.accepted.filter((id) => !first.has(id) && first.add(id))).toEqual(ids);
    const sent = new Map(receiver.posted.map(({ event }) => [event.subject, event.id]));
    expect(receiver.posted.filter(({ event }) => sent.get(event.subject) !== event.id)).toEqual([]);
  });

  test('that cannot be listened to is asked instead', async () => {
    const receiver = await receivers.start();
    const url = 'postgres://nobody@127.0.0.1:1/nothing';
    const relay = await relays.start({ ...database, url, sinks: [webhook(receiver.url)] });
    await appendImages(['a']);
    await until(() => receiver.accepted.length === 1);
    expect(relay.failures).toEqual([]);
  });
});

describe('stopping', () => {
  test('waits for the request in hand and sends nothing further', async () => {
    const receiver = await receivers.start();
    const answered = moment();
    receiver.answer = async (_posted, count) => {
      if (count === 201) await answered.come;
      return 204;
    };
    const relay = await relays.start({ ...database, sinks: [webhook(receiver.url)] });
    const seqs = await appendImages(imageIds(401));
    await until(() => receiver.posted.length === 201);
    const stopped = relay.stop(60_000);
    answered.now();
    await stopped;
    const { cursor_seq, leased_by } = await sinkRow(database.db);
    expect(leased_by).toBeNull();
    expect(cursor_seq).toBe(seqs[receiver.accepted.length - 1]);
    expect(receiver.posted).toHaveLength(receiver.accepted.length);
    expect(receiver.posted.length).toBeLessThanOrEqual(400);
  });

  test('drops a request that takes longer than the grace; it is sent again after the next start', async () => {
    const receiver = await receivers.start();
    receiver.answer = (_posted, count) => (count === 1 ? hang : 204);
    const relay = await relays.start({ ...database, sinks: [webhook(receiver.url)] });
    await appendImages(['a']);
    await until(() => receiver.posted.length === 1);
    await Promise.all([relay.stop(10), relay.stop(10)]);
    expect(await sinkRow(database.db)).toMatchObject({ attempts: 0, leased_by: null });
    expect(relay.deliveries).toEqual([]);
    expect(relay.failures).toEqual([]);

    await relays.start({ ...database, sinks: [webhook(receiver.url)], replica: 'after the restart' });
    await until(() => receiver.accepted.length === 1);
    expect(receiver.posted.map(({ event }) => event.subject)).toEqual(['a', 'a']);
  });
});

describe('news', () => {
  test('by NOTIFY is heard at once, without waiting to ask', async () => {
    // No pause of the relay ever ends.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const receiver = await receivers.start();
    const heard = { a: moment(), b: moment(), c: moment() };
    receiver.answer = ({ event }) => {
      heard[event.subject as keyof typeof heard].now();
      return 204;
    };
    await relays.start({ ...database, url: database.directUrl, sinks: [webhook(receiver.url)] });
    for (const id of ['a', 'b', 'c'] as const) {
      await appendImages([id]);
      await heard[id].come;
    }
  });

  test('that comes while the loop is at work ends its next sleep', async () => {
    const alarm = createAlarm();
    alarm.ring();
    await alarm.sleep(3_600_000);
    const asleep = alarm.sleep(3_600_000);
    alarm.ring();
    await asleep;
  });
});

test('trouble that is not the receiver’s is told, and tried again', async () => {
  const receiver = await receivers.start();
  const sink = webhook(receiver.url);
  let turns = 0;
  const troubled = {
    ...sink,
    takeTurn: (turn: Parameters<typeof sink.takeTurn>[0]) => {
      turns += 1;
      if (turns === 1) throw new Error('not the receiver');
      return sink.takeTurn(turn);
    },
  };
  const relay = await relays.start({ ...database, sinks: [troubled] });
  await appendImages(['a']);
  await until(() => receiver.accepted.length === 1);
  expect(relay.failures).toMatchObject([{ message: 'not the receiver' }]);
});

async function terminateOthers(): Promise<void> {
  await rowsOf(
    database.db,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`,
  );
}
