import { type CommandContext, CommandError, type ExitCode } from '../../src/commands/command.ts';
import { processSurroundings } from '../../src/config/environment.ts';
import type { Env } from './simulated-project.ts';

export interface CommandOutcome {
  readonly code: ExitCode;
  /** What it printed, or the sentence it failed with. */
  readonly text: string;
}

/** Runs a command as the program would, without a process of its own: piped, in `env`, at `now`. */
export async function outcomeOf(
  command: (context: CommandContext) => Promise<ExitCode>,
  { env, now }: { env: Env; now: Date },
): Promise<CommandOutcome> {
  const said: string[] = [];
  const context: CommandContext = {
    out: { write: (text) => void said.push(text), isTTY: false },
    tell: (sentence) => void said.push(`${sentence}\n`),
    surroundings: { env, files: processSurroundings().files },
    stop: new AbortController().signal,
    onReload: () => undefined,
    now: () => now,
    exitWithin: () => undefined,
  };
  try {
    const code = await command(context);
    return { code, text: said.join('') };
  } catch (error) {
    if (error instanceof CommandError) return { code: error.exitCode, text: said.join('') + error.message };
    throw error;
  }
}
