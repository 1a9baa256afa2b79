/** From the configuration of an SMN sink to one that publishes with the credential of its project. */
import type { ProjectConfig } from '../config/project.ts';
import type { SinkConfig } from '../config/sinks.ts';
import { createAuthorizer } from '../cph/auth/credentials.ts';
import { CphError } from '../cph/errors.ts';
import { createPublisher, type Publish } from '../cph/publish.ts';
import { openTransport } from '../cph/transport.ts';
import type { UpstreamMemory } from '../cph/upstream-memory.ts';
import type { Verdict } from '../delivery/receiver-answer.ts';
import type { Sink } from '../delivery/sink.ts';
import { createSmnSink } from '../delivery/smn.ts';
import type { Proxies } from '../network/proxies.ts';
import { errorText } from '../sync/trouble.ts';
import { credentialOf } from './sync-project.ts';

interface SmnMeans {
  readonly projects: readonly ProjectConfig[];
  readonly baselineAlerts: boolean;
  readonly proxies: Proxies;
  /** Shared with the looks: a credential that they saw rejected is not offered here. */
  readonly memory: UpstreamMemory;
  readonly now: () => Date;
  readonly timeoutMs: number;
}

/**
 * What is refused for good is not worth another request before a person has done something. There is nothing
 * to give up: what is true by then is told by then.
 */
const REFUSED_MS = 15 * 60_000;

/** No request is sent yet. */
export function openSmnSink(config: SinkConfig & { kind: 'smn' }, means: SmnMeans): Sink {
  const { name, projectId } = config;
  const { baselineAlerts, memory, now, timeoutMs: requestTimeoutMs } = means;
  const project = means.projects.find((one) => one.projectId === projectId);
  if (!project) throw new Error(`sink ${name}: there is no project ${projectId}`);
  const transport = openTransport(means);
  const shared = { projectId, transport, memory, requestTimeoutMs, now };
  const authorizer = createAuthorizer(credentialOf(project.credentials, projectId), shared);
  const publish = createPublisher({ ...config, ...shared, authorizer });
  return createSmnSink({
    name,
    baselineAlerts,
    publish: (message, signal) => verdictOf(publish(message, signal)),
    close: transport.close,
  });
}

async function verdictOf(published: ReturnType<Publish>): Promise<Verdict> {
  try {
    await published;
    return { kind: 'accepted' };
  } catch (error) {
    if (!(error instanceof CphError)) throw error;
    // A rejected credential is kept back without a request, until it changes or its time has come.
    const asked = error.retryable || error.kind === 'unauthorized' ? error.retryAfterMs : REFUSED_MS;
    return { kind: 'failed', error: errorText(error), retry_after_ms: asked, doubtful: false };
  }
}
