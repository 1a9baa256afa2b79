import type { Database } from '../store/database.ts';
import { type ClaimedSink, claimSink, releaseSink, settleSink } from '../store/sinks.ts';
import { withDeadline } from '../waiting/deadline.ts';
import { settle } from './settlement.ts';
import type { Sink, TurnReport } from './sink.ts';

/** The longest turn ends well before its lease, so that nothing is sent once another replica may send. */
const LEASE_MS = 20_000;
const LONGEST_TURN_MS = 15_000;

export interface TurnControl {
  readonly db: Database;
  /** Our name among the replicas; no two that run may share one. */
  readonly replica: string;
  readonly now: () => Date;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

export interface TurnOutcome {
  readonly delivered: number;
  /** Events that became dead letters. */
  readonly dead: number;
  /** The last thing the receiver had to say against what was sent; null when it took everything. */
  readonly error: string | null;
  /** What failed is to be tried again. */
  readonly retried: boolean;
  /**
   * When there will be more to do, as far as is known now. 0 is at once; null when only time or news will
   * tell.
   */
  readonly again_in_ms: number | null;
}

/**
 * One turn of a sink: leases it, lets it work, and writes what came of that together with the end of the
 * lease. Null when there is nothing to do for it or another replica is at it.
 *
 * When we die in between, or the cursor was moved meanwhile, nothing is written. The next turn then sends
 * again what this one sent: at least once, never not at all.
 */
export async function takeTurn(sink: Sink, control: TurnControl): Promise<TurnOutcome | null> {
  const { db, replica, now, signal } = control;
  const claimed = await claimSink(db, sink.name, { replica, lease_ms: LEASE_MS, now: now() });
  if (claimed === null) return null;
  const { cursor_seq, last_seq, attempts, last_delivered_at } = claimed;
  try {
    const report = await withDeadline(signal, {
      ms: LONGEST_TURN_MS,
      work: (bounded) =>
        sink.takeTurn({ db, cursor_seq, last_seq, attempts, last_delivered_at, now, signal: bounded }),
    });
    return await settleTurn(claimed, report, control);
  } catch (error) {
    // Should this fail as well, the lease runs out by itself.
    await releaseSink(db, { name: sink.name, replica }).catch(() => undefined);
    throw error;
  }
}

async function settleTurn(
  claimed: ClaimedSink,
  report: TurnReport,
  { db, replica, now, random }: TurnControl,
): Promise<TurnOutcome> {
  const { name, cursor_seq } = claimed;
  const at = now();
  const { progress, dead } = settle(claimed, report, { now: at, random });
  const moved = await settleSink(db, { name, replica, cursor_seq }, { progress, dead });
  const { delivered, refused, failure } = report;
  const left = progress.cursor_seq < claimed.last_seq;
  const retry_in_ms =
    failure && progress.next_attempt_at ? progress.next_attempt_at.getTime() - at.getTime() : null;
  return {
    delivered,
    dead: moved ? dead.length : 0,
    error: failure?.error ?? refused.at(-1)?.error ?? null,
    retried: failure !== null && dead.length === refused.length,
    again_in_ms: moved ? (retry_in_ms ?? (left ? 0 : null)) : 0,
  };
}
