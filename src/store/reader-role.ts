/** What role `cph_reader` may do: read everything in schema `cph`. */
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

interface Lacking extends Record<string, unknown> {
  /** As in a grant: `select on cph.images`. */
  readonly privilege: string;
  /** Whether the connected role can grant it. */
  readonly ours: boolean;
}

/**
 * Grants the role what it lacks and the connected role can give. That may be what was made since the last
 * time, or everything when an administrator has only now made the role. Writes nothing when the role lacks
 * nothing, or is not there.
 */
export async function grantReader(db: Database): Promise<void> {
  for (const { privilege, ours } of await readLacking(db)) {
    if (ours) await db.execute(sql.raw(`grant ${privilege} to cph_reader`));
  }
}

/** What an administrator has to do for the role, in words. Null when it is there and may read everything. */
export async function adviceOnReader(db: Database): Promise<string | null> {
  const { rows } = await db.execute(sql`select from pg_roles where rolname = 'cph_reader'`);
  if (rows.length === 0) {
    return 'role cph_reader, for those who only read, is not there: have an administrator run `create role cph_reader nologin`, then run `cph-inventory migrate` as the owner of schema cph';
  }
  const lacking = await readLacking(db);
  if (lacking.length === 0) return null;
  const [first, ...others] = lacking.map(({ privilege }) => privilege);
  const more = others.length > 0 ? ` and ${others.length} more privileges` : '';
  return `role cph_reader lacks ${first}${more}: run \`cph-inventory migrate\` as the owner of schema cph`;
}

async function readLacking(db: Database): Promise<Lacking[]> {
  const { rows } = await db.execute<Lacking>(sql`
    with reader as (
      select oid from pg_roles where rolname = 'cph_reader'
    ), lacking as (
      select 'usage on schema cph' as privilege, n.nspowner as owner
      from pg_namespace n, reader
      where n.nspname = 'cph' and not has_schema_privilege(reader.oid, n.oid, 'usage')
      union all
      select format('select on cph.%I', c.relname), c.relowner
      from pg_class c, reader
      where c.relnamespace = to_regnamespace('cph') and c.relkind in ('r', 'p', 'v', 'm')
        and not has_table_privilege(reader.oid, c.oid, 'select')
      union all
      select format('execute on function %s', p.oid::regprocedure), p.proowner
      from pg_proc p, reader
      where p.pronamespace = to_regnamespace('cph') and not has_function_privilege(reader.oid, p.oid, 'execute')
    )
    select privilege, pg_has_role(owner, 'usage') as ours
    from lacking
    order by privilege`);
  return rows;
}
