#!/usr/bin/env node
/** The process: its arguments, streams and signals. The only place that ends it. */
import { EXIT } from './commands/command.ts';
import { runCommandLine } from './commands/program.ts';
import { processSurroundings } from './config/environment.ts';
import { Stopped } from './daemon/look-loop.ts';

const stopping = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The second one is from somebody who does not want to wait: nothing half-done can be committed, so just go.
  process.on(signal, () =>
    stopping.signal.aborted ? process.exit(EXIT.failed) : stopping.abort(new Stopped()),
  );
}
// A reader such as `head` that has seen enough is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  surroundings: processSurroundings(),
  stop: stopping.signal,
  // Only a command that can reload listens: any other ends, as usual, when its terminal is closed.
  onReload: (reload) => void process.on('SIGHUP', reload),
  now: () => new Date(),
  exitWithin: (ms) => void setTimeout(() => process.exit(EXIT.done), ms).unref(),
});
// Everything was closed by the command; what could still hang is not ours to wait for, once output is flushed.
process.stdout.write('', () => process.exit(exitCode));
