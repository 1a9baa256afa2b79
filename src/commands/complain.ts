import { ConfigError } from '../config/fault.ts';
import { EmbeddedPostgresError } from '../store/embedded/error.ts';
import { MigrationError } from '../store/migrate.ts';
import { errorText } from '../sync/trouble.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode, NobodyReads } from './command.ts';

/**
 * Says in a sentence what a person can put right. Anything else is our mistake, and its stack is the report.
 */
export function complain(error: unknown, { err, stop }: CommandContext): ExitCode {
  const tell = (text: string, code: ExitCode): ExitCode => {
    err.write(`${text}\n`);
    return code;
  };
  if (stop.aborted && error === stop.reason) return error instanceof NobodyReads ? EXIT.done : EXIT.failed;
  if (error instanceof ConfigError) return tell(error.message, EXIT.usage);
  if (error instanceof CommandError) return tell(error.message, error.exitCode);
  const expected = error instanceof MigrationError || error instanceof EmbeddedPostgresError;
  if (expected || !(error instanceof Error)) return tell(errorText(error), EXIT.failed);
  return tell(isSystemError(error) ? errorText(error) : (error.stack ?? error.message), EXIT.failed);
}

/** Postgres or the operating system raised it. Its text is about them and not about our code. */
function isSystemError(error: Error): boolean {
  return 'code' in error || error.cause instanceof Error;
}
