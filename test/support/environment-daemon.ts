/** The daemon as a process, configured by the environment alone, with a simulated cloud of its own. */
import { onTestFinished } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import { createWorld } from '../../src/simulator/world.ts';
import type { RunningProgram } from './built-program.ts';
import { type Env, projectEnv } from './simulated-project.ts';
import { until } from './until.ts';

interface EnvironmentDaemon {
  readonly running: RunningProgram;
  /** What it was given, for commands beside it. */
  readonly env: Env;
  /** The messages of its log so far. */
  readonly messages: () => readonly string[];
  readonly untilSaid: (text: string) => Promise<unknown>;
  /** Resolves with its exit code. */
  readonly stop: () => Promise<number | null>;
}

/** It looks once a year and serves nothing, unless `env` says otherwise. The cloud ends with the test. */
export async function environmentDaemon(
  { start }: { readonly start: (args: readonly string[], env: Env) => RunningProgram },
  {
    url,
    project_id = 'p1',
    env = {},
  }: { readonly url: string; readonly project_id?: string; readonly env?: Env },
): Promise<EnvironmentDaemon> {
  const world = createWorld({ seed: 1, start: new Date(), projects: [project_id], images: 3 });
  const cloud = await startSimulator({ world });
  onTestFinished(() => cloud.close());
  const once = { CPH_SYNC_CRON: '0 0 1 1 *', CPH_WATCH_CRON: 'off', CPH_HTTP_PORT: 'off' };
  const given = { ...projectEnv(cloud, project_id), DATABASE_URL: url, ...once, ...env };
  const running = start(['start'], given);
  const messages = () =>
    running
      .stderr()
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => String(JSON.parse(line).msg));
  return {
    running,
    env: given,
    messages,
    untilSaid: (text) => until(() => messages().some((message) => message.includes(text))),
    stop: async () => {
      running.child.kill('SIGTERM');
      return (await running.ended).code;
    },
  };
}
