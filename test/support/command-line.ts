import { runCommandLine } from '../../src/commands/program.ts';
import type { Ended } from './built-program.ts';
import { heardContext } from './command-context.ts';
import { LONG } from './long.ts';
import { useProgram } from './program.ts';
import type { Env } from './simulated-project.ts';

type RunCommandLine = (args: readonly string[], env?: Env) => Promise<Ended>;

/**
 * Runs command lines to their end, in this process: all of the program but its signals and its exit. That
 * takes half a second of processor time less than starting Node for each. With LONG=1 each is the compiled
 * program in a process of its own.
 */
export function useCommandLine(): RunCommandLine {
  return LONG ? useProgram().run : runHere;
}

async function runHere(args: readonly string[], env: Env = {}): Promise<Ended> {
  const { context, stdout, stderr } = heardContext({ env, now: () => new Date() });
  const code = await runCommandLine(args, context);
  return { code, stdout: stdout(), stderr: stderr() };
}
