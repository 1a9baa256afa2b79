import { setTimeout as sleep } from 'node:timers/promises';
import { DrizzleQueryError } from 'drizzle-orm';

/**
 * What Postgres answers when a transaction was in order and merely met another one; it says itself that trying again is
 * the remedy. (PostgreSQL manual, appendix "Error Codes".)
 */
const CONFLICT = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: our own lock_timeout
]);
const CONFLICT_RETRIES = 3;

/** The server, or the way to it, was there before and is not now: a restart, a fail-over, an administrator. */
const LOST = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '08000', // connection_exception
  '08003', // connection_does_not_exist
  '08006', // connection_failure
  '25P03', // idle_in_transaction_session_timeout: we were paused
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
]);
/** Errors of pg and its pool that carry no code. */
const LOST_MESSAGE =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying)/;
/** Ten seconds in all: most restarts take less, and the lease of a project lasts longer. */
const LOST_DELAYS_MS = [100, 400, 1000, 1500, 2000, 2500, 2500];

/**
 * Runs a whole transaction, and runs it again when it met another one or lost its connection: what a sweep of minutes
 * has found is not to be thrown away because Postgres restarts. It must have no effect but in the database, and must
 * bear to be run again after it was committed: a connection can be lost between the commit and its answer.
 */
export async function retryTransient<Result>(
  transaction: () => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await transaction();
    } catch (error) {
      const delay = delayBeforeRetry(error, retries);
      if (delay === null || signal?.aborted) throw error;
      await sleep(delay, undefined, signal && { signal }).catch(() => undefined);
      if (signal?.aborted) throw error;
    }
  }
}

/** In milliseconds; null when another try would not help, or there have been enough. */
function delayBeforeRetry(error: unknown, retries: number): number | null {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (!(cause instanceof Error)) return null;
  const code = 'code' in cause ? String(cause.code) : '';
  if (CONFLICT.has(code)) return retries < CONFLICT_RETRIES ? 0 : null;
  const lost = LOST.has(code) || LOST_MESSAGE.test(cause.message);
  return lost ? (LOST_DELAYS_MS[retries] ?? null) : null;
}
