/** Counts failures by name and locks a name out for a while after too many in a row. */
export interface Lockout {
  isLocked(name: string, now: Date): boolean;
  fail(name: string, now: Date): void;
  succeed(name: string): void;
}

interface LockoutRules {
  /** The failure that locks. */
  readonly failures: number;
  readonly forMs: number;
}

interface Tally {
  readonly failures: number;
  readonly lockedUntil: number;
}

/** Failures while locked do not prolong the lock; when it ends, counting starts anew. */
export function createLockout({ failures, forMs }: LockoutRules): Lockout {
  const tallies = new Map<string, Tally>();
  const isLocked = (name: string, now: Date) => now.getTime() < (tallies.get(name)?.lockedUntil ?? 0);

  return {
    isLocked,
    fail(name, now) {
      if (isLocked(name, now)) return;
      const count = (tallies.get(name)?.failures ?? 0) + 1;
      const locks = count >= failures;
      tallies.set(name, {
        failures: locks ? 0 : count,
        lockedUntil: locks ? now.getTime() + forMs : 0,
      });
    },
    succeed: (name) => void tallies.delete(name),
  };
}
