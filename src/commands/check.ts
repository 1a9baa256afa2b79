import { type Config, loadConfig } from '../config/config.ts';
import type { SinkConfig } from '../config/sinks.ts';
import { revealed } from '../daemon/sinks.ts';
import { type Receiver, reachReceiver } from '../delivery/reach.ts';
import { printJson } from '../terminal/output.ts';
import { checkDatabase } from './check-database.ts';
import { checkProjects } from './check-projects.ts';
import { proxyNotes } from './check-proxies.ts';
import { printChecked } from './check-view.ts';
import { projectLabel } from './choose-projects.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';

interface CheckOptions {
  readonly json?: boolean;
}

/** One thing that was tried. */
export interface Checked {
  readonly result: 'ok' | 'note' | 'failed' | 'skipped';
  readonly what: string;
  readonly project_id: string | null;
  /** What was found. For a failure also what to do about it. */
  readonly details: string;
}

/** Tries everything the daemon will need, once, and says what to do about what does not work. */
export async function check(options: CheckOptions, context: CommandContext): Promise<ExitCode> {
  const config = loadConfig(context.surroundings);
  const results = [
    ...config.warnings.map(
      (details) => ({ result: 'note', what: 'configuration', project_id: null, details }) as const,
    ),
    ...(await checkDatabase(config, context)),
  ];
  results.push(...proxyNotes(config), ...(await checkProjects(config, context)));
  for (const sink of config.sinks) results.push(await checkSink(sink, { ...context, ...config }));
  if (options.json) printJson(context.out, results);
  else printChecked(context.out, results, (id) => projectLabel(config.projects, id));
  return results.some(({ result }) => result === 'failed') ? EXIT.failed : EXIT.done;
}

const RECEIVER_TIMEOUT_MS = 5_000;

/** Sends nothing. Whether a webhook or a topic takes what it is sent shows with the first delivery, see `status`. */
async function checkSink(
  sink: SinkConfig,
  { stop, proxies }: Pick<CommandContext, 'stop'> & Pick<Config, 'proxies'>,
): Promise<Checked> {
  const control = { signal: stop, timeoutMs: RECEIVER_TIMEOUT_MS, proxies };
  const reached = await reachReceiver(receiverOf(sink), control);
  return { ...reached, what: `sink ${sink.name}`, project_id: null };
}

function receiverOf(sink: SinkConfig): Receiver {
  if (sink.kind === 'smn') return { kind: sink.kind, url: sink.endpoint };
  const { kind, url, headers } = sink;
  const signed = sink.kind === 'webhook' && sink.secret !== null;
  return { kind, url: url.reveal(), headers: revealed(headers), signed };
}
