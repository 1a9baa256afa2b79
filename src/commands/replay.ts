import { loadDatabaseConfig } from '../config/config.ts';
import { canonicalTime } from '../inventory/image.ts';
import type { Database } from '../store/database.ts';
import { cursorBefore, rewindSink } from '../store/sinks.ts';
import { readSinkStatus } from '../store/status.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';

/** Exactly one of the two is set. */
export interface ReplayOptions {
  /** The number of the last event that is not to be sent again. */
  readonly after?: number;
  /** A date, or a date and a time. UTC unless it says otherwise. */
  readonly since?: string;
}

/** Moves a sink's cursor back, so that the daemon sends what comes after it again, under the same ids. */
export async function replay(
  name: string,
  options: ReplayOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const start = startOf(options);
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db }: Store) => {
    const events = await rewind(db, name, start);
    context.out.write(
      events === 0
        ? `Nothing to send again: ${name} has not come further than that.\n`
        : `${events} ${events === 1 ? 'event goes' : 'events go'} to ${name} again, as far as its filters let them, once the daemon runs.\n`,
    );
  };
  await withStore(config, { migrate: false, signal: context.stop, work });
  return EXIT.done;
}

/** Returns how many events come after the cursor's new place and before its old one. */
async function rewind(db: Database, name: string, start: number | Date): Promise<number> {
  await refuseOthers(db, name);
  const after = typeof start === 'number' ? start : await cursorBefore(db, start);
  return after === null ? 0 : await rewindSink(db, name, after);
}

function startOf({ after, since }: ReplayOptions): number | Date {
  if ((after === undefined) === (since === undefined)) {
    throw new CommandError('Say where to start: --after SEQ or --since TIME, one of them.', EXIT.usage);
  }
  if (since === undefined) return after ?? 0;
  const time = canonicalTime(since) ?? canonicalTime(`${since}T00:00:00Z`);
  if (time !== null) return new Date(time);
  throw new CommandError(
    `--since takes a date or a time, such as 2026-08-01 or 2026-08-01T12:30:00Z; got ${JSON.stringify(since)}`,
    EXIT.usage,
  );
}

async function refuseOthers(db: Database, name: string): Promise<void> {
  const sinks = await readSinkStatus(db);
  const sink = sinks.find((one) => one.name === name);
  if (sink?.kind === 'webhook') return;
  if (sink) {
    throw new CommandError(
      `${name} takes no events. It is told what is true now, so there is nothing to replay.`,
      EXIT.usage,
    );
  }
  const known = sinks.map((one) => one.name).join(', ');
  throw new CommandError(
    `No sink ${JSON.stringify(name)}. ${known ? `There are: ${known}.` : 'The daemon has not run with one yet.'}`,
    EXIT.usage,
  );
}
