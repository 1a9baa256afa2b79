import { readClock } from '../store/clock.ts';
import type { Database } from '../store/database.ts';
import { abandonLeftBehind } from '../store/leases.ts';
import { pruneEvents, pruneRuns } from '../store/retention.ts';
import { startTask } from './schedule.ts';

/** How many rows were deleted. */
export interface Pruned {
  readonly events: number;
  readonly runs: number;
}

export interface PrunerOptions {
  readonly db: Database;
  readonly now: () => Date;
  /** How long events and runs are kept, in milliseconds. */
  readonly retention: { readonly eventsMs: number; readonly runsMs: number };
  readonly onPruned: (pruned: Pruned) => void;
  /** Pruning events or runs failed; it is tried again an hour later. */
  readonly onTrouble: (error: unknown) => void;
}

/** Prunes the log and the runs every hour, at a minute when few schedules tick, and ends runs that nobody else will. */
export function startPruner(options: PrunerOptions): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const task = startTask('17 * * * *', () => prune(options, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await task.destroy();
    },
  };
}

/**
 * All of it, whatever becomes of any part: events that cannot be deleted must not let the runs pile up. By Postgres' clock
 * where ours is ahead of it, or what is young would be deleted for good.
 */
export async function prune(
  { db, retention, now, onPruned, onTrouble }: PrunerOptions,
  signal: AbortSignal,
): Promise<void> {
  const tried = <Result>(work: Promise<Result>, otherwise: Result) =>
    work.catch((error: unknown) => {
      onTrouble(error);
      return otherwise;
    });
  const clock = await tried(readClock(db), null);
  if (clock === null) return;
  const at = Math.min(now().getTime(), clock.getTime());
  await tried(abandonLeftBehind(db, now()), undefined);
  const events = await tried(pruneEvents(db, new Date(at - retention.eventsMs), signal), 0);
  const runs = await tried(pruneRuns(db, new Date(at - retention.runsMs), signal), 0);
  if (events + runs > 0) onPruned({ events, runs });
}
