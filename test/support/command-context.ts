import { type CommandContext, CommandError, type ExitCode } from '../../src/commands/command.ts';
import { processSurroundings } from '../../src/config/environment.ts';
import { openOutput } from '../../src/terminal/output.ts';
import type { Env } from './simulated-project.ts';

interface HeardContext {
  readonly context: CommandContext;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/**
 * What a command knows of the world in a process of its own that was given `env`, is piped and is never
 * stopped.
 */
export function heardContext({ env, now }: { env: Env; now: () => Date }): HeardContext {
  const printed: string[] = [];
  const said: string[] = [];
  const context: CommandContext = {
    out: openOutput({ write: (text) => printed.push(text) }, env),
    err: openOutput({ write: (text) => said.push(text) }, env),
    surroundings: { env, files: processSurroundings().files },
    stop: new AbortController().signal,
    onReload: () => undefined,
    begun: () => undefined,
    confirm: null,
    now,
    exitWithin: () => undefined,
  };
  return { context, stdout: () => printed.join(''), stderr: () => said.join('') };
}

interface CommandOutcome {
  readonly code: ExitCode;
  /** What it printed, then what it said, then the sentence it failed with. */
  readonly text: string;
}

/** Runs a command as the program would, without a process of its own: piped, in `env`, at `now`. */
export async function outcomeOf(
  command: (context: CommandContext) => Promise<ExitCode>,
  { env, now }: { env: Env; now: Date },
): Promise<CommandOutcome> {
  const { context, stdout, stderr } = heardContext({ env, now: () => now });
  try {
    const code = await command(context);
    return { code, text: stdout() + stderr() };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.exitCode, text: stdout() + stderr() + error.message };
  }
}
