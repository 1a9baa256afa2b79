/** How far down throttling may push the rate, as a share of the configured one. */
const SLOWEST_SHARE = 1 / 16;
/** Accepted requests until a halved rate is back where it was. */
const RECOVERY_REQUESTS = 50;
/** Answers to requests that were in flight together are one complaint, not many. */
const ONE_COMPLAINT_MS = 1000;

export interface RateLimit {
  /** Takes the next free turn and says in how many milliseconds it comes. */
  takeTurn(): number;
  /** The API complained: half the rate from now on, and no new turn for `pauseMs`. */
  slowDown(pauseMs: number): void;
  /** A request was accepted: a little faster again, up to the configured rate. */
  speedUp(): void;
}

/**
 * A bucket that holds one request and fills `perSecond` times a second: requests come evenly, so that in no
 * second are there more than allowed. `clock` gives milliseconds and never goes back.
 */
export function createRateLimit(perSecond: number, clock: () => number): RateLimit {
  let rate = perSecond;
  let nextTurn = Number.NEGATIVE_INFINITY;
  let slowedAt = Number.NEGATIVE_INFINITY;
  return {
    takeTurn() {
      const now = clock();
      const turn = Math.max(now, nextTurn);
      nextTurn = turn + 1000 / rate;
      return turn - now;
    },
    slowDown(pauseMs) {
      const now = clock();
      nextTurn = Math.max(nextTurn, now + pauseMs);
      if (now - slowedAt < ONE_COMPLAINT_MS) return;
      slowedAt = now;
      rate = Math.max(rate / 2, perSecond * SLOWEST_SHARE);
    },
    speedUp() {
      rate = Math.min(perSecond, rate + perSecond / (2 * RECOVERY_REQUESTS));
    },
  };
}
