/** What is answered to a question that cannot be. */
import { DrizzleQueryError } from 'drizzle-orm';
import type { Context } from 'hono';
import { QueryFault } from '../../queries/run.ts';

/** `parameter` names the one that is at fault, where it is one. */
export interface Refusal {
  readonly status: 400 | 404 | 500 | 503;
  readonly error: { readonly parameter?: string; readonly message: string };
}

/** Codes of Postgres (appendix "Error Codes"): a statement was stopped, and names that there are not. */
const CANCELED = '57014';
const UNDEFINED = ['42P01', '42703', '42883', '3F000'];
/** Classes of codes that say that a statement of ours is wrong: of features, data and syntax. */
const OUR_MISTAKE = /^(?:0A|21|22|23|42(?!501))/;
const AGAIN_S = '5';

/** In words that hold nothing of the statement. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof QueryFault) {
    return { status: 400, error: { parameter: error.parameter, message: error.message } };
  }
  const cause = error instanceof DrizzleQueryError ? error.cause : undefined;
  const code = cause && 'code' in cause ? String(cause.code) : '';
  if (code === CANCELED) return unavailable('this took too long and was stopped; ask for less');
  if (UNDEFINED.includes(code)) return unavailable('the database is not migrated; see /readyz');
  if (cause && !OUR_MISTAKE.test(code)) return unavailable('the database cannot be read; see /readyz');
  return { status: 500, error: { message: 'this could not be answered; the log says why' } };
}

const unavailable = (message: string): Refusal => ({ status: 503, error: { message } });

export const NOT_FOUND: Refusal = { status: 404, error: { message: 'there is no such thing, or no longer' } };
export const TOO_MANY: Refusal = unavailable('too many questions at once; ask again in a moment');

export function refuse(c: Context, { status, error }: Refusal): Response {
  if (status === 503) c.header('retry-after', AGAIN_S);
  return c.json({ error }, status);
}
