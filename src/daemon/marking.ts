/** Keeping apart what is configured and what only was: nobody looks at that, and it is no trouble. */
import type { Config } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { type Marked, markUnconfigured } from '../store/projects.ts';
import { markUnconfiguredSinks } from '../store/sinks.ts';
import { type Periodic, startPeriodic } from '../waiting/periodic.ts';
import type { Log } from './log.ts';
import { describeError } from './run-log.ts';

/** How soon it is noticed that nobody looks at a project any more that another program had. */
const EVERY_MS = 60_000;

interface MarkingOptions {
  readonly db: Database;
  readonly log: Log;
  readonly now: () => Date;
}

/**
 * Marks the projects and sinks that the configuration does not name, and says so once of each. Another program
 * on the same database may have them: whoever has one takes the mark away as soon as it works with it. So
 * after the start only what nobody has worked with for a while is marked, and nobody fights over a mark. It
 * catches what a predecessor still had when we started.
 *
 * Call it only once nobody of us looks at those projects any more.
 */
export async function startMarking(config: Config, options: MarkingOptions): Promise<Periodic> {
  await mark(config, options, 'all');
  return startPeriodic({
    firstMs: EVERY_MS,
    work: () => mark(config, options, 'idle'),
    onDone: () => EVERY_MS,
    onFailure: (error) => {
      options.log.debug({ error: describeError(error) }, 'what is not configured could not be marked');
      return EVERY_MS;
    },
  });
}

async function mark(
  { projects, sinks }: Config,
  { db, log, now }: MarkingOptions,
  which: Marked,
): Promise<void> {
  const names = sinks.map(({ name }) => name);
  const ids = projects.map(({ projectId }) => projectId);
  for (const sink of await markUnconfiguredSinks(db, names, now(), which)) {
    log.warn({ sink }, `sink ${sink} is no longer configured, and ${forgetting(`--sink ${sink}`)}`);
  }
  for (const project_id of await markUnconfigured(db, ids, now(), which)) {
    log.warn({ project_id }, `project ${project_id} is no longer configured, and ${forgetting(project_id)}`);
  }
}

function forgetting(words: string): string {
  return `is no trouble any more; to delete it for good: cph-inventory forget ${words}`;
}
