import { beforeEach, describe, expect, test } from 'vitest';
import { rewindSink } from '../src/store/sinks.ts';
import { append, created } from './support/event-log.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { later, scriptedSink, sinkRow, useRelays, webhook } from './support/relay.ts';
import { until } from './support/until.ts';
import { hang, useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
beforeEach(() => database.truncate());

const appendImages = (...ids: string[]) =>
  append(
    database.db,
    ids.map((id) => created(id)),
  );

/** A receiver, the turns of a sink that posts to it, and three events. */
async function three() {
  const receiver = await receivers.start();
  const turns = await relays.byHand(database.db, webhook(receiver.url));
  const [first, second, third] = await appendImages('a', 'b', 'c');
  return { receiver, turns, first, second, third };
}

describe('a lease', () => {
  test('keeps other replicas from a sink until the turn is over', async () => {
    const { receiver, turns } = await three();
    const other = await relays.byHand(database.db, webhook(receiver.url), 'other replica');
    const answered = moment();
    receiver.answer = async () => {
      await answered.come;
      return 204;
    };
    const turn = turns.take();
    await until(() => receiver.posted.length === 1);
    expect(await other.take()).toBeNull();
    answered.now();
    await turn;
    await appendImages('d');
    expect(await other.take()).toMatchObject({ delivered: 1 });
    expect(receiver.posted.map(({ event }) => event.subject)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that runs out lets another replica go on; the one that lost it changes nothing any more', async () => {
    const { receiver, turns, third } = await three();
    const other = await relays.byHand(database.db, webhook(receiver.url), 'other replica');
    const answered = moment();
    receiver.answer = async (_posted, count) => {
      if (count === 1) await answered.come;
      return count === 2 ? 503 : 204;
    };
    const lost = turns.take();
    await until(() => receiver.posted.length === 1);
    await rowsOf(database.db, 'update cph.sinks set leased_until = now()');

    // The other one fails, so the cursor is where the first turn found it.
    expect(await other.take()).toMatchObject({ delivered: 0, retried: true });
    const row = await sinkRow(database.db);
    expect(row).toMatchObject({ cursor_seq: 0, attempts: 1, leased_by: null });
    answered.now();
    expect(await lost).toMatchObject({ delivered: 3, again_in_ms: 0 });
    expect(await sinkRow(database.db)).toEqual(row);

    other.clock = later(other.clock, 60);
    await other.take();
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: third, attempts: 0 });
  });

  test('is ended when the sink throws, and the failure is not the receiver’s', async () => {
    const sink = scriptedSink(() => Promise.reject(new Error('the database is gone')));
    const turns = await relays.byHand(database.db, sink);
    await expect(turns.take()).rejects.toThrow('the database is gone');
    expect(await sinkRow(database.db, 'scripted')).toMatchObject({ leased_by: null, attempts: 0 });
  });
});

test('a replay in the middle of a turn wins over its end', async () => {
  const { receiver, turns } = await three();
  await turns.take();
  await appendImages('d');
  const answered = moment();
  receiver.answer = async () => {
    await answered.come;
    return 204;
  };
  const turn = turns.take();
  await until(() => receiver.posted.length === 4);
  expect(await rewindSink(database.db, 'webhook', 0)).toBe(3);
  answered.now();
  expect(await turn).toMatchObject({ delivered: 1, again_in_ms: 0 });
  expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: 0 });
  await turns.take();
  expect(receiver.accepted).toEqual(['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd']);
});

describe('being stopped', () => {
  test('in the middle of a turn keeps what was accepted, and is no failure', async () => {
    const { receiver, turns, first } = await three();
    receiver.answer = (_posted, count) => (count === 1 ? 204 : hang);
    const stopping = new AbortController();
    const turn = turns.take(stopping.signal);
    await until(() => receiver.posted.length === 2);
    stopping.abort();
    expect(await turn).toMatchObject({ delivered: 1, retried: false, error: null });
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: first, attempts: 0, leased_by: null });
  });

  test('before the first answer leaves the failures before it as they are', async () => {
    const { receiver, turns } = await three();
    receiver.answer = (_posted, count) => (count === 1 ? 500 : hang);
    await turns.take();
    const row = await sinkRow(database.db);
    turns.clock = later(turns.clock, 60);
    const stopping = new AbortController();
    const turn = turns.take(stopping.signal);
    await until(() => receiver.posted.length === 2);
    stopping.abort(new Error('stopped'));
    await expect(turn).rejects.toThrow('stopped');
    expect(await sinkRow(database.db)).toEqual(row);
  });
});
