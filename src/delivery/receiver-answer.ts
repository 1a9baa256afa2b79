import { retryAfter } from '../waiting/retry-after.ts';
import type { Failure } from './sink.ts';

/**
 * What a receiver's answer means: taken; not to be taken in whatever number of attempts; or not taken now.
 * `error` is for a person and holds no secret.
 */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly error: string }
  | {
      readonly kind: 'failed';
      readonly error: string;
      readonly retry_after_ms: number | null;
      /** It may be the event that is refused: it is given up sooner than one that met nobody. */
      readonly doubtful: boolean;
    };

/** An answer that is no acceptance. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
  /** The beginning of its body. */
  readonly text: string;
  /** What its body lacks to be an acceptance; null where the status is enough to tell. */
  readonly lacks: string | null;
}

/** Request Timeout, Too Early and Too Many Requests are about the moment, not about the request. */
const PASSING_REFUSALS = [408, 425, 429];
/**
 * Unauthorized, Forbidden, Not Found and Conflict are what a receiver says while its key is changed, or while
 * it is deployed. They may also be meant.
 */
const DOUBTFUL_REFUSALS = [401, 403, 404, 409];
const LONGEST_TEXT = 500;

/** Why a turn ends with a verdict, at an event or, with null, at none. */
export function failureOf(
  verdict: Exclude<Verdict, { kind: 'accepted' }>,
  event_seq: number | null,
): Failure {
  const { error } = verdict;
  if (verdict.kind === 'refused') return { event_seq, error, retry_after_ms: null, doubtful: false };
  const { retry_after_ms, doubtful } = verdict;
  return { event_seq, error, retry_after_ms, doubtful };
}

/** `from` names the receiver. `secrets` are taken out of what it says, should it repeat what it was sent. */
export function verdictOn(
  answer: Answer,
  { from, secrets, now }: { readonly from: string; readonly secrets: readonly string[]; readonly now: Date },
): Verdict {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    const target = originOf(answer.location);
    const error = `${from} answered HTTP ${status}, a redirect${target && ` to ${target}`}; redirects are not followed: configure the URL it leads to`;
    return { kind: 'failed', error, retry_after_ms: null, doubtful: false };
  }
  const said = printable(answer.text, secrets);
  const lacks = answer.lacks === null ? '' : `, but the answer ${printable(answer.lacks, secrets)}`;
  const error = `${from} answered HTTP ${status}${lacks}${said && `: ${said}`}`;
  const doubtful = answer.lacks !== null || DOUBTFUL_REFUSALS.includes(status);
  const passing = doubtful || PASSING_REFUSALS.includes(status);
  if (status >= 400 && status < 500 && !passing) return { kind: 'refused', error };
  return { kind: 'failed', error, retry_after_ms: retryAfter(answer.retryAfter, now), doubtful };
}

function printable(text: string, secrets: readonly string[]): string {
  const clean = secrets.reduce((said, secret) => said.replaceAll(secret, '[secret]'), text);
  const oneLine = clean.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]+/gu, ' ').trim();
  return Array.from(oneLine).slice(0, LONGEST_TEXT).join('');
}

function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : '';
}
