import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** What a role needs on each table, view and sequence, to keep the inventory and to tell how it fares. */
const NEEDED: Readonly<Record<string, string>> = {
  projects: 'select, insert, update',
  images: 'select, insert, update',
  image_events: 'select, insert, delete',
  image_status_transitions: 'select, insert',
  sync_runs: 'select, insert, update, delete',
  sinks: 'select, insert, update',
  dead_letters: 'select, insert, update, delete',
  open_alerts: 'select, insert, update, delete',
  sync_runs_id_seq: 'usage',
  migrations: 'select',
  project_freshness: 'select',
};

/** The server's version, and the privileges that the connected role lacks, such as `insert on cph.images`. */
export async function readPrivileges(db: Database): Promise<{ version: string; missing: string[] }> {
  const server = await db.execute<{ version: string }>(
    sql`select current_setting('server_version') as version`,
  );
  const needed = Object.entries(NEEDED).flatMap(([table, privileges]) =>
    privileges.split(', ').map((privilege) => ({ table: `cph.${table}`, privilege })),
  );
  const { rows } = await db.execute<{ missing: string }>(sql`
    select u.privilege || ' on ' || u.relation as missing
    from unnest(
      ${sql.param(needed.map(({ table }) => table))}::text[],
      ${sql.param(needed.map(({ privilege }) => privilege))}::text[]
    ) with ordinality as u(relation, privilege, n)
    where not case when u.privilege = 'usage' then has_sequence_privilege(u.relation, u.privilege)
      else has_table_privilege(u.relation, u.privilege) end
    order by u.n`);
  return { version: server.rows[0]?.version ?? 'unknown', missing: rows.map((row) => row.missing) };
}
