/** What `check` asks of the API: whether a project's credential is taken, and which of its listings may be read. */
import type { Config } from '../config/config.ts';
import type { ProjectConfig } from '../config/project.ts';
import { showsAccepted } from '../cph/auth/offer.ts';
import { CphError } from '../cph/errors.ts';
import type { Probe } from '../cph/probe.ts';
import { openTransport } from '../cph/transport.ts';
import { createUpstreamMemory } from '../cph/upstream-memory.ts';
import { type ConnectedProject, connectProject } from '../daemon/sync-project.ts';
import { errorText } from '../sync/trouble.ts';
import { sideBySide } from '../waiting/side-by-side.ts';
import type { Checked } from './check.ts';
import type { CommandContext } from './command.ts';

/** Of each project its credential, then each of its listings. */
export async function checkProjects(
  { projects, proxies }: Config,
  context: CommandContext,
): Promise<Checked[]> {
  const transport = openTransport({ proxies });
  // Of all projects: a credential that one of them saw rejected is not offered by the others.
  const memory = createUpstreamMemory(context.now);
  try {
    const results = await sideBySide(projects, async (project) => {
      const connected = connectProject(project, { now: context.now, transport, memory });
      return await checkProject(project, connected, context);
    });
    return results.flat();
  } finally {
    await transport.close();
  }
}

type Found = Pick<Checked, 'result' | 'details'>;

/**
 * The credential first. Where there is none to be had, because its login fails, no endpoint was asked, and what
 * is wrong is said once. Where it is rejected, asking each endpoint again would only bring its lock-out closer.
 */
async function checkProject(
  config: ProjectConfig,
  { present, probes }: ConnectedProject,
  { stop }: CommandContext,
): Promise<Checked[]> {
  const { projectId: project_id } = config;
  const of = (what: string, found: Found): Checked => ({ what, project_id, ...found });
  const credential = (found: Found) => of(`credentials (${config.credentials.kind})`, found);
  const absent = await failureOf(present(stop));
  if (absent) {
    const skipped = absent.kind === 'unauthorized' ? REJECTED : NOT_HAD;
    return [credential(failed(absent)), ...probes.map((probe) => of(nameOf(probe), skipped))];
  }
  const results: Checked[] = [];
  let rejected: CphError | null = null;
  let accepted = false;
  for (const probe of probes) {
    const error: CphError | null = rejected ?? (await failureOf(probe.ask(scopeOf(stop))));
    if (error?.kind === 'unauthorized') rejected = error;
    accepted ||= showsAccepted(error);
    results.push(of(nameOf(probe), rejected ? REJECTED : resultOf(probe, error)));
  }
  return [credential(rejected ? failed(rejected) : accepted ? ACCEPTED : UNPROVEN), ...results];
}

const ACCEPTED: Found = { result: 'ok', details: 'accepted' };
const UNPROVEN: Found = {
  result: 'skipped',
  details: 'no endpoint gave an answer that shows whether they are good',
};
const REJECTED: Found = { result: 'skipped', details: 'not asked: the credential was rejected' };
const NOT_HAD: Found = { result: 'skipped', details: 'not asked: there is no token to ask with' };

const failed = (error: CphError): Found => ({ result: 'failed', details: errorText(error) });

const nameOf = ({ source, image_type }: Probe) => `${source} ${image_type}`;

const scopeOf = (signal: AbortSignal) => ({ signal, trace: { requests: 0, requestIds: new Set<string>() } });

/** What the API or the login failed with; null where it did not. */
async function failureOf(asking: Promise<unknown>): Promise<CphError | null> {
  try {
    await asking;
    return null;
  } catch (error) {
    if (error instanceof CphError) return error;
    throw error;
  }
}

function resultOf(probe: Probe, error: CphError | null): Found {
  if (!error) return { result: 'ok', details: 'readable' };
  if (error.kind === 'refused' && error.code.startsWith('CPS.') && probe.image_type === 'public') {
    return {
      result: 'note',
      details: 'not offered by this edition of the API; phone-images stands in for it',
    };
  }
  return failed(error);
}
