#!/usr/bin/env node
/** The program: commands and their options, signals, exit codes. The only place that ends the process. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { approve } from './commands/approve.ts';
import { check } from './commands/check.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './commands/command.ts';
import { demo } from './commands/demo.ts';
import { events } from './commands/events.ts';
import { history } from './commands/history.ts';
import { images } from './commands/images.ts';
import { migrate } from './commands/migrate.ts';
import { plan } from './commands/plan.ts';
import { replay } from './commands/replay.ts';
import { simulate } from './commands/simulate.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { sync } from './commands/sync.ts';
import { processSurroundings, withConfigFile } from './config/environment.ts';
import { ConfigError } from './config/fault.ts';
import { duration } from './config/fields.ts';
import { Stopped } from './daemon/look-loop.ts';
import { EmbeddedPostgresError } from './store/embedded/error.ts';
import { MigrationError } from './store/migrate.ts';
import { errorText } from './sync/trouble.ts';

const stopping = new AbortController();

const context: CommandContext = {
  out: { write: (text) => void process.stdout.write(text), isTTY: process.stdout.isTTY === true },
  tell: (sentence) => void process.stderr.write(`${sentence}\n`),
  // Asked for each time: a reload reads what is there then.
  get surroundings() {
    return withConfigFile(processSurroundings(), program.opts().config);
  },
  stop: stopping.signal,
  // Only a command that can reload listens: any other ends, as usual, when its terminal is closed.
  onReload: (reload) => void process.on('SIGHUP', reload),
  now: () => new Date(),
  exitWithin: (ms) => void setTimeout(() => process.exit(EXIT.done), ms).unref(),
};

let exitCode: ExitCode = EXIT.done;
const run = async (command: Promise<ExitCode>) => {
  exitCode = await command;
};

const program = new Command('cph-inventory')
  .description('Keeps Postgres in step with the images of Huawei Cloud Phone Host projects.')
  .option(
    '--config <file>',
    'a YAML file with many projects and sinks, instead of the environment',
    parsePath,
  )
  .configureHelp({ showGlobalOptions: true })
  .exitOverride();

program
  .command('demo')
  .description('a simulated cloud, a real Postgres and the daemon, to watch; needs no configuration')
  .option('--for <duration>', 'end by itself after this long, such as 30s', parseDuration)
  .action((options) => run(demo(options, context)));
program
  .command('start')
  .description('the daemon: looks at every project on schedule until it is stopped')
  .action(() => run(start(context)));
program
  .command('sync')
  .description('one full sweep of every project, then exit')
  .option('--project <id>', 'only this project')
  .option('--json', 'one JSON document on stdout')
  .action((options) => run(sync(options, context)));
program
  .command('plan')
  .description('what a sweep would change now; changes nothing')
  .option('--project <id>', 'only this project')
  .option('--detailed-exitcode', 'exit with 3 when there are changes')
  .option('--json', 'one JSON document on stdout')
  .action((options) => run(plan(options, context)));
program
  .command('check')
  .description(
    'tries configuration, database, credentials, every endpoint and every sink, and says what to do',
  )
  .option('--json', 'one JSON document on stdout')
  .action((options) => run(check(options, context)));
program
  .command('migrate')
  .description('bring the database up to date')
  .action(() => run(migrate(context)));
program
  .command('status')
  .description('freshness and last run of every project, open alerts, lag and dead letters of every sink')
  .option('--json', 'one JSON document on stdout')
  .action((options) => run(status(options, context)));
program
  .command('images')
  .description('the images known now')
  .option('--project <id>', 'only of this project')
  .option('--status <status>', 'creating, usable, failed or unknown')
  .option('--type <type>', 'public, private or share')
  .option('--removed', 'the images that are gone instead')
  .option('--json', 'one JSON document on stdout')
  .action((options) => run(images(options, context)));
program
  .command('history')
  .description("one image's life: transitions, changes, removal, and the runs that saw them")
  .argument('<image_id>')
  .option('--project <id>', 'only in this project')
  .option('--json', 'one JSON document on stdout')
  .action((image_id, options) => run(history(image_id, options, context)));
program
  .command('events')
  .description('the event log, one CloudEvent a line')
  .option('--after <seq>', 'only events with a higher sequence number', parseSeq, 0)
  .option('--follow', 'go on with what comes, until stopped')
  .action((options) => run(events(options, context)));
program
  .command('approve')
  .description('let the removals that a sweep held go through at the next one')
  .argument('<project_id>')
  .action((project_id) => run(approve(project_id, context)));
program
  .command('replay')
  .description('send events to a sink again, under the same ids')
  .argument('<sink>')
  .option('--after <seq>', 'the events with a higher sequence number', parseSeq)
  .option('--since <time>', 'the events since then, such as 2026-08-01T12:30:00Z')
  .action((sink, options) => run(replay(sink, options, context)));
program
  .command('simulate')
  .description('only the simulated cloud API, to try alerts on without a cloud account')
  .option('--port <port>', 'port to listen on, 0 for any free one', parsePort, 0)
  .option('--images <n>', 'images there are at first', parseCount, 50)
  .option('--seed <n>', 'the same seed gives the same life', parseCount, 1)
  .option('--pace <n>', 'how many times faster than a day at work images live', parseCount, 150)
  .option('--faults <file>', 'misbehave as this JSON file says')
  .option('--edition <file|settings>', 'differ from the reference, such as total=absent,limit=clamped:50')
  .action((options) => run(simulate(options, context)));

function parseDuration(text: string): number {
  const parsed = duration({ upTo: '24h', example: '30s' }).safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('It takes a duration such as 30s or 5m.');
}

/** An empty one would mean the environment instead, and is a variable of a script that was not set. */
function parsePath(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It takes the path of a file.');
}

function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}

function parseSeq(text: string): number {
  if (/^\d{1,19}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes the sequence number of an event.');
}

function parsePort(text: string): number {
  const port = parseCount(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It takes a port, 0 to 65535.');
}

/** What a person can put right is told in a sentence; anything else is our mistake, and its stack is the report. */
function complain(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (stopping.signal.aborted && error === stopping.signal.reason) return EXIT.failed;
  if (error instanceof ConfigError) return tell(error.message, EXIT.usage);
  if (error instanceof CommandError) return tell(error.message, error.exitCode);
  const expected = error instanceof MigrationError || error instanceof EmbeddedPostgresError;
  if (expected || !(error instanceof Error)) return tell(errorText(error), EXIT.failed);
  return tell(isSystemError(error) ? errorText(error) : (error.stack ?? error.message), EXIT.failed);
}

/** Raised by Postgres or the operating system: what it says is about them, not about our code. */
function isSystemError(error: Error): boolean {
  return 'code' in error || error.cause instanceof Error;
}

function tell(text: string, code: ExitCode): ExitCode {
  context.tell(text);
  return code;
}

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

try {
  await program.parseAsync();
} catch (error) {
  exitCode = complain(error);
}
// Everything was closed by the command; what could still hang is not ours to wait for, once output is flushed.
process.stdout.write('', () => process.exit(exitCode));
