import { beforeEach, describe, expect, test } from 'vitest';
import type { Turn, TurnReport } from '../src/delivery/sink.ts';
import { registerSinks } from '../src/store/sinks.ts';
import { append, appendIn, created, imageIds } from './support/event-log.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { deadLetters, later, scriptedSink, sinkRow, useRelays, webhook } from './support/relay.ts';
import { useReceivers } from './support/webhook-receiver.ts';

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

describe('a new sink', () => {
  test('starts at the end of the log, and one that is known keeps its place', async () => {
    await appendImages('before');
    const receiver = await receivers.start();
    const turns = await relays.byHand(database.db, webhook(receiver.url));
    await turns.take();
    await appendImages('after');
    await registerSinks(database.db, [webhook(receiver.url)], turns.clock);
    await turns.take();
    expect(receiver.accepted).toEqual(['after']);
  });

  test('hears of what was written before it and committed after it', async () => {
    const receiver = await receivers.start();
    const turns = await database.db.transaction(async (tx) => {
      await appendIn(tx, [created('uncommitted')]);
      return await relays.byHand(database.db, webhook(receiver.url));
    });
    await turns.take();
    expect(receiver.accepted).toEqual(['uncommitted']);
  });
});

test('a sink that comes back as another kind keeps its place', async () => {
  const { receiver, turns, third } = await three();
  await turns.take();
  await registerSinks(database.db, [{ name: 'webhook', kind: 'alertmanager' }], turns.clock);
  expect(await sinkRow(database.db)).toMatchObject({ kind: 'alertmanager', cursor_seq: third });
  expect(receiver.accepted).toHaveLength(3);
});

describe('a turn', () => {
  test('sends nothing twice and nothing out of order, however many it takes', async () => {
    const { receiver, turns } = await three();
    await turns.take();
    const ids = imageIds(450);
    await appendImages(...ids);
    const outcomes = [await turns.take(), await turns.take(), await turns.take()];
    expect(outcomes).toMatchObject([{ again_in_ms: 0 }, { again_in_ms: 0 }, { again_in_ms: null }]);
    expect(receiver.posted.map(({ event }) => event.subject)).toEqual(['a', 'b', 'c', ...ids]);
  });

  test('ends after a second of sending, so that the cursor moves', async () => {
    const { receiver, turns, first } = await three();
    receiver.answer = () => {
      turns.clock = later(turns.clock, 1.001);
      return 204;
    };
    expect(await turns.take()).toMatchObject({ delivered: 1, again_in_ms: 0 });
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: first });
  });

  test('is not taken when there is nothing to do, and writes nothing', async () => {
    const { turns } = await three();
    await turns.take();
    const before = await rowsOf(database.db, 'select xmin, * from cph.sinks');
    expect(await turns.take()).toBeNull();
    expect(await rowsOf(database.db, 'select xmin, * from cph.sinks')).toEqual(before);
  });
});

describe('a sink that looks at what is, not at what happened', () => {
  const lookAgain = (turn: Turn): TurnReport => ({
    cursor_seq: turn.last_seq,
    delivered: 0,
    refused: [],
    failure: null,
    look_again_at: later(turn.now(), 15),
  });

  test('takes its first turn at once, and then when it wants to, by whichever replica', async () => {
    const seen: number[] = [];
    const sink = scriptedSink(async (turn) => {
      seen.push(turn.last_seq);
      return lookAgain(turn);
    });
    const turns = await relays.byHand(database.db, sink);
    const other = await relays.byHand(database.db, sink, 'other replica');
    expect(await turns.take()).toMatchObject({ again_in_ms: null });
    expect(await other.take()).toBeNull();
    other.clock = later(turns.clock, 15);
    expect(await other.take()).not.toBeNull();
    expect(await turns.take()).toBeNull();
    expect(seen).toEqual([0, 0]);
  });

  test('takes a turn at once when something happens', async () => {
    const turns = await relays.byHand(
      database.db,
      scriptedSink(async (turn) => lookAgain(turn)),
    );
    await turns.take();
    const seqs = await appendImages('a');
    expect(await turns.take()).not.toBeNull();
    expect(await sinkRow(database.db, 'scripted')).toMatchObject({ cursor_seq: seqs[0] });
  });

  test('never gives up, and has no dead letters', async () => {
    const failure = { event_seq: null, error: 'HTTP 500', retry_after_ms: null, doubtful: false };
    const turns = await relays.byHand(
      database.db,
      scriptedSink(async (turn) => ({ ...lookAgain(turn), cursor_seq: turn.cursor_seq, failure })),
    );
    await turns.take();
    turns.clock = later(turns.clock, 30 * 86_400);
    expect(await turns.take()).toMatchObject({ dead: 0, retried: true });
    expect(await deadLetters(database.db)).toEqual([]);
    expect(await sinkRow(database.db, 'scripted')).toMatchObject({ attempts: 2, last_error: 'HTTP 500' });
  });
});
