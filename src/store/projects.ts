import { eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from './database.ts';
import { projects } from './schema.ts';

export type ProjectRow = typeof projects.$inferSelect;

/** Makes the project known under its present region and name. Writes nothing when the row already says so. */
export async function registerProject(
  db: Database,
  project: { project_id: string; region: string; name: string | null },
): Promise<void> {
  await db.execute(sql`
    insert into cph.projects (project_id, region, name)
    values (${project.project_id}, ${project.region}, ${project.name})
    on conflict (project_id) do update
      set region = excluded.region, name = excluded.name, unconfigured_since = null
      where (projects.region, projects.name, projects.unconfigured_since)
        is distinct from (excluded.region, excluded.name, null)`);
}

/** Marks the projects that the configuration no longer names: nobody looks at them, and that is no trouble. */
export async function markUnconfigured(db: Database, configured: readonly string[], at: Date): Promise<void> {
  await db.execute(sql`
    update cph.projects
    set unconfigured_since = ${at.toISOString()}::timestamptz
    where unconfigured_since is null and project_id <> all(${sql.param(configured)}::text[])`);
}

/** Notes the times that alerts are measured by: how far apart sweeps are, and how long an image may be creating. */
export async function setProjectTimes(
  db: Database,
  project_id: string,
  { sync_interval_ms, stuck_after_ms }: { sync_interval_ms: number; stuck_after_ms: number },
): Promise<void> {
  const [interval, stuck] = [sync_interval_ms, stuck_after_ms].map(
    (ms) => sql`${ms} * interval '1 millisecond'`,
  );
  await db.execute(sql`
    update cph.projects
    set sync_interval = ${interval}, stuck_after = ${stuck}
    where project_id = ${project_id}
      and (sync_interval, stuck_after) is distinct from (${interval}, ${stuck})`);
}

/**
 * Locks the project's row until the transaction ends and returns it: applies of one project happen one after the
 * other. NO KEY UPDATE, so that a run of the same project can begin meanwhile (its foreign key takes a KEY SHARE lock).
 */
export async function lockProject(tx: Transaction, project_id: string): Promise<ProjectRow> {
  const [row] = await tx
    .select()
    .from(projects)
    .where(eq(projects.project_id, project_id))
    .for('no key update');
  if (!row) throw new Error(`project ${project_id} is not registered`);
  return row;
}

/** The project's row, or null when it was never registered. */
export async function findProject(db: Database, project_id: string): Promise<ProjectRow | null> {
  const [row] = await db.select().from(projects).where(eq(projects.project_id, project_id));
  return row ?? null;
}

export async function updateProject(
  tx: Transaction,
  project_id: string,
  values: Partial<Omit<ProjectRow, 'project_id'>>,
): Promise<void> {
  await tx.update(projects).set(values).where(eq(projects.project_id, project_id));
}

/** Counts one more failed sweep in a row. */
export async function countFailure(tx: Transaction, project_id: string, at: Date): Promise<void> {
  await tx
    .update(projects)
    .set({
      last_run_status: 'failed',
      last_run_at: at,
      consecutive_failures: sql`${projects.consecutive_failures} + 1`,
    })
    .where(eq(projects.project_id, project_id));
}
