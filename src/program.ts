/** The process: its arguments, streams and signals. The only place that ends it. */
import { askYesOrNo } from './commands/ask.ts';
import { EXIT, NobodyReads } from './commands/command.ts';
import { runCommandLine } from './commands/program.ts';
import { processSurroundings } from './config/environment.ts';
import { onHangup, onHangupElse } from './hangup.ts';
import { openOutput } from './terminal/output.ts';
import { createController } from './waiting/deadline.ts';
import { Stopped } from './waiting/stopped.ts';

const stopping = createController();
const stop = (reason: Error) => {
  if (!stopping.signal.aborted) stopping.abort(reason);
};
/** What keeps the output from being written, other than that nobody reads it. */
let unwritable: Error | undefined;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The second signal is from somebody who does not want to wait. Nothing half-done can be committed, so it
  // ends at once. What then still runs of an embedded Postgres is stopped by its keeper.
  process.on(signal, () => (stopping.signal.aborted ? process.exit(EXIT.failed) : stop(new Stopped())));
}
// Nobody reads any more: `head` has seen enough, or the terminal is gone. That is no error, and the end.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') unwritable ??= error;
    stop(new NobodyReads());
  });
}

const { stdin: input, stdout: output } = process;
const confirm = (question: string) => askYesOrNo(question, { input, output, signal: stopping.signal });

const surroundings = processSurroundings();
let exitCode = await runCommandLine(process.argv.slice(2), {
  out: openOutput(process.stdout, surroundings.env),
  err: openOutput(process.stderr, surroundings.env),
  surroundings,
  stop: stopping.signal,
  onReload: onHangup,
  // One that can reload listens now. Any other ends when its terminal is closed.
  begun: () => onHangupElse(() => stop(new Stopped())),
  confirm: process.stdin.isTTY && process.stdout.isTTY ? confirm : null,
  now: () => new Date(),
  exitWithin: (ms) => void setTimeout(() => process.exit(EXIT.done), ms).unref(),
});
// What was written last may have failed, and a file or device says so a moment later.
await new Promise((soon) => setImmediate(soon));
if (unwritable) {
  process.stderr.write(`Cannot write: ${unwritable.message}\n`);
  exitCode = EXIT.failed;
}
// The command has closed everything. What still hangs is not waited for once the output is flushed.
if (process.stdout.writable) process.stdout.write('', () => process.exit(exitCode));
else process.exit(exitCode);
