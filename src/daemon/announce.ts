import type { Config } from '../config/config.ts';
import type { ProjectConfig } from '../config/project.ts';
import type { Database } from '../store/database.ts';
import { registerProjects, setProjectListings, setProjectTimes } from '../store/projects.ts';
import { registerSinks } from '../store/sinks.ts';
import { intervalsOf } from './schedule.ts';

/**
 * Makes everything that a configuration names known to the database: its projects, with the times their
 * alerts are measured by, and its sinks, which hear of whatever commits from now on. Writes no row that
 * already says so, takes nothing away, and may be repeated. Rejects when the database cannot be written to.
 */
export async function announce(
  { projects, schedules, sinks }: Config,
  { db, now }: { db: Database; now: () => Date },
): Promise<void> {
  const { longest } = intervalsOf(schedules.sync);
  const times = projects.map(({ projectId, stuckAfterMs }) => ({
    project_id: projectId,
    sync_interval_ms: longest,
    stuck_after_ms: stuckAfterMs,
  }));
  await announceProjects(db, projects);
  await setProjectTimes(db, times);
  await registerSinks(db, sinks, now());
}

/** Makes projects known under their present regions and names: what it takes to look at them. */
export async function announceProjects(db: Database, projects: readonly ProjectConfig[]): Promise<void> {
  await registerProjects(
    db,
    projects.map(({ projectId, region, name }) => ({ project_id: projectId, region, name })),
  );
  await setProjectListings(
    db,
    projects.map(({ projectId, imageTypes, sources }) => ({
      project_id: projectId,
      image_types: imageTypes,
      sources,
    })),
  );
}
