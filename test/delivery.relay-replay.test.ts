import { beforeEach, describe, expect, test } from 'vitest';
import { type ReplayOptions, replay } from '../src/commands/replay.ts';
import { registerSinks } from '../src/store/sinks.ts';
import { outcomeOf } from './support/command-context.ts';
import { append, created, imageIds } from './support/event-log.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { sinkRow, useRelays, webhook } from './support/relay.ts';
import { until } from './support/until.ts';
import { useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
beforeEach(() => database.truncate());

const run = (name: string, options: ReplayOptions) =>
  outcomeOf((context) => replay(name, options, context), {
    env: { DATABASE_URL: database.url },
    now: new Date(),
  });

/** A sink that was told of five events, a to e, each a day after the other. */
async function told() {
  const receiver = await receivers.start();
  const turns = await relays.byHand(database.db, webhook(receiver.url));
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const seqs = await append(
    database.db,
    ids.map((id) => created(id)),
  );
  await rowsOf(
    database.db,
    `update cph.image_events set occurred_at = timestamptz '2026-08-01 12:00Z' + seq * interval '1 day'`,
  );
  await turns.take();
  expect(receiver.accepted).toEqual(ids);
  receiver.accepted.length = 0;
  return { receiver, turns, seqs };
}

describe('replay', () => {
  test.each([
    ['--after', { after: 2 }, 3, ['c', 'd', 'e']],
    ['--after the start', { after: 0 }, 5, ['a', 'b', 'c', 'd', 'e']],
    ['--since a time', { since: '2026-08-05T12:00:00Z' }, 2, ['d', 'e']],
    ['--since a time elsewhere', { since: '2026-08-05T20:00:01+08:00' }, 1, ['e']],
    ['--since a date', { since: '2026-08-04' }, 3, ['c', 'd', 'e']],
  ])('%s sends what comes after it again, under the same ids', async (_name, options, count, expected) => {
    const { receiver, turns } = await told();
    const before = new Map(receiver.posted.map(({ event }) => [event.subject, event.id]));
    expect(await run('webhook', options)).toEqual({
      code: 0,
      text: expect.stringContaining(`${count} event`),
    });
    await turns.take();
    expect(receiver.accepted).toEqual(expected);
    expect(receiver.posted.filter(({ event }) => before.get(event.subject) !== event.id)).toEqual([]);
  });

  test('is heard by a daemon that is running', async () => {
    const { receiver } = await told();
    await relays.start({ ...database, sinks: [webhook(receiver.url)] });
    await run('webhook', { after: 3 });
    await until(() => receiver.accepted.length === 2);
    expect(receiver.accepted).toEqual(['d', 'e']);
  });

  test('ends a delay, and other sinks stay where they are', async () => {
    const { receiver, turns } = await told();
    await registerSinks(database.db, [{ name: 'another', kind: 'webhook' }], turns.clock);
    const another = await sinkRow(database.db, 'another');
    receiver.answer = () => 500;
    await append(
      database.db,
      imageIds(1).map((id) => created(id)),
    );
    await turns.take();
    await run('webhook', { after: 4 });
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: 4, attempts: 0, next_attempt_at: null });
    expect(await sinkRow(database.db, 'another')).toEqual(another);
  });

  test.each([
    ['the cursor itself', { after: 5 }],
    ['what is yet to come', { after: 99 }],
    ['a time after the last event', { since: '2027-01-01' }],
  ])('after %s changes nothing', async (_name, options) => {
    await told();
    const before = await rowsOf(database.db, 'select xmin, * from cph.sinks');
    expect((await run('webhook', options)).text).toContain('Nothing to send again');
    expect(await rowsOf(database.db, 'select xmin, * from cph.sinks')).toEqual(before);
  });

  test('of a sink that is not there names those that are', async () => {
    await told();
    const text = 'No sink "webhok". There are: webhook.';
    expect(await run('webhok', { after: 0 })).toEqual({ code: 2, text });
    await database.truncate();
    expect((await run('webhook', { after: 0 })).text).toContain('has not run with one yet');
  });

  test('of an Alertmanager is refused: it follows what is true', async () => {
    await registerSinks(database.db, [{ name: 'alertmanager', kind: 'alertmanager' }], new Date());
    const before = await sinkRow(database.db, 'alertmanager');
    expect(await run('alertmanager', { after: 0 })).toMatchObject({ code: 2 });
    expect(await sinkRow(database.db, 'alertmanager')).toEqual(before);
  });

  test.each([
    ['neither', {}],
    ['both', { after: 1, since: '2026-08-01' }],
    ['no time', { since: 'yesterday' }],
  ])('with %s is wrong usage', async (_name, options) => {
    expect(await run('webhook', options)).toMatchObject({ code: 2 });
  });
});
