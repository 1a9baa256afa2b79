import { expect, test } from 'vitest';
import { registerSinks } from '../src/store/sinks.ts';
import { useDeliveryPrograms } from './support/delivery-programs.ts';
import { append, created, imageIds } from './support/event-log.ts';
import { rowsOf, wholeLog } from './support/inventory-rows.ts';
import { LONG } from './support/long.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { sinkRow } from './support/relay.ts';
import { until } from './support/until.ts';
import { hang, useReceivers } from './support/webhook-receiver.ts';

/** Twelve are each way to die at each of the four events. A program takes longer to load than all the rest. */
const KILLS = LONG ? 50 : 12;
const EVENTS_A_ROUND = 4;

const database = useTestDatabase();
const receivers = useReceivers();
const programs = useDeliveryPrograms();

/** Where in its work a program dies: with a request unanswered, with an answer not noted down, between two turns. */
const DEATHS = ['unanswered', 'answered', 'noted'] as const;

test(`a program killed ${KILLS} times loses no event, keeps the order, and repeats only what it had not noted down`, async () => {
  const receiver = await receivers.start();
  const load = () => programs.ready(database.url, receiver.url);
  await registerSinks(database.db, [{ name: 'webhook', kind: 'webhook' }], new Date());
  const ids = imageIds(KILLS * EVENTS_A_ROUND);
  let next = load();

  for (let round = 0; round < KILLS; round += 1) {
    const first = round * EVENTS_A_ROUND;
    await append(
      database.db,
      ids.slice(first, first + EVENTS_A_ROUND).map((id) => created(id)),
    );
    const program = await next;
    // The next one is loaded meanwhile: that takes longer than all the rest.
    next = load();
    await dieAt(DEATHS[round % DEATHS.length] ?? 'noted', { round, receiver, go: program.go });
    await program.kill();
    // Its lease runs out.
    await rowsOf(database.db, 'update cph.sinks set leased_until = now()');
  }

  receiver.answer = () => 204;
  (await next).go();
  await until(async () => (await pending()) === 0);
  const log = await wholeLog(database.db);
  const seen = new Set<string>();
  expect(receiver.accepted.filter((id) => !seen.has(id) && seen.add(id))).toEqual(ids);
  const idOf = new Map(log.map((event) => [event.image_id, event.id]));
  expect(receiver.posted.filter(({ event }) => event.id !== idOf.get(event.subject))).toEqual([]);
  // Else nothing was ever killed between the sending and the noting down.
  expect(receiver.accepted.length).toBeGreaterThan(ids.length);
}, 240_000);

interface Killing {
  readonly round: number;
  readonly receiver: Awaited<ReturnType<typeof receivers.start>>;
  readonly go: () => void;
}

/** Lets a program work until it is there. */
async function dieAt(death: (typeof DEATHS)[number], { round, receiver, go }: Killing): Promise<void> {
  const left = await pending();
  // Another request of the turn in each round, so that every place is met.
  const nth = receiver.posted.length + 1 + (round % left);
  const there = moment();
  receiver.answer = ({ event }, count) => {
    if (death === 'noted' || count < nth) return 204;
    if (death === 'unanswered') {
      there.now();
      return hang;
    }
    receiver.accepted.push(event.subject);
    return (response) => response.writeHead(204).end(there.now);
  };
  go();
  await (death === 'noted' ? until(async () => (await pending()) === 0) : there.come);
}

async function pending(): Promise<number> {
  const { cursor_seq } = await sinkRow(database.db);
  return (await wholeLog(database.db)).filter(({ seq }) => seq > Number(cursor_seq)).length;
}
