import type { QuietTimes } from '../waiting/quiet-times.ts';
import { CphError } from './errors.ts';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/**
 * Asked to wait longer than this, a request fails instead: the next sweep comes sooner than patience would
 * pay.
 */
const LONGEST_RETRY_AFTER_MS = 120_000;

/**
 * Milliseconds to wait before repeating a request whose `attempt` (0 for the first) failed: anywhere from
 * nothing to a bound that doubles each time, so that many clients that failed together do not come back
 * together.
 */
export function retryDelay(attempt: number, random: () => number): number {
  return random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
}

/**
 * The longer of our own delay and the one the API asked for; null when that is longer than a request may
 * wait.
 */
export function respectfulDelay(delayMs: number, retryAfterMs: number | null): number | null {
  if (retryAfterMs !== null && retryAfterMs > LONGEST_RETRY_AFTER_MS) return null;
  return Math.max(delayMs, retryAfterMs ?? 0);
}

/**
 * What a request fails with that is not sent, because an earlier answer asked to be left alone until then.
 */
export function notAskedBefore(
  { until, reason }: { until: Date; reason: CphError },
  { label, now }: { label: string; now: Date },
): CphError {
  const when = until.toISOString().replace(/\.\d+/, '');
  const { kind, code, status, requestId, hint } = reason;
  return new CphError(`${label}: not asked before ${when}, as the API wished (${reason.message})`, {
    kind,
    code,
    requestId,
    hint,
    cause: reason,
    retryable: true,
    retryAfterMs: until.getTime() - now.getTime(),
    ...(status === null ? {} : { status }),
  });
}

/** Remembers for whoever asks next that an answer asked to be left alone. */
export function noteQuiet(
  quiet: QuietTimes<CphError>,
  { name, error }: { name: string; error: CphError },
): void {
  const { retryable, retryAfterMs } = error;
  if (retryable && retryAfterMs !== null) quiet.note(name, { ms: retryAfterMs, reason: error });
}
