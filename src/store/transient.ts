import { setTimeout as sleep } from 'node:timers/promises';
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';

/**
 * What Postgres answers when a transaction was in order and merely met another one. Its manual says that
 * trying again is the remedy (appendix "Error Codes").
 */
const CONFLICT = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: our own lock_timeout
]);
const CONFLICT_RETRIES = 3;

/** The server or the way to it was there before and is gone: a restart, a fail-over, an administrator. */
const LOST = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '53300', // too_many_connections: those of the programs before a restart may still be there
  '25006', // read_only_sql_transaction: after a fail-over, the server we knew is a standby
  '08000', // connection_exception
  '08003', // connection_does_not_exist
  '08006', // connection_failure
  '08P01', // protocol_violation: what PgBouncer says when its server is gone
  '25P03', // idle_in_transaction_session_timeout: we were paused
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
]);
/** Counted from the first loss. Most restarts take less. Later, others may have claimed the project. */
const PATIENCE_MS = 10_000;
const SHORTEST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;

/**
 * Runs a whole transaction, and runs it again when it met another one or lost its connection. A restart of
 * Postgres must not cost what a sweep of minutes has found. The transaction must have no effect but in the
 * database. It must also bear to be run again after a commit: a connection can be lost between the commit and
 * its answer.
 */
export async function retryTransient<Result>(
  transaction: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const delayAfter = patience();
  for (;;) {
    try {
      return await transaction();
    } catch (error) {
      const delay = delayAfter(error);
      if (delay !== null) await sleep(delay, undefined, signal && { signal }).catch(() => undefined);
      if (delay === null || signal?.aborted) throw error;
    }
  }
}

/** How long to wait after each failure in a row, in milliseconds; null when it is time to give up. */
function patience(): (error: unknown) => number | null {
  let conflicts = 0;
  let losses = 0;
  let patientUntil = Number.POSITIVE_INFINITY;
  return (error) => {
    const kind = kindOf(error);
    if (kind === null) return null;
    if (kind === 'conflict') {
      conflicts += 1;
      return conflicts <= CONFLICT_RETRIES ? 0 : null;
    }
    if (losses === 0) patientUntil = performance.now() + PATIENCE_MS;
    losses += 1;
    if (performance.now() > patientUntil) return null;
    return Math.min(SHORTEST_DELAY_MS * 2 ** losses, LONGEST_DELAY_MS);
  };
}

/** Null when another try would not help. */
function kindOf(error: unknown): 'conflict' | 'lost' | null {
  const statement = error instanceof DrizzleQueryError;
  const cause = statement ? error.cause : error;
  if (!(cause instanceof Error)) return null;
  if (CONFLICT.has(codeOf(cause))) return 'conflict';
  return LOST.has(codeOf(cause)) || (statement && isUnanswered(cause)) ? 'lost' : null;
}

/** Whether a failure like this one leaves the connection of no more use. */
export function losesConnection(failure: unknown): boolean {
  return failure instanceof Error && (LOST.has(codeOf(failure)) || isUnanswered(failure));
}

/**
 * A connection that breaks and an answer that is overdue make pg fail what was sent, without a code. Any
 * other failure of a statement is an answer of Postgres, or a value that our own parsers refuse.
 */
function isUnanswered(failure: Error): boolean {
  return !(failure instanceof pg.DatabaseError) && !(failure instanceof RangeError);
}

function codeOf(failure: Error): string {
  return 'code' in failure ? String(failure.code) : '';
}
