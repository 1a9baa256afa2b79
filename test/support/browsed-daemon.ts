/** A daemon as people run it, at a simulated cloud, with its page. */
import { onTestFinished } from 'vitest';
import type { Fault } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { createWorld, type World } from '../../src/simulator/world.ts';
import type { RunningProgram } from './built-program.ts';
import type { TestDatabase } from './postgres.ts';
import type { useProgram } from './program.ts';
import { type Env, projectEnv } from './simulated-project.ts';
import { until } from './until.ts';

export interface BrowsedDaemon {
  readonly world: World;
  readonly cloud: Simulator;
  readonly url: string;
  readonly program: RunningProgram;
}

interface DaemonOptions {
  readonly images?: number;
  readonly faults?: readonly Fault[];
  readonly env?: Env;
}

/** Sweeps every two seconds and watches every second. */
export async function browsedDaemon(
  program: ReturnType<typeof useProgram>,
  database: TestDatabase,
  { images = 0, faults = [], env = {} }: DaemonOptions = {},
): Promise<BrowsedDaemon> {
  const world = createWorld({ seed: 5, start: new Date(), projects: ['p1'], images });
  const cloud = await startSimulator({ world, now: () => new Date(), faults });
  onTestFinished(() => cloud.close());
  const running = program.start(['start'], {
    ...projectEnv(cloud, 'p1'),
    DATABASE_URL: database.url,
    CPH_PROJECT_NAME: 'Live streaming',
    CPH_HTTP_PORT: '0',
    CPH_SYNC_CRON: '*/2 * * * * *',
    CPH_WATCH_CRON: '* * * * * *',
    ...env,
  });
  const url = await until(() => /metrics on (http:[^"\s]+)/.exec(running.stderr())?.[1]);
  return { world, cloud, url, program: running };
}
