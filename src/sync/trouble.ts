/** What to say of an error: in a run's row, in a log line, on a terminal. */
import { DrizzleQueryError } from 'drizzle-orm';
import { CphError } from '../cph/errors.ts';
import { databaseFailure } from '../store/database-failure.ts';

/** Why a sweep whose requests were answered is not believed, under a code of ours. */
export abstract class SweepDoubt extends Error {
  abstract readonly code: string;
}

/**
 * The upstream's code for an error, ours for one that never reached it, Postgres' SQLSTATE; null for anything
 * else.
 */
export function errorCode(error: unknown): string | null {
  if (error instanceof CphError || error instanceof SweepDoubt) return error.code;
  const cause = databaseCause(error);
  return cause && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}

/** What went wrong and, where we know, what to do about it. Holds no secret, and no data of other rows. */
export function errorText(error: unknown): string {
  if (error instanceof CphError) return advised(error.message, error.hint);
  const cause = databaseCause(error);
  if (cause) {
    const { message, advice } = databaseFailure(cause);
    return advised(message, advice);
  }
  return error instanceof Error ? error.message : String(error);
}

/** Two sentences: a vendor's message may end with a full stop of its own. */
export function advised(message: string, advice: string | null): string {
  return advice === null ? message : `${message.replace(/[\s.;:。]+$/u, '')}. ${advice}`;
}

/** What to do about a field that changes in nearly every image. */
export function restlessText(field: string): string {
  return `${field} changed on nearly all images, as if it were another one in every answer; CPH_IGNORE_FIELDS=${field} (ignore_fields in a file) keeps it out`;
}

/** Drizzle's own message repeats the statement with every parameter, which may be a hundred thousand rows. */
function databaseCause(error: unknown): Error | null {
  return error instanceof DrizzleQueryError && error.cause instanceof Error ? error.cause : null;
}
