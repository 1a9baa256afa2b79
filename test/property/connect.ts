/** The client of a history, under one of its configurations. */
import type { Simulator } from '../../src/simulator/server.ts';
import { clientFor, type OwnClient } from '../support/cph-api.ts';
import type { Configuration, History } from './history.ts';

export interface Configured {
  readonly history: History;
  readonly configuration: Configuration;
  readonly project_id: string;
}

export function connect(
  { cloud, now }: { cloud: Simulator; now: () => Date },
  { history: { maxRetries }, configuration, project_id: projectId }: Configured,
): OwnClient {
  const ignoredFields = new Set(configuration.ignored);
  const authorize = () => ({ 'X-Auth-Token': cloud.token });
  return clientFor(cloud.url, {
    projectId,
    maxRetries,
    authorize,
    ignoredFields,
    now,
    rateLimit: Number.POSITIVE_INFINITY,
  });
}
