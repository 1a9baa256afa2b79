/** Replicas: the program itself, a process each, to be killed, paused and stopped. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../../src/simulator/server.ts';
import type { BuiltProgram, Ended, RunningProgram } from './built-program.ts';
import type { Env } from './simulated-project.ts';

interface FleetPlan {
  readonly databaseUrl: string;
  readonly cloud: Pick<Simulator, 'url' | 'token'>;
  readonly projects: readonly string[];
  /** More keys of the configuration file's `defaults`. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** More settings that projects share. */
  readonly env?: Env;
}

export interface Replica {
  /** All it wrote on stderr. */
  readonly stderr: () => string;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<Ended>;
  /** Takes its processor away, as a machine that sleeps does. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly paused: () => boolean;
  /** Asks it to stop, and waits until it has. */
  readonly stop: () => Promise<Ended>;
}

export interface Fleet {
  /** One more replica. Resolves when it has begun to look; rejects when it ends before that. */
  readonly start: () => Promise<Replica>;
}

/** How soon we notice that a replica has begun. */
const POLL_MS = 20;

/** Replicas that read all of a simulated cloud, with one configuration file and no sink. */
export async function prepareFleet(
  program: Pick<BuiltProgram, 'folder' | 'start'>,
  { databaseUrl, cloud, projects, defaults = {}, env = {} }: FleetPlan,
): Promise<Fleet> {
  const file = join(program.folder, 'replicas.yaml');
  const shared = {
    region: 'ap-southeast-3',
    credentials: 'cloud',
    endpoint: cloud.url,
    limits: { rate_limit: 200, max_retries: 1 },
  };
  const content = {
    credentials: { cloud: { token: cloud.token } },
    defaults: { ...shared, ...defaults },
    projects: projects.map((project_id) => ({ project_id })),
  };
  await writeFile(file, JSON.stringify(content));
  const settings = { DATABASE_URL: databaseUrl, CPH_HTTP_PORT: 'off', CPH_WATCH_CRON: 'off', ...env };
  return { start: () => begun(program.start(['start', '--config', file], settings)) };
}

async function begun({ child, stderr, ended }: RunningProgram): Promise<Replica> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!stderr().includes('"msg":"started"')) {
    if (over) throw new Error(`a replica ended before it began: ${stderr()}`);
    await sleep(POLL_MS);
  }
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  let paused = false;
  return {
    stderr,
    kill: () => end('SIGKILL'),
    pause: () => {
      paused = child.kill('SIGSTOP');
    },
    resume: () => {
      child.kill('SIGCONT');
      paused = false;
    },
    paused: () => paused,
    stop: () => end('SIGTERM'),
  };
}
