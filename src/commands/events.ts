import { loadDatabaseConfig } from '../config/config.ts';
import { cloudEvent } from '../inventory/event.ts';
import type { Database } from '../store/database.ts';
import { readEvents } from '../store/events.ts';
import { errorText } from '../sync/trouble.ts';
import { startPeriodic } from '../waiting/periodic.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';
import { untilAborted } from './until-aborted.ts';

interface EventsOptions {
  /** The number of the last event already seen. */
  readonly after: number;
  /** Go on with what comes, until stopped. */
  readonly follow?: boolean;
}

/** Events read at once. This bounds memory, whatever the length of the log. */
const PAGE = 1000;
/** Between two reads of a log that has nothing new, and between tries while the database is away. */
const POLL_MS = 500;

/** Prints the event log as CloudEvents, one a line, oldest first. */
export async function events(options: EventsOptions, context: CommandContext): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const print = options.follow ? follow : printNew;
  const work = ({ db }: Store) => print(db, { after: options.after }, context);
  await withStore(config, { migrate: false, signal: context.stop, work });
  return EXIT.done;
}

/**
 * Prints what comes after `position` and moves it along. A failure half-way then repeats and skips nothing.
 */
async function printNew(
  db: Database,
  position: { after: number },
  { out, stop }: Pick<CommandContext, 'out' | 'stop'>,
): Promise<void> {
  while (!stop.aborted) {
    const page = await readEvents(db, { after: position.after, limit: PAGE });
    for (const event of page) {
      out.write(`${JSON.stringify(cloudEvent(event))}\n`);
      position.after = event.seq;
    }
    if (page.length < PAGE) return;
  }
}

/**
 * Waits for a database that restarts, however long that takes: whoever follows the log wants the next event.
 */
async function follow(
  db: Database,
  position: { after: number },
  { out, err, stop }: CommandContext,
): Promise<void> {
  let away = false;
  const following = startPeriodic({
    work: (signal) => printNew(db, position, { out, stop: signal }),
    onDone: () => {
      if (away) err.write('The database is back.\n');
      away = false;
      return POLL_MS;
    },
    onFailure: (error) => {
      if (!away) err.write(`Waiting for the database: ${errorText(error)}\n`);
      away = true;
      return POLL_MS;
    },
  });
  await untilAborted(stop);
  await following.stop();
}
