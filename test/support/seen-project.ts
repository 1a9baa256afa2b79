/** A project of the simulated cloud that lives now, as a daemon that sweeps every five minutes knows it. */
import { sql } from 'drizzle-orm';
import { createWorld } from '../../src/simulator/world.ts';
import type { Database } from '../../src/store/database.ts';
import { type SimulatedProject, simulatedProject } from './simulated-project.ts';

interface SeenProject extends SimulatedProject {
  /** As if the last sweep had been so long ago. */
  readonly age: (minutes: number) => Promise<void>;
}

export async function seenProject(
  db: Database,
  {
    name = 'Live streaming',
    faults = [],
    images = 0,
  }: { name?: string; faults?: never[]; images?: number } = {},
): Promise<SeenProject> {
  const world = createWorld({ seed: 3, start: new Date(), projects: ['p1'], images });
  const project = await simulatedProject(db, { world, faults, env: { CPH_PROJECT_NAME: name } });
  await db.execute(sql`
    update cph.projects set name = ${name}, sync_interval = '5 minutes', stuck_after = '1 hour'`);
  return {
    ...project,
    age: async (minutes) => {
      await db.execute(sql`
        update cph.projects set last_complete_at = last_complete_at - make_interval(mins => ${minutes}),
          registered_at = registered_at - make_interval(mins => ${minutes})`);
    },
  };
}
