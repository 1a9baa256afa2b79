import { retryAfter } from '../waiting/retry-after.ts';

/**
 * What a receiver's answer means: taken; not to be taken in whatever number of attempts; or not taken now.
 * `error` is for a person and holds no secret.
 */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string; readonly retry_after_ms: number | null };

/** An answer that is no success. */
export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
  /** The beginning of its body. */
  readonly text: string;
}

/** Request Timeout, Too Early and Too Many Requests are about the moment, not about the request. */
const PASSING_REFUSALS = [408, 425, 429];
const LONGEST_TEXT = 500;

/** `from` names the receiver. `secrets` are taken out of what it says, should it repeat what it was sent. */
export function verdictOn(
  answer: Answer,
  { from, secrets, now }: { readonly from: string; readonly secrets: readonly string[]; readonly now: Date },
): Verdict {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    const target = originOf(answer.location);
    const error = `${from} answered HTTP ${status}, a redirect${target && ` to ${target}`}; redirects are not followed: configure the URL it leads to`;
    return { kind: 'failed', error, retry_after_ms: null };
  }
  const said = printable(answer.text, secrets);
  const error = `${from} answered HTTP ${status}${said && `: ${said}`}`;
  if (status >= 400 && status < 500 && !PASSING_REFUSALS.includes(status)) return { kind: 'refused', error };
  return { kind: 'failed', error, retry_after_ms: retryAfter(answer.retryAfter, now) };
}

function printable(text: string, secrets: readonly string[]): string {
  const clean = secrets.reduce((said, secret) => said.replaceAll(secret, '[secret]'), text);
  const oneLine = clean.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}]+/gu, ' ').trim();
  return Array.from(oneLine).slice(0, LONGEST_TEXT).join('');
}

function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : '';
}
