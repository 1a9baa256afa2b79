/** The simulated API in a process of its own, and a project in it as the daemon would look at it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config.ts';
import { processSurroundings } from '../../src/config/environment.ts';
import { connectProjects } from '../../src/daemon/sync-project.ts';
import type { SyncProject } from '../../src/sync/project.ts';

export interface BenchApi {
  readonly project: SyncProject;
  /** What a program in a process of its own is configured with. */
  readonly env: Readonly<Record<string, string>>;
  /** Gives a share of the images another version; resolves to their number. */
  readonly change: (share: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** An API with so many images of one project, which sees them through both endpoints. */
export async function startApi(images: number): Promise<BenchApi> {
  const child = fork(join(import.meta.dirname, 'api-process.ts'), [String(images)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
  });
  const [{ url, token }] = (await once(child, 'message')) as [{ url: string; token: string }];
  const env = {
    HW_REGION_NAME: 'ap-southeast-3',
    HW_PROJECT_ID: 'p1',
    HW_AUTH_TOKEN: token,
    CPH_ENDPOINT: url,
    CPH_RATE_LIMIT: '200',
  };
  const { projects } = loadConfig({ env, files: processSurroundings().files });
  // Waiting for its turn takes no processor time, and would only make the measurement long.
  const unlimited = projects.map((project) => ({ ...project, rateLimit: 1e6 }));
  const connected = connectProjects(unlimited, { now: () => new Date() });
  const [project] = connected.projects;
  if (!project) throw new Error('no project is configured');
  return {
    project,
    env,
    change: async (share) => {
      child.send(share);
      const [changed] = await once(child, 'message');
      return Number(changed);
    },
    close: async () => {
      await connected.close();
      child.kill();
      await once(child, 'exit');
    },
  };
}
