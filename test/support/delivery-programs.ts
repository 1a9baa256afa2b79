/** Programs that deliver, for tests that kill them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { compiledCode } from './compiled.ts';

interface DeliveryProgram {
  /** Begins to deliver. */
  readonly go: () => void;
  /** Ends it as a power cut would; resolves once it is gone. */
  readonly kill: () => Promise<void>;
}

/** Compiled: run through a loader, a program took twice as long to start. */
export function useDeliveryPrograms(): {
  /** Loads a program, up to where it would begin. */
  readonly ready: (databaseUrl: string, receiverUrl: string) => Promise<DeliveryProgram>;
} {
  const running = new Set<ChildProcess>();
  afterEach(async () => {
    await Promise.all(Array.from(running, end));
  });
  return {
    ready: async (databaseUrl, receiverUrl) => {
      const program = join(await compiledCode(), 'test', 'support', 'delivery-program.js');
      const child = fork(program, [databaseUrl, receiverUrl]);
      running.add(child);
      child.once('exit', () => running.delete(child));
      await once(child, 'message');
      return { go: () => void child.send('go'), kill: () => end(child) };
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
