/** Deleting for good what is no longer configured: a project with all its rows, or a sink. */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** How many rows of a table are meant. */
export interface RowCount {
  readonly table: string;
  readonly rows: number;
}

/** Why something is not deleted now: somebody may be working with it. */
export type InUse = 'configured' | 'leased';

/** What there is to delete. */
export interface Belongings {
  /** Null when nobody works with it. */
  readonly in_use: InUse | null;
  readonly rows: readonly RowCount[];
}

/** What a project or a sink is made of, in the order in which it is deleted. */
interface Kind {
  /** Its own row, and whether that is in use. */
  readonly row: (id: string) => SQL;
  readonly tables: readonly { readonly table: string; readonly belongs: (id: string) => SQL }[];
}

const ofProject = (table: string) => ({ table, belongs: (id: string) => sql`project_id = ${id}` });
const ofSink = (table: string) => ({ table, belongs: (id: string) => sql`sink = ${id}` });

/**
 * A project that no daemon has marked yet counts as configured while somebody looks at it now and then. What
 * an Alertmanager was told of it stays: its sink has yet to tell the end.
 */
export const PROJECT: Kind = {
  row: (id) => sql`
    select case
      when leased_until > clock_timestamp() then 'leased'
      when unconfigured_since is null and greatest(registered_at, last_run_at, sweep_tick, watch_tick)
        > clock_timestamp() - 3 * coalesce(sync_interval, interval '1 hour') then 'configured'
    end as in_use
    from cph.projects where project_id = ${id}`,
  tables: [
    {
      table: 'dead_letters',
      belongs: (id) => sql`event_seq in (select seq from cph.image_events where project_id = ${id})`,
    },
    ofProject('image_events'),
    ofProject('image_status_transitions'),
    ofProject('images'),
    ofProject('sync_runs'),
    ofProject('projects'),
  ],
};

/** Nobody would tell the end of alerts of a sink that is gone: an Alertmanager ends them after a day. */
export const SINK: Kind = {
  row: (id) => sql`
    select case
      when leased_until > clock_timestamp() then 'leased'
      when unconfigured_since is null then 'configured'
    end as in_use
    from cph.sinks where name = ${id}`,
  tables: [
    ofSink('dead_letters'),
    ofSink('open_alerts'),
    { table: 'sinks', belongs: (id: string) => sql`name = ${id}` },
  ],
};

/** What {@link forget} would delete; null when there is nothing of that name. */
export async function readBelongings(db: Database, kind: Kind, id: string): Promise<Belongings | null> {
  const { rows } = await db.execute<{ in_use: InUse | null }>(kind.row(id));
  if (!rows[0]) return null;
  const counts: RowCount[] = [];
  for (const { table, belongs } of kind.tables) {
    const counted = await db.execute<{ rows: number }>(
      sql`select count(*)::int as rows from ${nameOf(table)} where ${belongs(id)}`,
    );
    counts.push({ table, rows: counted.rows[0]?.rows ?? 0 });
  }
  return { in_use: rows[0].in_use, rows: counts };
}

/**
 * Deletes all of it in one transaction, unless somebody works with it by then; nobody begins to meanwhile.
 * Says what was deleted. Readers of the log miss the events of the project from here on; no number is used
 * again.
 */
export async function forget(db: Database, kind: Kind, id: string): Promise<Belongings | null> {
  return await db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ in_use: InUse | null }>(sql`${kind.row(id)} for update`);
    if (!rows[0]) return null;
    const { in_use } = rows[0];
    const counts: RowCount[] = [];
    for (const { table, belongs } of in_use ? [] : kind.tables) {
      const { rowCount } = await tx.execute(sql`delete from ${nameOf(table)} where ${belongs(id)}`);
      counts.push({ table, rows: rowCount ?? 0 });
    }
    return { in_use, rows: counts };
  });
}

const nameOf = (table: string) => sql.raw(`cph.${table}`);
