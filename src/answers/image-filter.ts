/** Which images are meant: filters over the columns of `cph.image_inventory`, as SQL. */
import { type SQL, sql } from 'drizzle-orm';
import type { ImageStatus, ImageType, Source } from '../inventory/image.ts';
import { instantOf } from './parameters.ts';

/** What narrows a selection of images, each as in {@link PARAMETERS}. */
export interface ImageFilter {
  readonly type?: ImageType | undefined;
  readonly status?: ImageStatus | undefined;
  readonly q?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly label?: string | undefined;
  readonly source?: Source | undefined;
  readonly missing?: boolean | undefined;
  /** In milliseconds. */
  readonly older_than?: number | undefined;
}

/** The conditions of a filter, on the columns of `i`; all of them have to hold. */
export function conditionsOf(
  filter: ImageFilter & { readonly project_ids?: readonly string[] | null },
  now: Date,
): SQL[] {
  const { project_ids, type, status, q, name, version, label, source, missing, older_than } = filter;
  return [
    project_ids ? sql`i.project_id = any(${sql.param(project_ids)}::text[])` : null,
    type === undefined ? null : ofType(type),
    status === undefined ? null : sql`i.status = ${status}`,
    q === undefined ? null : hasPart(q),
    name === undefined ? null : isLike(sql`i.image_name`, patternOf(name)),
    version === undefined ? null : sql`i.image_version = ${version}`,
    label === undefined ? null : sql`i.image_label = ${label}`,
    source === undefined ? null : sql`${source} = any(i.listed_in)`,
    missing === undefined ? null : sql.raw(`i.missing_since is ${missing ? 'not null' : 'null'}`),
    older_than === undefined ? null : createdBefore(instantOf(older_than, now)),
  ].filter((condition) => condition !== null);
}

/** A public image that only phone-images lists has no type of its own. */
function ofType(type: ImageType): SQL {
  return type === 'public'
    ? sql`(i.image_type = 'public' or (i.image_type is null and i.is_public = 1))`
    : sql`i.image_type = ${type}`;
}

function hasPart(part: string): SQL {
  const pattern = `%${escaped(part)}%`;
  return sql`(${isLike(sql`i.image_name`, pattern)} or ${isLike(sql`i.image_id`, pattern)})`;
}

/** What `ilike` says, which would write the pattern in small letters anew for each row: a quarter of the time. */
const isLike = (column: SQL, pattern: string) => sql`lower(${column}) like lower(${pattern})`;

const escaped = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** A glob as `like` takes it. */
function patternOf(glob: string): string {
  return escaped(glob).replaceAll('*', '%').replaceAll('?', '_');
}

function createdBefore(at: Date): SQL {
  return sql`coalesce(i.create_time, i.first_seen_at) < ${at.toISOString()}::timestamptz`;
}
