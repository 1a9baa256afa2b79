const FIRST_DELAY_MS = 1_000;
/**
 * A receiver that is back is noticed within a minute. Until then it gets two requests a minute, however much
 * is waiting.
 */
const LONGEST_DELAY_MS = 60_000;
/** A date in the far future is more likely a slip than a wish. Nobody would hear of anything until then. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Milliseconds until the next attempt after `attempts` failures in a row: a random time up to a bound that
 * doubles with each failure, so that replicas and sinks that failed together do not come back together. It is
 * never sooner than the receiver asked for, up to an hour.
 */
export function deliveryDelay(attempts: number, retry_after_ms: number | null, random: () => number): number {
  const own = random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1));
  return Math.max(own, Math.min(retry_after_ms ?? 0, LONGEST_RETRY_AFTER_MS));
}
