/**
 * The seam to whoever is told of changes. Sinks have one of two natures. Event sinks hear of every event, one
 * after the other. State sinks bring a receiver in step with what SQL says now, and look again by themselves.
 * For both, leases, delays, cursors and dead letters are the relay's.
 */
import type { Database } from '../store/database.ts';
import type { SinkKind } from '../store/sinks.ts';

export interface Sink {
  /** The key of its row in `cph.sinks`. */
  readonly name: string;
  readonly kind: SinkKind;
  /**
   * Does a bounded piece of work, a few seconds at most, and says how far it came. No other turn of this sink
   * is under way anywhere meanwhile. A turn is taken when the log has gone past the cursor, when
   * `look_again_at` has come, and after a failure once its delay is over. When `signal` is aborted it begins
   * nothing more, and reports what is done or rejects with the signal's reason: being stopped is not a
   * failure. Otherwise it rejects only for what is not the receiver's doing, such as a broken database.
   */
  takeTurn(turn: Turn): Promise<TurnReport>;
  /** Ends its connections. */
  close(): Promise<void>;
}

export interface Turn {
  readonly db: Database;
  /** The last event the sink is done with. */
  readonly cursor_seq: number;
  /** The last event of the log when the turn began. */
  readonly last_seq: number;
  /** Failures in a row before this turn. */
  readonly attempts: number;
  /** When the receiver last accepted something; null when it never did. */
  readonly last_delivered_at: Date | null;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

export interface TurnReport {
  /** Everything up to here was accepted, refused for good, or is not for this sink. */
  readonly cursor_seq: number;
  /** How many events or alerts the receiver accepted. */
  readonly delivered: number;
  /** Events the receiver will never take: they become dead letters. */
  readonly refused: readonly Refusal[];
  /** Why the turn ended early; the rest is tried again later. */
  readonly failure: Failure | null;
  /** When to take a turn even if nothing happens before; null where only new events call for one. */
  readonly look_again_at: Date | null;
}

export interface Refusal {
  readonly event_seq: number;
  /** The receiver's answer; free of secrets. */
  readonly error: string;
  /** How often it was sent. */
  readonly attempts: number;
}

export interface Failure {
  /**
   * The event that was not taken, which is given up when this goes on for too long. Null where the failure is
   * about no event.
   */
  readonly event_seq: number | null;
  /** What went wrong, for a person; free of secrets. */
  readonly error: string;
  /** How long the receiver asked to be left alone. */
  readonly retry_after_ms: number | null;
  /** The receiver answered, and may mean the event: it is given up sooner than one that met nobody. */
  readonly doubtful: boolean;
}
