/** A clock that moves only when told to, and does on the way what was scheduled. */
export interface Clock {
  now(): Date;
  /** Runs `action` when the clock reaches `at` (at once on the next advance when `at` has passed). */
  schedule(at: Date, action: () => void): void;
  /** Moves on to `instant`, stopping at every action scheduled until then; never moves back. */
  advanceTo(instant: Date): void;
  advance(milliseconds: number): void;
}

interface Scheduled {
  readonly at: number;
  readonly action: () => void;
}

/** Actions run in order of time, those of the same time in the order they were scheduled. */
export function createClock(start: Date): Clock {
  let time = start.getTime();
  const agenda: Scheduled[] = [];

  function advanceTo(instant: Date): void {
    const target = instant.getTime();
    for (let next = agenda[0]; next && next.at <= target; next = agenda[0]) {
      agenda.shift();
      time = Math.max(time, next.at);
      next.action();
    }
    time = Math.max(time, target);
  }

  return {
    now: () => new Date(time),
    schedule(at, action) {
      const entry = { at: at.getTime(), action };
      const place = agenda.findLastIndex((other) => other.at <= entry.at);
      agenda.splice(place + 1, 0, entry);
    },
    advanceTo,
    advance: (milliseconds) => advanceTo(new Date(time + milliseconds)),
  };
}
