import { type Config, loadConfig } from '../config/config.ts';
import type { ProjectConfig } from '../config/project.ts';
import type { SinkConfig } from '../config/sinks.ts';
import { showsAccepted } from '../cph/auth/offer.ts';
import { CphError } from '../cph/errors.ts';
import type { Probe } from '../cph/probe.ts';
import { openTransport } from '../cph/transport.ts';
import { createUpstreamMemory } from '../cph/upstream-memory.ts';
import { revealed } from '../daemon/sinks.ts';
import { connectProject } from '../daemon/sync-project.ts';
import { type Receiver, reachReceiver } from '../delivery/reach.ts';
import { errorText } from '../sync/trouble.ts';
import { printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { checkDatabase } from './check-database.ts';
import { proxyNotes } from './check-proxies.ts';
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
  else printTable(context.out, COLUMNS, { rows: results, empty: '' });
  return results.some(({ result }) => result === 'failed') ? EXIT.failed : EXIT.done;
}

const COLOURS = { ok: 'green', note: 'yellow', failed: 'red', skipped: 'dim' } as const;

const COLUMNS: readonly Column<Checked>[] = [
  { title: 'RESULT', value: ({ result }) => result, colour: ({ result }) => COLOURS[result] },
  { title: 'CHECK', value: ({ what }) => what },
  { title: 'PROJECT', value: ({ project_id }) => project_id ?? '' },
  { title: 'DETAILS', value: ({ details }) => details },
];

async function checkProjects({ projects, proxies }: Config, context: CommandContext): Promise<Checked[]> {
  const transport = openTransport({ proxies });
  // Of all projects: a credential that one of them saw rejected is not offered by the others.
  const memory = createUpstreamMemory(context.now);
  const results: Checked[] = [];
  try {
    for (const project of projects) {
      const { probes } = connectProject(project, { now: context.now, transport, memory });
      results.push(...(await checkProject(project, probes, context)));
    }
  } finally {
    await transport.close();
  }
  return results;
}

/**
 * The credential first: when it is rejected, asking each endpoint again would only bring its lock-out closer.
 */
async function checkProject(
  config: ProjectConfig,
  probes: readonly Probe[],
  context: CommandContext,
): Promise<Checked[]> {
  const { projectId: project_id } = config;
  const results: Checked[] = [];
  let rejected: CphError | null = null;
  let accepted = false;
  for (const probe of probes) {
    const what = `${probe.source} ${probe.image_type}`;
    const error: CphError | null = rejected ?? (await askProbe(probe, context));
    if (error?.kind === 'unauthorized') rejected = error;
    accepted ||= showsAccepted(error);
    results.push({ what, project_id, ...(rejected ? SKIPPED : resultOf(probe, error)) });
  }
  const what = `credentials (${config.credentials.kind})`;
  if (rejected) return [{ what, project_id, result: 'failed', details: errorText(rejected) }, ...results];
  return [{ what, project_id, ...(accepted ? ACCEPTED : UNPROVEN) }, ...results];
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

const ACCEPTED = { result: 'ok', details: 'accepted' } as const;
const UNPROVEN = {
  result: 'skipped',
  details: 'no endpoint gave an answer that shows whether they are good',
} as const;

const SKIPPED = { result: 'skipped', details: 'not asked: the credential was rejected' } as const;

async function askProbe(probe: Probe, { stop }: CommandContext): Promise<CphError | null> {
  try {
    await probe.ask({ signal: stop, trace: { requests: 0, requestIds: new Set() } });
    return null;
  } catch (error) {
    if (error instanceof CphError) return error;
    throw error;
  }
}

function resultOf(probe: Probe, error: CphError | null): Pick<Checked, 'result' | 'details'> {
  if (!error) return { result: 'ok', details: 'readable' };
  if (error.kind === 'refused' && error.code.startsWith('CPS.') && probe.image_type === 'public') {
    return {
      result: 'note',
      details: 'not offered by this edition of the API; phone-images stands in for it',
    };
  }
  return { result: 'failed', details: errorText(error) };
}
