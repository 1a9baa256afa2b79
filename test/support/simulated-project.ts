/** A project of the simulated cloud, reached as the daemon reaches a real one: configuration, client, HTTP. */
import { onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { processSurroundings } from '../../src/config/environment.ts';
import { openProjects } from '../../src/daemon/sync-project.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts';
import { createWorld, type World } from '../../src/simulator/world.ts';
import type { Database } from '../../src/store/database.ts';
import type { SyncProject } from '../../src/sync/project.ts';
import type { RunReport } from '../../src/sync/run.ts';
import { sweepProject } from '../../src/sync/sweep.ts';
import { watchProject } from '../../src/sync/watch.ts';

export type Env = Readonly<Record<string, string>>;

/** What a person would set to have one project read; nothing is tried twice, and nothing is slowed down. */
export function projectEnv(cloud: Pick<Simulator, 'url' | 'token'>, project_id: string): Env {
  return {
    HW_REGION_NAME: 'ap-southeast-3',
    HW_PROJECT_ID: project_id,
    HW_AUTH_TOKEN: cloud.token,
    CPH_ENDPOINT: cloud.url,
    CPH_MAX_RETRIES: '0',
    CPH_RATE_LIMIT: '200',
  };
}

export interface SimulatedProject {
  readonly world: World;
  readonly cloud: Simulator;
  readonly project: SyncProject;
  readonly sweep: () => Promise<RunReport>;
  readonly watch: () => Promise<RunReport | null>;
}

/** An empty cloud whose clock stands still, and its only project, `p1`; both are closed when the test is over. */
export async function simulatedProject(
  db: Database,
  {
    env = () => ({}),
    ...options
  }: Partial<SimulatorOptions> & { env?: Env | ((cloud: Simulator) => Env) } = {},
): Promise<SimulatedProject> {
  const start = new Date('2026-01-01T00:00:00Z');
  const world = options.world ?? createWorld({ seed: 1, start, projects: ['p1'] });
  const cloud = await startSimulator({ ...options, world });
  onTestFinished(() => cloud.close());
  const { files } = processSurroundings();
  const given = typeof env === 'function' ? env(cloud) : env;
  const config = loadConfig({ env: { ...projectEnv(cloud, world.project_id), ...given }, files });
  const now = () => world.now();
  const { projects, close } = await openProjects(db, config.projects, { now });
  onTestFinished(close);
  const [project] = projects;
  if (!project) throw new Error('the configuration has no project');
  const control = { now, signal: new AbortController().signal };
  return {
    world,
    cloud,
    project,
    sweep: () => sweepProject(db, project, control),
    watch: () => watchProject(db, project, control),
  };
}
