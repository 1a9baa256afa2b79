import { DrizzleQueryError } from 'drizzle-orm';

/**
 * What Postgres answers when a transaction was in order and merely met another one; it says itself that trying again is
 * the remedy. (PostgreSQL manual, appendix "Error Codes".)
 */
const TRY_AGAIN = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '55P03', // lock_not_available: our own lock_timeout
]);
const ATTEMPTS = 4;

/** Runs a whole transaction, and runs it again when Postgres calls for that. It must have no effect but in the database. */
export async function retryTransient<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
    }
  }
}

function isTransient(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof Error && 'code' in cause && TRY_AGAIN.has(String(cause.code));
}
