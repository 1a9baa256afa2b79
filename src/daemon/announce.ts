import type { Config } from '../config/config.ts';
import type { ProjectConfig } from '../config/project.ts';
import type { Database } from '../store/database.ts';
import {
  type MovedProject,
  registerProjects,
  setProjectListings,
  setProjectTimes,
} from '../store/projects.ts';
import { registerSinks } from '../store/sinks.ts';
import type { Log } from './log.ts';
import { intervalsOf } from './schedule.ts';

/**
 * Makes everything that a configuration names known to the database: its projects, with the times their
 * alerts are measured by, and its sinks, which hear of whatever commits from now on. Writes no row that
 * already says so, takes nothing away, and may be repeated. Returns the projects whose region is another one
 * now. Rejects when the database cannot be written to.
 */
export async function announce(
  { projects, schedules, sinks }: Config,
  { db, now }: { db: Database; now: () => Date },
): Promise<MovedProject[]> {
  const { longest } = intervalsOf(schedules.sync);
  const times = projects.map(({ projectId, stuckAfterMs }) => ({
    project_id: projectId,
    sync_interval_ms: longest,
    stuck_after_ms: stuckAfterMs,
  }));
  const moved = await announceProjects(db, projects);
  await setProjectTimes(db, times);
  await registerSinks(db, sinks, now());
  return moved;
}

/** A region that was mistyped makes every image look as if it had vanished. */
export function logMoved(log: Log, moved: readonly MovedProject[], projects: readonly ProjectConfig[]): void {
  for (const one of moved) {
    const { name = null } = projects.find(({ projectId }) => projectId === one.project_id) ?? {};
    log.warn({ project_id: one.project_id }, movedText(one, name));
  }
}

function movedText({ project_id, from, to }: MovedProject, called: string | null): string {
  const name = called === null ? project_id : `${called} (${project_id})`;
  return `project ${name} is read in region ${to} from now on, and what is known of it was read in ${from}: what only ${from} lists goes missing. If that is not meant, set HW_REGION_NAME (region in a file) back to ${from}, and approve no removals.`;
}

/** Makes projects known under their present regions and names: what it takes to look at them. */
export async function announceProjects(
  db: Database,
  projects: readonly ProjectConfig[],
): Promise<MovedProject[]> {
  const moved = await registerProjects(
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
  return moved;
}
