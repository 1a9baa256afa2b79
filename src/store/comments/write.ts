/** Puts the comments on tables, views, columns and functions, where `\d+` and reporting tools show them. */
import { sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { OTHER_COMMENTS } from './other-objects.ts';
import type { Comments } from './relation.ts';
import { RELATIONS } from './relations.ts';

interface Commentable extends Record<string, unknown> {
  /** As `comment on` names it, such as `column cph.images.status`. */
  readonly object: string;
  /** The relation it is, or the one whose column it is. Null for other objects. */
  readonly relation: string | null;
  readonly column: string | null;
  readonly comment: string | null;
}

/**
 * Writes the comments that differ from this program's, on what the connected role owns. Part of every
 * migration and not a migration itself: a better word takes no new file. Writes nothing when all are right.
 * Does without when somebody holds a table for long, such as a vacuum: no start may fail for want of a
 * comment.
 */
export async function writeComments(db: Database): Promise<void> {
  const statements = (await readOwned(db)).flatMap((one) => {
    const comment = commentOf(one);
    return comment === null || comment === one.comment
      ? []
      : [`comment on ${one.object} is ${literal(comment)};`];
  });
  if (statements.length === 0) return;
  await db.execute(
    sql.raw(`do $comments$ begin
      perform set_config('lock_timeout', '1s', true);
      ${statements.join('\n')}
    exception when lock_not_available then null;
    end $comments$`),
  );
}

function commentOf({ object, relation, column }: Commentable): string | null {
  const relations: Readonly<Record<string, Comments<Record<string, unknown>>>> = RELATIONS;
  const comments = relation === null ? undefined : relations[relation];
  const comment = column === null ? comments?.about : comments?.columns[column];
  return comment ?? OTHER_COMMENTS[object] ?? null;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function readOwned(db: Database): Promise<Commentable[]> {
  const { rows } = await db.execute<Commentable>(sql`
    with relation as (
      select oid, relname, format('cph.%I', relname) as name,
        case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end as kind
      from pg_class
      where relnamespace = to_regnamespace('cph') and relkind in ('r', 'p', 'v', 'm') and pg_has_role(relowner, 'usage')
    )
    select 'schema cph' as object, null as relation, null as column, obj_description(oid, 'pg_namespace') as comment
    from pg_namespace
    where nspname = 'cph' and pg_has_role(nspowner, 'usage')
    union all
    select format('%s %s', kind, name), relname, null, obj_description(oid, 'pg_class')
    from relation
    union all
    select format('column %s.%I', name, a.attname), relname, a.attname, col_description(relation.oid, a.attnum)
    from relation
    join pg_attribute a on a.attrelid = relation.oid and a.attnum > 0 and not a.attisdropped
    union all
    select format('function cph.%I(%s)', proname, oidvectortypes(proargtypes)), null, null, obj_description(oid, 'pg_proc')
    from pg_proc
    where pronamespace = to_regnamespace('cph') and pg_has_role(proowner, 'usage')`);
  return rows;
}
