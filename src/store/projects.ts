import { eq, sql } from 'drizzle-orm';
import type { Database, Transaction } from './database.ts';
import { projects } from './schema.ts';
import { retryTransient } from './transient.ts';
import { unnested } from './unnest.ts';

export type ProjectRow = typeof projects.$inferSelect;

/** A project as the configuration names it. */
interface ConfiguredProject {
  readonly project_id: string;
  readonly region: string;
  readonly name: string | null;
}

/** A project that was read in another region than it is configured for now. */
export type MovedProject = {
  readonly project_id: string;
  readonly from: string;
  readonly to: string;
};

/**
 * Registers projects under their present regions and names, and returns those of which something is known from
 * another region. Rows that already say so are not locked and not written: replicas start at any time, and
 * thousands of projects must not wait for the one that is being applied.
 */
export async function registerProjects(
  db: Database,
  configured: readonly ConfiguredProject[],
): Promise<MovedProject[]> {
  const rows = unnested(configured, {
    project_id: ['text', (project) => project.project_id],
    region: ['text', (project) => project.region],
    name: ['text', (project) => project.name],
  });
  return await retryTransient(async () => {
    await db.execute(sql`
      insert into cph.projects (project_id, region, name)
      select project_id, region, name from ${rows}
      where not exists (select from cph.projects p where p.project_id = u.project_id)
      on conflict (project_id) do nothing`);
    const { rows: changed } = await db.execute<MovedProject & { known: boolean }>(sql`
      update cph.projects p
      set region = u.region, name = u.name, unconfigured_since = null
      from ${rows} join cph.projects old using (project_id)
      where p.project_id = u.project_id
        and (p.region, p.name, p.unconfigured_since) is distinct from (u.region, u.name, null)
      returning p.project_id, old.region as "from", p.region as "to", p.last_applied_run_id > 0 as known`);
    return changed
      .filter(({ from, to, known }) => known && from !== to)
      .map(({ project_id, from, to }) => ({ project_id, from, to }));
  });
}

/** Which of what is not named is marked: all of it, or what nobody has worked with for a while. */
export type Marked = 'all' | 'idle';

/**
 * Marks the projects that the configuration does not name, and returns those it has marked. Nobody looks at
 * them, and that is no trouble. Another replica may have them: its next claim takes the mark away. A project
 * is idle after two intervals of its schedule without a look, which is before it is stale.
 */
export async function markUnconfigured(
  db: Database,
  configured: readonly string[],
  at: Date,
  which: Marked = 'all',
): Promise<string[]> {
  const idle = sql`coalesce(leased_until, '-infinity') < clock_timestamp() and greatest(registered_at, last_run_at, sweep_tick, watch_tick)
    < clock_timestamp() - 2 * coalesce(sync_interval, interval '1 hour')`;
  const { rows } = await retryTransient(() =>
    db.execute<{ project_id: string }>(sql`
      update cph.projects
      set unconfigured_since = ${at.toISOString()}::timestamptz
      where unconfigured_since is null and project_id <> all(${sql.param(configured)}::text[])
        and ${which === 'all' ? sql`true` : idle}
      returning project_id`),
  );
  return rows.map(({ project_id }) => project_id).sort();
}

/** What a project is asked for. */
interface ProjectListings {
  readonly project_id: string;
  readonly image_types: readonly string[];
  readonly sources: readonly string[];
}

/**
 * Notes what is asked of projects that are known. Images that nobody asks for any more raise no alert then.
 * Writes no row that already says so.
 */
export async function setProjectListings(db: Database, listings: readonly ProjectListings[]): Promise<void> {
  // unnest flattens nested arrays. So lists travel as text.
  const rows = unnested(listings, {
    project_id: ['text', (project) => project.project_id],
    image_types: ['text', (project) => project.image_types.join()],
    sources: ['text', (project) => project.sources.join()],
  });
  await retryTransient(async () => {
    await db.execute(sql`
      update cph.projects p
      set image_types = string_to_array(u.image_types, ','), sources = string_to_array(u.sources, ',')
      from ${rows}
      where p.project_id = u.project_id and (p.image_types, p.sources)
        is distinct from (string_to_array(u.image_types, ','), string_to_array(u.sources, ','))`);
  });
}

/** The times that the alerts of a project are measured by. */
interface ProjectTimes {
  readonly project_id: string;
  /** How far apart sweeps are, in milliseconds. */
  readonly sync_interval_ms: number;
  /** How long an image may be creating, in milliseconds. */
  readonly stuck_after_ms: number;
}

/** Notes the times of projects that are known. Writes no row that already says so. */
export async function setProjectTimes(db: Database, times: readonly ProjectTimes[]): Promise<void> {
  const rows = unnested(times, {
    project_id: ['text', (project) => project.project_id],
    sync_interval: ['interval', (project) => `${project.sync_interval_ms} ms`],
    stuck_after: ['interval', (project) => `${project.stuck_after_ms} ms`],
  });
  await retryTransient(async () => {
    await db.execute(sql`
      update cph.projects p
      set sync_interval = u.sync_interval, stuck_after = u.stuck_after
      from ${rows}
      where p.project_id = u.project_id
        and (p.sync_interval, p.stuck_after) is distinct from (u.sync_interval, u.stuck_after)`);
  });
}

/**
 * Locks the row of the project until the transaction ends, and returns it. So applies of one project happen
 * one after the other. The lock is NO KEY UPDATE: a run of the same project can begin meanwhile, since its
 * foreign key takes a KEY SHARE lock.
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

/** The row of the project, or null when it was never registered. */
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

/** How many projects there are, those that are no longer configured included. */
export async function countProjects(db: Database): Promise<number> {
  return await db.$count(projects);
}

/**
 * What projects are called, by id. One without a name is not among them, nor are those that share one, as those of two
 * regions may: then only the id tells.
 */
export async function readProjectNames(db: Database): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.execute<{ id: string; name: string }>(sql`
    select min(project_id) as id, name from ${projects} where name is not null group by name having count(*) = 1`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
