import { type SQL, sql } from 'drizzle-orm';
import { FIELD_KINDS } from '../inventory/image.ts';
import { QueryFault } from '../queries/run.ts';
import type { Database } from '../store/database.ts';
import { cursorOf, type Place, pageOf, placeOf } from './cursor.ts';
import { conditionsOf, type ImageFilter } from './image-filter.ts';
import type { ImageItem, Images } from './images.ts';
import { DEFAULT_LIMIT } from './parameters.ts';

/** How many images one page looks for in the log. */
const LOOKED_AT = 3000;
/** The name of the order by projects and ids. */
const ORDER = 'at';

interface AskedAt extends ImageFilter {
  readonly project_ids: readonly string[] | null;
  readonly removed?: boolean | undefined;
  readonly at: Date;
  readonly sort?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

type Id = { readonly project_id: string; readonly image_id: string };

/**
 * The images as they were known at a time, in the order of projects and ids. Says what `cph.images_as_of` says,
 * and looks for image by image, so that a page takes as long whatever the log holds.
 *
 * @throws QueryFault for what is not known of the past
 */
export async function imagesAt(db: Database, asked: AskedAt): Promise<Images> {
  for (const name of ['missing', 'removed', 'sort'] as const) {
    if (asked[name] === undefined) continue;
    throw new QueryFault(name, `${name} cannot be asked together with at: it is not known of the past`);
  }
  const { limit = DEFAULT_LIMIT, at, project_ids, cursor } = asked;
  const begin = cursor === undefined ? null : placeOf(cursor, { order: ORDER, example: ['', ''] });
  const within = [
    ...(project_ids ? [sql`project_id = any(${sql.param(project_ids)}::text[])`] : []),
    ...(begin ? [sql`(project_id, image_id) > (${begin[0]}, ${begin[1]})`] : []),
    sql`true`,
  ];
  const end = await lastLookedAt(db, within);
  const upTo = end
    ? [...within, sql`(project_id, image_id) <= (${end.project_id}, ${end.image_id})`]
    : within;
  const { rows } = await db.execute<ImageItem>(statement({ asked, within: upTo, limit }));
  const page = pageOf(rows, { limit, cursor: (last) => cursorOf(ORDER, placeIn(last)) });
  const next = page.next ?? (end ? cursorOf(ORDER, placeIn(end)) : null);
  return { items: page.items, next, total: null, bytes: null, as_of: at };
}

const placeIn = ({ project_id, image_id }: Id): Place => [project_id, image_id];
const allOf = (conditions: readonly SQL[]) => sql.join([...conditions], sql` and `);

/** The last image that the page looks at; null where it looks at all that are left. */
async function lastLookedAt(db: Database, within: readonly SQL[]): Promise<Id | null> {
  const { rows } = await db.execute<Id>(sql`
    select project_id, image_id
    from cph.images
    where ${allOf(within)}
    order by project_id, image_id
    offset ${LOOKED_AT - 1} limit 1`);
  return rows[0] ?? null;
}

/**
 * The row of an image stays when the image goes, so each that was ever known has one. An event is made a row only
 * where its image is on the page: that takes ten times as long as to ask for a field or two.
 */
function statement({ asked, within, limit }: { asked: AskedAt; within: readonly SQL[]; limit: number }): SQL {
  const at = sql`${asked.at.toISOString()}::timestamptz`;
  return sql`
    select ${PAST_COLUMNS}, extract(epoch from ${at} - coalesce(f.create_time, page.first_seen_at))::float8 as age
    from (
      select i.project_id, i.image_id, i.first_seen_at, i.occurred_at, i.after
      from (
        select l.project_id, l.image_id, l.first_seen_at, e.occurred_at, e.after, ${FILTERED_COLUMNS}
        from (select project_id, image_id, first_seen_at from cph.images where ${allOf(within)}) l
        cross join lateral (
          select seq, after, occurred_at
          from cph.image_events
          where image_id = l.image_id and project_id = l.project_id and occurred_at <= ${at}
          order by seq desc
          limit 1
        ) e
        where e.after is not null
      ) i
      where ${allOf([...conditionsOf({ ...asked, project_ids: null }, asked.at), sql`true`])}
      order by i.project_id, i.image_id
      limit ${limit + 1}
    ) page
    join cph.projects p using (project_id)
    cross join lateral jsonb_populate_record(null::cph.images, page.after) f
    order by page.project_id, page.image_id`;
}

/** What a selection can be narrowed by. */
const FILTERED_COLUMNS = sql.raw(`
  ${['image_name', 'image_type', 'status', 'image_version', 'image_label'].map((field) => `e.after ->> '${field}' as ${field}`).join(', ')},
  (e.after ->> 'is_public')::int as is_public, (e.after ->> 'create_time')::timestamptz as create_time,
  array(select jsonb_array_elements_text(e.after -> 'listed_in')) as listed_in`);

/** The fields as the event had them. What else a row has is not known of the past. */
const PAST_COLUMNS = sql.raw(`page.project_id, p.name as project_name, p.region, page.image_id,
  ${Object.keys(FIELD_KINDS)
    .map((field) => `f.${field}`)
    .join(', ')},
  f.listed_in, f.extra, page.first_seen_at, page.occurred_at as changed_at, null::timestamptz as missing_since,
  null::timestamptz as removed_at, null::timestamptz as status_since, null::float8 as time_in_status,
  null::timestamptz as project_last_complete_at, null::float8 as project_freshness, null as project_last_run_status`);
