import { readClock } from '../store/clock.ts';
import type { Database } from '../store/database.ts';
import { abandonLeftBehind } from '../store/left-behind.ts';
import { pruneEvents, pruneRuns } from '../store/retention.ts';
import { startPeriodic } from '../waiting/periodic.ts';
import { startTask } from './schedule.ts';

/** How many rows were deleted. */
export interface Pruned {
  readonly events: number;
  readonly runs: number;
}

interface PrunerOptions {
  readonly db: Database;
  readonly now: () => Date;
  /** How long events and runs are kept, in milliseconds. */
  readonly retention: { readonly eventsMs: number; readonly runsMs: number };
  /** Told of rows that were deleted, where there were any. */
  readonly onPruned: (pruned: Pruned) => void;
  /** Pruning events or runs failed. It is tried again an hour later. */
  readonly onFailure: (error: unknown) => void;
}

interface Pruner {
  /** Deletes nothing more, and waits for the statement under way. */
  readonly stop: () => Promise<void>;
}

/**
 * Prunes the log and the runs every hour, at a minute when few schedules tick, and ends runs that nobody else
 * will.
 */
export function startPruner(options: PrunerOptions): Pruner {
  // Only the task wakes it.
  const pause = Number.POSITIVE_INFINITY;
  const pruning = startPeriodic({
    firstMs: pause,
    work: (signal) => prune(options, signal),
    onDone: (pruned) => {
      if (pruned.events + pruned.runs > 0) options.onPruned(pruned);
      return pause;
    },
    onFailure: (error) => {
      options.onFailure(error);
      return pause;
    },
  });
  const task = startTask('17 * * * *', pruning.wake);
  return {
    stop: async () => {
      await task.destroy();
      await pruning.stop();
    },
  };
}

/**
 * Does all of it, whatever becomes of any part: events that cannot be deleted must not let the runs pile up.
 * It goes by Postgres' clock where ours is ahead of it, or what is young would be deleted for good. Rejects
 * when that clock cannot be read. Any other failure goes to `onFailure`.
 */
export async function prune(
  { db, retention, now, onFailure }: Pick<PrunerOptions, 'db' | 'retention' | 'now' | 'onFailure'>,
  signal: AbortSignal,
): Promise<Pruned> {
  const tried = async (work: () => Promise<number>) => {
    if (signal.aborted) return 0;
    return await work().catch((error: unknown) => {
      onFailure(error);
      return 0;
    });
  };
  const at = Math.min(now().getTime(), (await readClock(db)).getTime());
  await tried(() => abandonLeftBehind(db, now()).then(() => 0));
  const events = await tried(() => pruneEvents(db, new Date(at - retention.eventsMs), signal));
  const runs = await tried(() => pruneRuns(db, new Date(at - retention.runsMs), signal));
  return { events, runs };
}
