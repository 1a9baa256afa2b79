/** The command line: commands, their options, and what to say and to end with when something went wrong. */
import completion from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import { withConfigFile } from '../config/environment.ts';
import { programVersion } from '../version.ts';
import { parseCount, parseDuration, parsePath, parsePort, parseSeq } from './argument.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { addImages, addReports } from './report-commands.ts';

/**
 * A command is loaded when it runs: `--help` took a second of processor time while it loaded all of them, most
 * of it for the page and the daemon.
 */
type Run = <Module>(
  loading: Promise<Module>,
  command: (module: Module) => Promise<ExitCode>,
) => Promise<void>;

/** What a group of commands is added to. */
export interface CommandLine {
  readonly program: Command;
  readonly context: CommandContext;
  /** Loads the module of a command, runs it, and notes what it ends with. */
  readonly run: Run;
}

/**
 * Runs the command that `args` name and returns the exit code. Never rejects: what went wrong is said on
 * `world.err`, with a stack only when the mistake is ours.
 */
export async function runCommandLine(args: readonly string[], world: CommandContext): Promise<ExitCode> {
  // No option of commander's, which would take it from `images --version` too.
  if (args[0] === '--version') {
    world.out.write(`${programVersion()}\n`);
    return EXIT.done;
  }
  let exitCode: ExitCode = EXIT.done;
  const program = createProgram(world);
  const context: CommandContext = {
    ...world,
    // Asked for each time, since a reload reads what is there then.
    get surroundings() {
      return withConfigFile(world.surroundings, program.opts().config);
    },
  };
  const run: Run = async (loading, command) => {
    const module = await loading;
    const running = command(module);
    world.begun();
    exitCode = await running;
  };
  for (const add of [addDaemons, addWork, addReports, addImages, addRest]) add({ program, context, run });
  if (args[0] === 'complete') await addWords(program);
  completion(program);
  const complete = program.commands.find((command) => command.name() === 'complete');
  complete?.description('a script for bash, zsh or fish that completes commands and options: source it');
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { complain } = await import('./complain.ts');
    return complain(error, world);
  }
}

/**
 * What arguments can be completed to, where a command judges them itself. Set on the option and not by its
 * `choices`, which would refuse what the command takes too.
 */
async function addWords(program: Command): Promise<void> {
  const [{ QUERIES }, { EVENT_TYPES }] = await Promise.all([
    import('../queries/catalogue.ts'),
    import('../inventory/diff.ts'),
  ]);
  const named = (name: string) => program.commands.find((command) => command.name() === name);
  const [query] = named('query')?.registeredArguments ?? [];
  if (query) query.argChoices = QUERIES.map(({ name }) => name);
  const type = named('events')?.options.find(({ long }) => long === '--type');
  if (type) type.argChoices = EVENT_TYPES.map((one) => one.replace('cph.image.', ''));
}

function createProgram({ out, err }: CommandContext): Command {
  return new Command('cph-inventory')
    .description('Keeps Postgres in step with the images of Huawei Cloud Phone Host projects.')
    .option(
      '--config <file>',
      'a YAML file with many projects and sinks, instead of the environment',
      parsePath,
    )
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      getOutHelpWidth: () => (out.isTTY ? out.columns : 120),
    })
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    .addHelpText('after', '\n--version in place of a command prints the version.')
    .exitOverride();
}

function addDaemons({ program, context, run }: CommandLine): void {
  program
    .command('demo')
    .description('a simulated cloud, a real Postgres and the daemon, to watch; needs no configuration')
    .option('--for <duration>', 'end by itself after this long, such as 30s', parseDuration)
    .action((options) => run(import('./demo.ts'), ({ demo }) => demo(options, context)));
  program
    .command('start')
    .description('the daemon: looks at every project on schedule until it is stopped')
    .action(() => run(import('./start.ts'), ({ start }) => start(context)));
}

function addWork({ program, context, run }: CommandLine): void {
  program
    .command('sync')
    .description('one full sweep of every project, then exit')
    .option('--project <id or name>', 'only this project')
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(import('./sync.ts'), ({ sync }) => sync(options, context)));
  program
    .command('plan')
    .description('what a sweep would change now; changes nothing')
    .option('--project <id or name>', 'only this project')
    .option('--detailed-exitcode', 'exit with 3 when there are changes')
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(import('./plan.ts'), ({ plan }) => plan(options, context)));
  program
    .command('check')
    .description(
      'tries configuration, database, credentials, every endpoint and every sink, and says what to do',
    )
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(import('./check.ts'), ({ check }) => check(options, context)));
  program
    .command('health')
    .description('asks the daemon of this configuration whether it is ready: 0 or 1, for containers')
    .action(() => run(import('./health.ts'), ({ health }) => health(context)));
  program
    .command('migrate')
    .description('bring the database up to date')
    .action(() => run(import('./migrate.ts'), ({ migrate }) => migrate(context)));
}

function addRest({ program, context, run }: CommandLine): void {
  program
    .command('approve')
    .description('let the removals that a sweep held go through at the next one')
    .argument('<project>', 'its id or its name')
    .option('--yes', 'without asking')
    .option('--json', 'what is held, as one JSON document on stdout')
    .action((project_id, options) =>
      run(import('./approve.ts'), ({ approve }) => approve(project_id, options, context)),
    );
  program
    .command('forget')
    .description('deletes for good what is no longer configured: a project with all its rows, or a sink')
    .argument('[project_id]')
    .option('--sink <name>', 'a sink instead of a project')
    .option('--yes', 'without asking')
    .option('--json', 'what goes, as one JSON document on stdout')
    .action((project_id, options) =>
      run(import('./forget.ts'), ({ forget }) => forget(project_id, options, context)),
    );
  program
    .command('replay')
    .description('send events to a sink again, under the same ids')
    .argument('<sink>')
    .option('--after <seq>', 'the events with a higher sequence number', parseSeq)
    .option('--since <time>', 'the events since then, such as 2026-08-01T12:30:00Z')
    .action((sink, options) => run(import('./replay.ts'), ({ replay }) => replay(sink, options, context)));
  program
    .command('simulate')
    .description('only the simulated cloud API, to try alerts on without a cloud account')
    .option('--port <port>', 'port to listen on, 0 for any free one', parsePort, 0)
    .option('--images <n>', 'images there are at first', parseCount, 50)
    .option('--seed <n>', 'the same seed gives the same life', parseCount, 1)
    .option('--pace <n>', 'how many times faster than a day at work images live', parseCount, 150)
    .option('--faults <file>', 'misbehave as this JSON file says')
    .option('--edition <file|settings>', 'differ from the reference, such as total=absent,limit=clamped:50')
    .action((options) => run(import('./simulate.ts'), ({ simulate }) => simulate(options, context)));
}
