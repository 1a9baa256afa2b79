/**
 * The relay: carries the event log to every sink, each at its own pace.
 *
 * A sink has a cursor in Postgres, the last event it is done with, and one loop here that takes its turns. A
 * turn leases the sink's row, lets the sink work for a second or so, and moves the cursor past what was
 * accepted. These things can go wrong:
 * - The receiver fails or is gone. The turn ends there, and the next one comes after a delay that grows.
 *   Other sinks have loops of their own.
 * - We die. The lease runs out after some seconds. Another replica goes on from the cursor, or we do after a
 *   restart. What was sent and not yet noted down is sent again, under the same ids.
 * - The lease is lost while we are still sending (a machine that was put to sleep). The cursor is moved by
 *   compare-and-set only, so what the other replica wrote stands.
 * - A replay moves the cursor back while a turn is under way. The turn's end finds another cursor and changes
 *   nothing.
 * - Postgres is gone. Nothing can be leased, so nothing is sent until it is back.
 */
import type { Database } from '../store/database.ts';
import { listenToLog } from '../store/notifications.ts';
import { type Periodic, startPeriodic } from '../waiting/periodic.ts';
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
  /** Told of everything that is not the receiver's doing. The sink is tried again. */
  readonly onFailure: (sink: string, error: unknown) => void;
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
   * Takes no further turn and waits for those under way. What takes longer than `graceMs` to send is dropped,
   * and sent again by whoever comes next. Resolves when nothing runs any more. Calling it again changes
   * nothing.
   */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** How long news may take where NOTIFY is not heard. */
const POLL_MS = 1_000;

/** Starts delivering to sinks that the database knows, from where their cursors are. */
export function startDelivery(options: DeliveryOptions): RunningDelivery {
  const { url, sinks } = options;
  const loops = sinks.map((sink) => relaySink(sink, options));
  const wakeAll = () => {
    for (const { wake } of loops) wake();
  };
  const listener = sinks.length > 0 ? listenToLog(url, wakeAll) : null;
  const stop = async (graceMs: number) => {
    await Promise.all(loops.map((loop) => loop.stop(graceMs)));
    await Promise.all([listener?.stop(), ...sinks.map((sink) => sink.close())]);
  };
  let stopped: Promise<void> | undefined;
  return {
    stop: (graceMs) => {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

/**
 * Takes the turns of one sink. A turn that fails is followed by a delay that grows, as one of the receiver's
 * would be.
 */
function relaySink(sink: Sink, options: DeliveryOptions): Periodic {
  let failures = 0;
  return startPeriodic({
    work: (signal) => takeTurn(sink, { ...options, signal }),
    onDone: (outcome) => {
      failures = 0;
      if (outcome) tell(sink, outcome, options);
      return Math.min(POLL_MS, outcome?.again_in_ms ?? POLL_MS);
    },
    onFailure: (error) => {
      options.onFailure(sink.name, error);
      failures += 1;
      return deliveryDelay(failures, null, options.random);
    },
  });
}

function tell(sink: Sink, outcome: TurnOutcome, { onDelivery }: DeliveryOptions): void {
  const { delivered, dead, retried, error } = outcome;
  if (delivered > 0) onDelivery({ sink: sink.name, outcome: 'delivered', count: delivered, error: null });
  if (dead > 0) onDelivery({ sink: sink.name, outcome: 'dead', count: dead, error });
  if (retried) onDelivery({ sink: sink.name, outcome: 'retried', count: 1, error });
}
