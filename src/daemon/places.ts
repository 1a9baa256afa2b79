/** How many projects a replica looks at side by side, such that those that hang delay no other. */

/** Enough to keep a replica busy. */
export const CONCURRENT_LOOKS = 8;
/**
 * A look that takes longer mostly waits for an API that hangs: it leaves its place to another, and shows as
 * running in `cph.sync_runs`.
 */
const SLOW_MS = 10_000;
/** Slow ones included: each has its snapshot in memory, and they share twelve database connections. */
const LOOKS_IN_ALL = 2 * CONCURRENT_LOOKS;
/**
 * Of projects whose last sweeps failed. With a region down they would take one place after the other, for
 * minutes each.
 */
const FAILING_LOOKS = CONCURRENT_LOOKS / 2;
/** Slow ones included, so that half of the places are left for the others at any time. */
const FAILING_IN_ALL = LOOKS_IN_ALL - FAILING_LOOKS;

export interface LookUnderWay {
  /** When it began, in milliseconds of a clock that never jumps. */
  readonly since: number;
  /** The project's last sweeps have failed. */
  readonly failing: boolean;
}

/** Whether a look takes long, by the clock of its `since`. */
export function isSlow({ since }: Pick<LookUnderWay, 'since'>, now: number): boolean {
  return now - since >= SLOW_MS;
}

/** How many projects may be claimed, and how many of those may be failing. */
export function freePlaces(
  looks: readonly LookUnderWay[],
  now: number,
): { readonly limit: number; readonly failing_limit: number } {
  const quick = looks.filter((look) => !isSlow(look, now));
  const failing = looks.filter((look) => look.failing);
  const quickFailing = quick.filter((look) => look.failing);
  return {
    limit: Math.max(0, Math.min(CONCURRENT_LOOKS - quick.length, LOOKS_IN_ALL - looks.length)),
    failing_limit: Math.max(
      0,
      Math.min(FAILING_LOOKS - quickFailing.length, FAILING_IN_ALL - failing.length),
    ),
  };
}
