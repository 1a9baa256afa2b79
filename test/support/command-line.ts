import { runCommandLine } from '../../src/commands/program.ts';
import type { Ended } from './built-program.ts';
import { heardContext } from './command-context.ts';
import { printedEvents } from './event-schema.ts';
import { LONG } from './long.ts';
import { useProgram } from './program.ts';
import type { Env } from './simulated-project.ts';

type RunCommandLine = (args: readonly string[], env?: Env) => Promise<Ended>;

/**
 * Runs command lines to their end, in this process: all of the program but its signals and its exit. That
 * takes half a second of processor time less than starting Node for each. With LONG=1 each is the compiled
 * program in a process of its own. Events that are printed are held against their schema.
 */
export function useCommandLine(): RunCommandLine {
  const run = LONG ? useProgram().run : runHere;
  return async (args, env) => {
    const ended = await run(args, env);
    if (args[0] === 'events' && ended.code === 0) printedEvents(ended.stdout);
    return ended;
  };
}

async function runHere(args: readonly string[], env: Env = {}): Promise<Ended> {
  const { context, stdout, stderr } = heardContext({ env, now: () => new Date() });
  const code = await runCommandLine(args, context);
  return { code, stdout: stdout(), stderr: stderr() };
}
