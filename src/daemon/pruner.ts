import { createTask } from 'node-cron';
import type { Database } from '../store/database.ts';
import { type Pruned, pruneOldRows } from '../store/retention.ts';

export interface PrunerOptions {
  readonly db: Database;
  readonly now: () => Date;
  /** How long events and runs are kept, in milliseconds. */
  readonly retention: { readonly eventsMs: number; readonly runsMs: number };
  readonly onPruned: (pruned: Pruned) => void;
  /** Pruning failed; it is tried again an hour later. */
  readonly onTrouble: (error: unknown) => void;
}

/** Prunes the log and the runs every hour, at a minute when few schedules tick. */
export function startPruner(options: PrunerOptions): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const task = createTask('17 * * * *', () => prune(options, stopping.signal), {
    noOverlap: true,
    suppressMissedWarning: true,
  });
  void task.start();
  return {
    stop: async () => {
      stopping.abort();
      await task.destroy();
    },
  };
}

async function prune(options: PrunerOptions, signal: AbortSignal): Promise<void> {
  const { db, retention, onPruned, onTrouble } = options;
  const ago = (ms: number) => new Date(options.now().getTime() - ms);
  try {
    const pruned = await pruneOldRows(
      db,
      { events: ago(retention.eventsMs), runs: ago(retention.runsMs) },
      signal,
    );
    if (pruned.events + pruned.runs > 0) onPruned(pruned);
  } catch (error) {
    onTrouble(error);
  }
}
