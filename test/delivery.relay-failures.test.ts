import { beforeEach, describe, expect, test } from 'vitest';
import { registerSinks, rewindSink } from '../src/store/sinks.ts';
import { append, created } from './support/event-log.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { deadLetters, later, sinkRow, useRelays, webhook } from './support/relay.ts';
import { throttle, useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
beforeEach(() => database.truncate());

const DAY = 86_400;
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

describe('a failure', () => {
  test('ends the turn there; what was accepted before it is behind the cursor', async () => {
    const { receiver, turns, first } = await three();
    receiver.answer = ({ event }) => (event.subject === 'b' ? 503 : 204);
    expect(await turns.take()).toMatchObject({ delivered: 1, dead: 0, retried: true, again_in_ms: 1000 });
    expect(receiver.posted.map(({ event }) => event.subject)).toEqual(['a', 'b']);
    expect(await sinkRow(database.db)).toMatchObject({
      cursor_seq: first,
      attempts: 1,
      failing_since: turns.clock,
      next_attempt_at: later(turns.clock, 1),
      last_error: `${new URL(receiver.url).origin} answered HTTP 503: answer 503`,
      last_delivered_at: turns.clock,
      leased_by: null,
    });
  });

  test('that was written by a clock far ahead is not waited for; the longest pause is', async () => {
    const { receiver, turns } = await three();
    receiver.answer = () => 500;
    const right = turns.clock;
    turns.clock = later(right, DAY);
    await turns.take();
    turns.clock = right;
    expect(await turns.take()).toMatchObject({ retried: true });
    receiver.answer = () => throttle('3600');
    turns.clock = later(right, 60);
    await turns.take();
    expect(await turns.take()).toBeNull();
  });

  test('is followed by another attempt after delays that grow up to a minute, and not before', async () => {
    const { receiver, turns } = await three();
    receiver.answer = () => 500;
    const delays: unknown[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      const outcome = await turns.take();
      delays.push(outcome?.again_in_ms);
      await appendImages(`new ${attempt}`);
      turns.clock = later(turns.clock, (outcome?.again_in_ms ?? 0) / 1000 - 0.001);
      expect(await turns.take()).toBeNull();
      turns.clock = later(turns.clock, 0.001);
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(new Set(receiver.posted.map(({ event }) => event.id)).size).toBe(1);
  });

  test('counts from one again once the receiver has answered', async () => {
    const { receiver, turns, first } = await three();
    receiver.answer = (_posted, count) => (count === 3 ? 204 : 500);
    await turns.take();
    turns.clock = later(turns.clock, 60);
    await turns.take();
    turns.clock = later(turns.clock, 60);
    expect(await turns.take()).toMatchObject({ delivered: 1, again_in_ms: 1000 });
    expect(await sinkRow(database.db)).toMatchObject({
      cursor_seq: first,
      attempts: 1,
      failing_since: turns.clock,
    });
  });

  test('outlives its program: the next one waits as long', async () => {
    const { receiver, turns } = await three();
    receiver.answer = () => throttle('30');
    await turns.take();
    const next = await relays.byHand(database.db, webhook(receiver.url), 'next program');
    next.clock = later(turns.clock, 29.999);
    expect(await next.take()).toBeNull();
    next.clock = later(turns.clock, 30);
    expect(await next.take()).toMatchObject({ retried: true });
    expect(receiver.posted).toHaveLength(2);
  });

  test.each([
    ['seconds', '120', 120],
    ['a date', 'Sat, 01 Aug 2026 12:05:00 GMT', 300],
    ['a date that has passed', 'Sat, 01 Aug 2026 11:00:00 GMT', 1],
    ['more than an hour', '999999', 3600],
    ['less than our own delay', '0', 1],
    ['nothing one can read', 'soon', 1],
  ])('waits as long as the receiver asks: %s', async (_form, header, seconds) => {
    const { receiver, turns } = await three();
    receiver.answer = () => throttle(header);
    expect(await turns.take()).toMatchObject({ again_in_ms: seconds * 1000 });
  });

  test('is forgotten when the receiver takes the event after all', async () => {
    const { receiver, turns, third } = await three();
    receiver.answer = (_posted, count) => (count <= 2 ? 500 : 204);
    await turns.take();
    turns.clock = later(turns.clock, 60);
    await turns.take();
    expect(await sinkRow(database.db)).toMatchObject({ attempts: 2 });
    turns.clock = later(turns.clock, 60);
    await turns.take();
    expect(await sinkRow(database.db)).toMatchObject({
      cursor_seq: third,
      attempts: 0,
      failing_since: null,
      next_attempt_at: null,
      last_error: null,
    });
    expect(receiver.accepted).toEqual(['a', 'b', 'c']);
    expect(await deadLetters(database.db)).toEqual([]);
  });
});

describe('a dead letter', () => {
  test('is what the receiver refuses for good, with its answer; the rest flows on', async () => {
    const { receiver, turns, third } = await three();
    receiver.answer = ({ event }) => (event.subject === 'b' ? 410 : 204);
    expect(await turns.take()).toMatchObject({ delivered: 2, dead: 1, retried: false, again_in_ms: null });
    expect(receiver.accepted).toEqual(['a', 'c']);
    const last_error = `${new URL(receiver.url).origin} answered HTTP 410: answer 410`;
    expect(await deadLetters(database.db)).toEqual([
      { sink: 'webhook', image_id: 'b', attempts: 1, last_error, failed_at: turns.clock },
    ]);
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: third, attempts: 0, last_error: null });
  });

  test('counts the failures before the refusal', async () => {
    const { receiver, turns } = await three();
    receiver.answer = (_posted, count) => (count <= 2 ? 500 : 400);
    await turns.take();
    turns.clock = later(turns.clock, 60);
    await turns.take();
    turns.clock = later(turns.clock, 60);
    await turns.take();
    expect(await deadLetters(database.db)).toMatchObject([
      { image_id: 'a', attempts: 3 },
      { image_id: 'b', attempts: 1 },
      { image_id: 'c', attempts: 1 },
    ]);
  });

  test('is what failed for more than three days; then each attempt is for the next event, until one succeeds', async () => {
    const { receiver, turns, second, third } = await three();
    receiver.answer = () => 500;
    await turns.take();
    const failing_since = turns.clock;
    turns.clock = later(failing_since, 3 * DAY);
    expect(await turns.take()).toMatchObject({ dead: 0, retried: true });
    turns.clock = later(failing_since, 3 * DAY + 60);
    expect(await turns.take()).toMatchObject({ dead: 1, retried: false, again_in_ms: 4000 });
    turns.clock = later(failing_since, 3 * DAY + 120);
    expect(await turns.take()).toMatchObject({ dead: 1, retried: false, again_in_ms: 8000 });
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: second, failing_since, attempts: 4 });

    receiver.answer = () => 204;
    turns.clock = later(failing_since, 3 * DAY + 180);
    await turns.take();
    expect(receiver.accepted).toEqual(['c']);
    expect(await deadLetters(database.db)).toMatchObject([{ image_id: 'a' }, { image_id: 'b' }]);
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: third, attempts: 0, failing_since: null });
  });

  test.each([401, 403, 404, 409])(
    'is what was answered with %i for half an hour: a key is changed, or a receiver deployed, in less',
    async (status) => {
      const { receiver, turns } = await three();
      receiver.answer = ({ event }) => (event.subject === 'a' ? status : 204);
      await turns.take();
      const failing_since = turns.clock;
      turns.clock = later(failing_since, 1800);
      expect(await turns.take()).toMatchObject({ dead: 0, retried: true });
      turns.clock = later(failing_since, 1860);
      expect(await turns.take()).toMatchObject({ dead: 1, retried: false });
      expect(await deadLetters(database.db)).toMatchObject([
        { image_id: 'a', attempts: 3, last_error: expect.stringContaining(`HTTP ${status}`) },
      ]);
      turns.clock = later(failing_since, 1920);
      await turns.take();
      expect(receiver.accepted).toEqual(['b', 'c']);
      expect(await sinkRow(database.db)).toMatchObject({ attempts: 0, failing_since: null });
    },
  );

  test('is nothing that a receiver takes once its key is right again', async () => {
    const { receiver, turns } = await three();
    receiver.answer = (_posted, count) => (count <= 3 ? 401 : 204);
    for (const _ of [1, 2, 3, 4]) {
      await turns.take();
      turns.clock = later(turns.clock, 60);
    }
    expect(receiver.accepted).toEqual(['a', 'b', 'c']);
    expect(await deadLetters(database.db)).toEqual([]);
  });

  test('is gone once a replay has delivered it; one that is refused again stays, of the latest attempt', async () => {
    const { receiver, turns } = await three();
    await registerSinks(database.db, [{ name: 'another', kind: 'webhook' }], turns.clock);
    await rowsOf(
      database.db,
      `insert into cph.dead_letters select 'another', seq, 1, 'HTTP 400', now() from cph.image_events`,
    );
    receiver.answer = () => 400;
    await turns.take();
    receiver.answer = ({ event }) => (event.subject === 'c' ? 422 : 204);
    await rewindSink(database.db, 'webhook', 0);
    turns.clock = later(turns.clock, 60);
    await turns.take();
    expect(await deadLetters(database.db)).toMatchObject([
      { sink: 'another', image_id: 'a' },
      { sink: 'another', image_id: 'b' },
      { sink: 'another', image_id: 'c' },
      { sink: 'webhook', image_id: 'c', last_error: expect.stringContaining('422'), failed_at: turns.clock },
    ]);
  });
});
