import { orAborted } from '../../waiting/deadline.ts';

export interface TrialRun<T> {
  readonly ask: () => Promise<T>;
  /** Whether the answer shows that the credential is good. */
  readonly proves: (answer: T) => boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs requests one at a time until one has shown that the credential is good, and freely from then on. Keys are locked
 * after about five failures, and a sweep that starts beside a watch sends more than that at once.
 */
export function createTrial(): <T>(run: TrialRun<T>) => Promise<T> {
  let proven = false;
  let underway: Promise<void> | null = null;
  return async ({ ask, proves, signal }) => {
    while (!proven && underway) await orAborted(underway, signal);
    if (proven) return ask();
    const answer = ask();
    const settle = (proof: boolean) => {
      proven ||= proof;
      underway = null;
    };
    underway = answer.then(
      (given) => settle(proves(given)),
      () => settle(false),
    );
    return answer;
  };
}
