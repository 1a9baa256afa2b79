import { sql } from 'drizzle-orm';
import { QueryFault } from '../queries/run.ts';
import type { Database } from '../store/database.ts';

/**
 * The ids of the projects that `text` means: the one with that id, else all with that name, since regions may
 * each have one.
 *
 * @throws QueryFault for a project that was never known
 */
export async function projectsMeant(db: Database, text: string): Promise<readonly string[]> {
  const { rows } = await db.execute<{ project_id: string; by_id: boolean }>(sql`
    select project_id, project_id = ${text} as by_id
    from cph.projects
    where ${text} in (project_id, name)
    order by project_id`);
  if (rows.length === 0) throw new QueryFault('project', await unknownProject(db, text));
  const byId = rows.filter((row) => row.by_id);
  return (byId.length > 0 ? byId : rows).map((row) => row.project_id);
}

/** Named in a fault; more would be a page of ids. */
const NAMED = 10;

async function unknownProject(db: Database, text: string): Promise<string> {
  const { rows } = await db.execute<{ known: string }>(sql`
    select distinct coalesce(name, project_id) as known from cph.projects order by 1 limit ${NAMED + 1}`);
  const names = rows.slice(0, NAMED).map(({ known }) => known);
  const more = rows.length > NAMED ? ' and others' : '';
  const there = names.length === 0 ? 'No project is known yet.' : `There are ${names.join(', ')}${more}.`;
  return `no project has the id or name ${JSON.stringify(text)}. ${there}`;
}

/** A filter for one column, ready for `where`; nothing is filtered without a project. */
export async function projectFilter(db: Database, text: string | undefined) {
  return text === undefined ? null : await projectsMeant(db, text);
}
