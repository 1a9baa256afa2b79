import { createHash } from 'node:crypto';
import { createQuietTimes, type QuietTimes } from '../waiting/quiet-times.ts';
import { createStanding, type Patience, type Standing } from './auth/standing.ts';
import type { CphError } from './errors.ts';
import { createLessons, type Lessons } from './lessons.ts';

/** What a process has learned of the API and must not forget from one look, or one reload, to the next. */
export interface UpstreamMemory {
  /** How a credential stands. The same values have the same standing, whichever project they are of. */
  readonly standingOf: (values: readonly string[], patience: Patience) => Standing;
  /** What listings have taught of an endpoint, for all its projects. */
  readonly lessonsOf: (endpoint: string) => Lessons;
  /** Until when the API asked not to be asked, by project and endpoint. */
  readonly quiet: QuietTimes<CphError>;
}

export function createUpstreamMemory(now: () => Date): UpstreamMemory {
  const standings = new Map<string, Standing>();
  const lessons = new Map<string, Lessons>();
  return {
    standingOf: (values, patience) => {
      // A digest, so that no secret stays in memory after it was changed.
      const key = createHash('sha256').update(JSON.stringify(values)).digest('base64');
      const known = standings.get(key) ?? createStanding(patience, now);
      standings.set(key, known);
      return known;
    },
    lessonsOf: (endpoint) => {
      const known = lessons.get(endpoint) ?? createLessons();
      lessons.set(endpoint, known);
      return known;
    },
    quiet: createQuietTimes(now),
  };
}
