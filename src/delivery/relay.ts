/**
 * The relay: carries the event log to every sink, each at its own pace.
 *
 * A sink has a cursor in Postgres, the last event it is done with, and one loop here that takes its turns. A turn leases
 * the sink's row, lets the sink work for a second or so, and moves the cursor past what was accepted. What can go
 * wrong, and what becomes of it:
 * - The receiver fails or is gone: the turn ends there, and the next one comes after a delay that grows. Other sinks
 *   have loops of their own.
 * - We die: the lease runs out after some seconds and another replica, or we after a restart, go on from the cursor. What
 *   was sent and not yet noted down is sent again, under the same ids.
 * - The lease is lost while we are still sending (a machine that was put to sleep): the cursor is moved by compare-and-set
 *   only, so what the other replica wrote stands.
 * - A replay moves the cursor back while a turn is under way: the turn's end finds another cursor and changes nothing.
 * - Postgres is gone: nothing can be leased, so nothing is sent, until it is back.
 */
import type { Database } from '../store/database.ts';
import { listenToLog } from '../store/notifications.ts';
import { type Alarm, createAlarm } from '../waiting/alarm.ts';
import { deliveryDelay } from './retry.ts';
import type { Sink } from './sink.ts';
import { type TurnOutcome, takeTurn } from './turn.ts';

export interface DeliveryOptions {
  readonly db: Database;
  /** The same database, for a connection that listens. */
  readonly url: string;
  readonly sinks: readonly Sink[];
  readonly now: () => Date;
  readonly random: () => number;
  /** Our name among the replicas; no two that run may share one. */
  readonly replica: string;
  /** Told of what became of events and alerts. */
  readonly onDelivery: (delivery: Delivery) => void;
  /** Told of everything that is not the receiver's doing; the sink is tried again. */
  readonly onTrouble: (sink: string, error: unknown) => void;
}

export interface Delivery {
  readonly sink: string;
  readonly outcome: 'delivered' | 'retried' | 'dead';
  readonly count: number;
  /** What the receiver had to say against it; null when it was delivered. */
  readonly error: string | null;
}

export interface RunningDelivery {
  /**
   * Sends nothing further and waits for what is being sent; what takes longer than `graceMs` is dropped, to be sent
   * again by whoever comes next. Resolves when nothing runs any more. Calling it again changes nothing.
   */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** How long news may take where NOTIFY is not heard. */
const POLL_MS = 1_000;

/** Starts delivering to sinks that the database knows, from where their cursors are. */
export function startDelivery(options: DeliveryOptions): RunningDelivery {
  const { url, sinks } = options;
  const stopping = new AbortController();
  const dropping = new AbortController();
  const loops = sinks.map((sink) => {
    const alarm = createAlarm();
    const signals = { stopping: stopping.signal, signal: dropping.signal };
    return { alarm, ended: relaySink(sink, { ...options, ...signals, alarm }) };
  });
  const ringAll = () => {
    for (const { alarm } of loops) alarm.ring();
  };
  const listener = sinks.length > 0 ? listenToLog(url, ringAll) : null;
  const stop = async (graceMs: number) => {
    stopping.abort();
    ringAll();
    const timer = setTimeout(() => dropping.abort(), graceMs);
    await Promise.all(loops.map(({ ended }) => ended));
    clearTimeout(timer);
    await Promise.all([listener?.close(), ...sinks.map((sink) => sink.close())]);
  };
  let stopped: Promise<void> | undefined;
  return {
    stop: (graceMs) => {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

interface SinkLoop extends DeliveryOptions {
  readonly alarm: Alarm;
  /** Aborted: take no further turn. */
  readonly stopping: AbortSignal;
  /** Aborted: drop the turn under way. */
  readonly signal: AbortSignal;
}

async function relaySink(sink: Sink, loop: SinkLoop): Promise<void> {
  let troubles = 0;
  while (!loop.stopping.aborted) {
    let pauseMs: number;
    try {
      const outcome = await takeTurn(sink, loop);
      troubles = 0;
      if (outcome) tell(sink, outcome, loop);
      pauseMs = Math.min(POLL_MS, outcome?.again_in_ms ?? POLL_MS);
    } catch (error) {
      if (!loop.signal.aborted) loop.onTrouble(sink.name, error);
      troubles += 1;
      pauseMs = deliveryDelay(troubles, null, loop.random);
    }
    await loop.alarm.sleep(pauseMs);
  }
}

function tell(sink: Sink, outcome: TurnOutcome, { onDelivery }: SinkLoop): void {
  const { delivered, dead, retried, error } = outcome;
  if (delivered > 0) onDelivery({ sink: sink.name, outcome: 'delivered', count: delivered, error: null });
  if (dead > 0) onDelivery({ sink: sink.name, outcome: 'dead', count: dead, error });
  if (retried) onDelivery({ sink: sink.name, outcome: 'retried', count: 1, error });
}
