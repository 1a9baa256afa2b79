/** Everything that runs for one configuration, put together: looks, delivery, pruning, probes and metrics. */
import type { Config } from '../config/config.ts';
import type { UpstreamMemory } from '../cph/upstream-memory.ts';
import { type RunningDelivery, startDelivery } from '../delivery/relay.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Database } from '../store/database.ts';
import { startDaemon } from './daemon.ts';
import type { Log } from './log.ts';
import { startMarking } from './marking.ts';
import { startPruner } from './pruner.ts';
import { replicaName } from './replica-name.ts';
import { describeError, logDelivery, logSinkFailure } from './run-log.ts';
import { startServing } from './serving.ts';
import { createSinks } from './sinks.ts';
import { connectProjects } from './sync-project.ts';

interface PartsOptions {
  readonly db: Database;
  /** The same database, for a connection that listens. */
  readonly url: string;
  readonly log: Log;
  readonly now: () => Date;
  /** Of the process: its counters go on when parts are stopped and others started. */
  readonly metrics: Metrics;
  /** Outlives a reload. */
  readonly memory: UpstreamMemory;
}

export interface RunningParts {
  /**
   * Begins nothing more. What takes longer than `graceMs` is rolled back or left to be sent again. Calling it
   * again changes nothing.
   */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts all parts for a configuration that the database knows of, see `announce.ts`. */
export async function startParts(config: Config, options: PartsOptions): Promise<RunningParts> {
  const { db, log, now, metrics, memory } = options;
  const marking = await startMarking(config, options);
  const replica = replicaName();
  for (const { projectId } of config.projects) metrics.expectProject(projectId);
  const open = connectProjects(config.projects, {
    now,
    memory,
    proxies: config.proxies,
    observe: metrics.countAttempt,
  });
  const delivery = deliver(config, { ...options, replica });
  const daemon = startDaemon({ ...config, ...open, db, replica, log, now, onRun: metrics.countRun });
  const pruner = prune(config, options);
  let scheduled = true;
  const serving = await startServing(config, { ...options, scheduled: () => scheduled });
  const { projects, sinks, schedules } = config;
  log.info({ replica, projects: projects.length, sinks: sinks.length, schedules }, 'started');
  const stop = async (graceMs: number) => {
    scheduled = false;
    await Promise.all([daemon.stop(graceMs), delivery.stop(graceMs), pruner.stop(), marking.stop()]);
    await Promise.all([open.close(), serving.stop()]);
  };
  let stopped: Promise<void> | undefined;
  return {
    stop: (graceMs) => {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

function deliver(
  config: Config,
  { db, url, log, now, metrics, memory, replica }: PartsOptions & { replica: string },
): RunningDelivery {
  return startDelivery({
    db,
    url,
    replica,
    now,
    random: Math.random,
    sinks: createSinks(config.sinks, { ...config, memory, now }),
    onDelivery: (delivery) => {
      logDelivery(log, delivery);
      metrics.countDelivery(delivery);
    },
    onFailure: (sink, error) => logSinkFailure(log, sink, error),
  });
}

function prune({ retention }: Config, { db, log, now }: PartsOptions) {
  return startPruner({
    db,
    now,
    retention,
    onPruned: (pruned) => log.info(pruned, 'old events and runs deleted'),
    onFailure: (error) => log.error({ error: describeError(error) }, 'old rows could not be deleted'),
  });
}
