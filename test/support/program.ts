import { afterAll, afterEach, beforeAll } from 'vitest';
import { type BuiltProgram, buildProgram, type Ended, type RunningProgram } from './built-program.ts';
import { compiledCode } from './compiled.ts';
import type { Env } from './simulated-project.ts';

interface Program extends Pick<BuiltProgram, 'folder' | 'start'> {
  readonly run: (args: readonly string[], env?: Env) => Promise<Ended>;
}

/**
 * The compiled program, in a package of the file's own. Whatever a test leaves running is killed after it.
 */
export function useProgram(): Program {
  let built: BuiltProgram | undefined;
  const running = new Set<RunningProgram>();

  beforeAll(async () => {
    built = await buildProgram(await compiledCode());
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(Array.from(running, ({ ended }) => ended));
  });
  afterAll(() => built?.remove());

  const program = (): BuiltProgram => {
    if (!built) throw new Error('the program is built before the first test, not before that');
    return built;
  };
  const start = (args: readonly string[], env: Env): RunningProgram => {
    const started = program().start(args, env);
    running.add(started);
    void started.ended.then(() => running.delete(started));
    return started;
  };
  return {
    get folder() {
      return program().folder;
    },
    start,
    run: (args, env = {}) => start(args, env).ended,
  };
}
