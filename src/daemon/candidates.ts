/** Which of its projects a replica asks for in a claim: all of them, or those that may be due where they are many. */
import type { Claim } from '../store/claims.ts';
import type { Database } from '../store/database.ts';
import { readDue, type Ticks } from '../store/due.ts';

/** A claim goes over so many in well under a millisecond. */
const FEW = 64;
/**
 * How often a claim goes over all of many projects, whatever was noted of when they are due: a clock was set, a
 * schedule changed, or an older version took part.
 */
const ALL_EVERY_MS = 60_000;

interface Asked {
  readonly ticks: Ticks;
  readonly now: Date;
  readonly limit: number;
}

export interface Candidates {
  /** Whether there are so many that it is worth noting when each is due. */
  readonly many: boolean;
  /** The projects to claim from. */
  readonly read: (asked: Asked) => Promise<readonly string[]>;
  /** Told what came of the claim. */
  readonly heard: (claim: Claim, asked: Asked) => void;
}

/**
 * Until a claim of all has found nothing more to do, nothing noted is believed: the start makes all projects
 * due, and so does a clock that was set back.
 */
export function createCandidates(
  db: Database,
  { projects, spreadMs }: { readonly projects: ReadonlyMap<string, unknown>; readonly spreadMs: number },
): Candidates {
  const all = [...projects.keys()];
  const many = all.length > FEW;
  const strangers = new Set<string>();
  let seen: Ticks | null = null;
  /** When all were asked for last, since there was nothing more to do. */
  let rested: number | null = null;
  let ofAll = true;
  return {
    many,
    read: async ({ ticks, now }) => {
      if (seen && ticks.sweep < seen.sweep) rested = null;
      seen = ticks;
      ofAll = !many || rested === null || performance.now() - rested > ALL_EVERY_MS;
      return ofAll ? all : await readOurs(db, { now, projects, strangers });
    },
    heard: ({ claimed, others }, { ticks, now, limit }) => {
      const spreading = now.getTime() - ticks.sweep.getTime() <= spreadMs;
      const nothingMore = !others && claimed.length < limit && !spreading;
      if (ofAll && (rested !== null || nothingMore)) rested = performance.now();
    },
  };
}

/** Rows of other configurations are passed over once and for all: they may be due for as long as they are there. */
async function readOurs(
  db: Database,
  { now, projects, strangers }: { now: Date; projects: ReadonlyMap<string, unknown>; strangers: Set<string> },
): Promise<string[]> {
  for (;;) {
    const due = await readDue(db, { now, strangers: [...strangers] });
    const theirs = due.filter((project_id) => !projects.has(project_id));
    for (const project_id of theirs) strangers.add(project_id);
    if (theirs.length === 0) return due;
  }
}
