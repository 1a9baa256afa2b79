/** Until when somebody asked to be left alone, by the name of what is not to be asked. */
export interface QuietTimes<Reason> {
  /** Notes that `name` asked for `ms` of quiet, and why. A day is the longest that is believed. */
  readonly note: (name: string, quiet: { readonly ms: number; readonly reason: Reason }) => void;
  /** What still holds for `name`; null when it may be asked. */
  readonly of: (name: string) => { readonly until: Date; readonly reason: Reason } | null;
}

const LONGEST_MS = 24 * 3_600_000;

/** Remembers `Retry-After` across whoever asks next. A clock that was set back does not prolong it. */
export function createQuietTimes<Reason>(now: () => Date): QuietTimes<Reason> {
  const quiet = new Map<string, { since: number; until: number; reason: Reason }>();
  return {
    note: (name, { ms, reason }) => {
      const since = now().getTime();
      quiet.set(name, { since, until: since + Math.min(ms, LONGEST_MS), reason });
    },
    of: (name) => {
      const found = quiet.get(name);
      if (!found) return null;
      const time = now().getTime();
      if (time >= found.since && time < found.until)
        return { until: new Date(found.until), reason: found.reason };
      quiet.delete(name);
      return null;
    },
  };
}
