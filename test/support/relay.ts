/** A webhook sink and its relay, for tests of what happens between the log and a receiver. */
import { afterEach } from 'vitest';
import {
  type Delivery,
  type DeliveryOptions,
  type RunningDelivery,
  startDelivery,
} from '../../src/delivery/relay.ts';
import type { Sink } from '../../src/delivery/sink.ts';
import { type TurnControl, type TurnOutcome, takeTurn } from '../../src/delivery/turn.ts';
import { createWebhookSink, type WebhookOptions } from '../../src/delivery/webhook.ts';
import type { Database } from '../../src/store/database.ts';
import { registerSinks, type SinkRow } from '../../src/store/sinks.ts';
import { rowsOf, type SqlRow } from './inventory-rows.ts';

/** A sink named `webhook` that takes every event, unsigned. */
export function webhook(url: string, options: Partial<WebhookOptions> = {}): Sink {
  return createWebhookSink({
    name: 'webhook',
    url,
    secret: null,
    types: null,
    toStatus: null,
    timeoutMs: 5_000,
    ...options,
  });
}

/** A sink named `scripted` whose turns are what a test makes them. */
export function scriptedSink(takeTurn: Sink['takeTurn']): Sink {
  return { name: 'scripted', kind: 'alertmanager', takeTurn, close: async () => undefined };
}

export interface StartedRelay extends RunningDelivery {
  readonly deliveries: Delivery[];
  readonly failures: unknown[];
}

export interface Relays {
  /** A running relay. It retries without delay unless a test says otherwise. */
  readonly start: (
    options: Pick<DeliveryOptions, 'db' | 'url' | 'sinks'> & Partial<DeliveryOptions>,
  ) => Promise<StartedRelay>;
  /** Turns of one sink by hand, which begins at the end of the log, at the times of a clock that stands still. */
  readonly byHand: (db: Database, sink: Sink, replica?: string) => Promise<Turns>;
}

export interface Turns {
  clock: Date;
  /** How much of the delay bound is waited: all of it, unless a test says otherwise. */
  random: number;
  readonly take: (signal?: AbortSignal) => Promise<TurnOutcome | null>;
}

/** Relays of a file, ended after each test. */
export function useRelays(): Relays {
  let ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()));
    ends = [];
  });
  return {
    start: async (options) => {
      const relay = await startRelay(options);
      ends.push(() => relay.stop(0));
      return relay;
    },
    byHand: async (db, sink, replica = 'this replica') => {
      const turns = await turnsByHand(db, sink, replica);
      ends.push(() => sink.close());
      return turns;
    },
  };
}

async function startRelay(
  options: Pick<DeliveryOptions, 'db' | 'url' | 'sinks'> & Partial<DeliveryOptions>,
): Promise<StartedRelay> {
  const deliveries: Delivery[] = [];
  const failures: unknown[] = [];
  await registerSinks(options.db, options.sinks, new Date());
  const delivery = startDelivery({
    now: () => new Date(),
    random: () => 0,
    replica: 'this replica',
    onDelivery: (told) => void deliveries.push(told),
    onFailure: (_sink, error) => void failures.push(error),
    ...options,
  });
  return { ...delivery, deliveries, failures };
}

async function turnsByHand(db: Database, sink: Sink, replica: string): Promise<Turns> {
  const turns: Turns = {
    clock: new Date('2026-08-01T12:00:00Z'),
    random: 1,
    take: (signal = new AbortController().signal) => {
      const control: TurnControl = {
        db,
        replica,
        now: () => turns.clock,
        random: () => turns.random,
        signal,
      };
      return takeTurn(sink, control);
    },
  };
  await registerSinks(db, [sink], turns.clock);
  return turns;
}

/** The same clock, so many seconds later. */
export function later(clock: Date, seconds: number): Date {
  return new Date(clock.getTime() + seconds * 1000);
}

/** The row of a sink. */
export async function sinkRow(db: Database, name = 'webhook'): Promise<SqlRow & Partial<SinkRow>> {
  const rows = await rowsOf(db, `select * from cph.sinks where name = '${name}'`);
  return rows[0] ?? {};
}

/** What every sink gave up, with the image it was about. */
export function deadLetters(db: Database): Promise<SqlRow[]> {
  return rowsOf(
    db,
    `select d.sink, e.image_id, d.attempts, d.last_error, d.failed_at
     from cph.dead_letters d left join cph.image_events e on e.seq = d.event_seq
     order by d.sink, d.event_seq`,
  );
}
