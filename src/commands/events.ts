import { z } from 'zod';
import { imagesMeant } from '../answers/images.ts';
import { instantOf, PARAMETERS } from '../answers/parameters.ts';
import { loadDatabaseConfig } from '../config/config.ts';
import { EVENT_TYPES, type EventType } from '../inventory/diff.ts';
import { cloudEvent } from '../inventory/event.ts';
import type { Database } from '../store/database.ts';
import { readEvents, readLogEnd } from '../store/events.ts';
import { cursorBefore } from '../store/sinks.ts';
import { errorText } from '../sync/trouble.ts';
import { createController } from '../waiting/deadline.ts';
import { startPeriodic } from '../waiting/periodic.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';
import { takeOptions } from './take-options.ts';
import { untilAborted } from './until-aborted.ts';

export interface EventsOptions {
  /** The number of the last event already seen. */
  readonly after?: number;
  /** A time: only what was seen since then. */
  readonly since?: string;
  /** One of {@link EVENT_TYPES}, or its last word. */
  readonly type?: string;
  /** The id or the name of an image. */
  readonly image?: string;
  readonly limit?: number;
  /** Go on with what comes, until stopped. */
  readonly follow?: boolean;
}

/** Events read at once. This bounds memory, whatever the length of the log. */
const PAGE = 1000;
/** Between two reads of a log that has nothing new, and between tries while the database is away. */
const POLL_MS = 500;

/** What is read, and how far it has come. */
interface Position {
  after: number;
  /** How many may still be printed. */
  left: number;
  readonly types: readonly EventType[] | undefined;
  readonly image_ids: readonly string[] | undefined;
}

/** Prints the event log as CloudEvents, one a line, oldest first. */
export async function events(options: EventsOptions, context: CommandContext): Promise<ExitCode> {
  const { since } = takeOptions(SINCE, { since: options.since });
  const types = options.type === undefined ? undefined : [typeNamed(options.type)];
  const config = loadDatabaseConfig(context.surroundings);
  const print = options.follow ? follow : printNew;
  const work = async ({ db }: Store) => {
    const begin = since === undefined ? 0 : await placeBefore(db, instantOf(since, context.now()));
    const after = Math.max(options.after ?? 0, begin);
    const image_ids = options.image === undefined ? undefined : await idsOf(db, options.image);
    await print(db, { after, left: options.limit ?? Number.POSITIVE_INFINITY, types, image_ids }, context);
  };
  await withStore(config, { migrate: false, signal: context.stop, work });
  return EXIT.done;
}

const SINCE = z.strictObject({ since: PARAMETERS.since });

function typeNamed(text: string): EventType {
  const type = EVENT_TYPES.find((one) => one === text || one === `cph.image.${text}`);
  if (type) return type;
  throw new CommandError(
    `--type takes one of ${EVENT_TYPES.join(', ')}; got ${JSON.stringify(text)}`,
    EXIT.usage,
  );
}

/** Behind everything where nothing was seen since then: what comes is. */
async function placeBefore(db: Database, since: Date): Promise<number> {
  return (await cursorBefore(db, since)) ?? (await readLogEnd(db));
}

/** An image that nobody has seen yet may still come: then it is meant by its id. */
async function idsOf(db: Database, image: string): Promise<string[]> {
  const meant = await imagesMeant(db, { image });
  return meant.length > 0 ? meant.map(({ image_id }) => image_id) : [image];
}

/**
 * Prints what comes after `position` and moves it along. A failure then repeats and skips nothing.
 */
async function printNew(
  db: Database,
  position: Position,
  { out, stop }: Pick<CommandContext, 'out' | 'stop'>,
): Promise<void> {
  while (!stop.aborted && position.left > 0) {
    const limit = Math.min(PAGE, position.left);
    const page = await readEvents(db, { ...position, limit });
    const last = page.at(-1);
    if (!last) return;
    out.write(`${page.map((event) => JSON.stringify(cloudEvent(event))).join('\n')}\n`);
    position.after = last.seq;
    position.left -= page.length;
    if (page.length < limit) return;
  }
}

/**
 * Waits for a database that restarts, however long that takes: whoever follows the log wants the next event.
 */
async function follow(db: Database, position: Position, { out, err, stop }: CommandContext): Promise<void> {
  let away = false;
  const enough = createController();
  const following = startPeriodic({
    work: (signal) => printNew(db, position, { out, stop: signal }),
    onDone: () => {
      if (away) err.write('The database is back.\n');
      away = false;
      if (position.left === 0) enough.abort();
      return POLL_MS;
    },
    onFailure: (error) => {
      if (!away) err.write(`Waiting for the database: ${errorText(error)}\n`);
      away = true;
      return POLL_MS;
    },
  });
  await untilAborted(AbortSignal.any([stop, enough.signal]));
  await following.stop();
}
