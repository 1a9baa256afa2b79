import type { Surroundings } from '../config/environment.ts';
import type { Output } from '../terminal/output.ts';
import { Stopped } from '../waiting/stopped.ts';

/**
 * Why a command stops when its output has no reader any more, such as `head` that has seen enough. No
 * failure.
 */
export class NobodyReads extends Stopped {}

/** What a command may know of the world it runs in. */
export interface CommandContext {
  readonly out: Output;
  /** For the log and for remarks beside what the command prints. */
  readonly err: Output;
  readonly surroundings: Surroundings;
  /**
   * Aborted by the first SIGINT or SIGTERM, when nobody reads the output any more, and by SIGHUP without a
   * reload.
   */
  readonly stop: AbortSignal;
  /**
   * From now on SIGHUP calls `reload`, and does not stop the command. To be said before anything is awaited.
   */
  readonly onReload: (reload: () => void) => void;
  /** The command has been loaded and has begun: one that reloads has said so. */
  readonly begun: () => void;
  /** Asks whoever sits at the terminal; null where nobody does. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  readonly now: () => Date;
  /**
   * Ends the program with `done` after so many milliseconds, whatever still hangs. For a stop that was
   * promised.
   */
  readonly exitWithin: (ms: number) => void;
}

/** What a command ends with, as scripts and schedulers read it. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Done, but a person should look. */
  attention: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Something the user can put right. Only the message is printed: there is no stack worth showing. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
