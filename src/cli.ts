#!/usr/bin/env node
/** The process: its arguments, streams and signals. The only place that ends it. */
import { EXIT } from './commands/command.ts';
import { runCommandLine } from './commands/program.ts';
import { processSurroundings } from './config/environment.ts';
import { Stopped } from './waiting/stopped.ts';

const stopping = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The second signal is from somebody who does not want to wait. Nothing half-done can be committed, so it
  // ends at once.
  process.on(signal, () =>
    stopping.signal.aborted ? process.exit(EXIT.failed) : stopping.abort(new Stopped()),
  );
}
// A reader such as `head` may have seen enough. That is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  surroundings: processSurroundings(),
  stop: stopping.signal,
  // Only a command that can reload listens. Any other ends when its terminal is closed, as usual.
  onReload: (reload) => void process.on('SIGHUP', reload),
  now: () => new Date(),
  exitWithin: (ms) => void setTimeout(() => process.exit(EXIT.done), ms).unref(),
});
// The command has closed everything. What still hangs is not waited for once the output is flushed.
process.stdout.write('', () => process.exit(exitCode));
