/** Which images there are, or were: a selection in pages, and how many it holds. */
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { FIELD_KINDS, type Source } from '../inventory/image.ts';
import type { Database } from '../store/database.ts';
import type { ImageRow } from '../store/reports.ts';
import { type Page, pageOf } from './cursor.ts';
import { conditionsOf, type ImageFilter } from './image-filter.ts';
import { endsAt, sortedBy } from './image-order.ts';
import { IMAGE_SORTS, type ImageSort } from './image-sorts.ts';
import { imagesAt } from './images-at.ts';
import { DEFAULT_LIMIT, instantOf, type Moment, PARAMETERS } from './parameters.ts';
import { projectFilter } from './project.ts';

const { project, type, status, q, name, version, label, source, missing, removed, older_than, at } =
  PARAMETERS;

export const IMAGES_PARAMETERS = z.strictObject({
  ...{ project, type, status, q, name, version, label, source, missing, removed, older_than, at },
  sort: z
    .enum(IMAGE_SORTS)
    .describe('The order; with a minus in front, from the last to the first. With at, only the order of ids.')
    .meta({ takes: `one of ${IMAGE_SORTS.join(', ')}` })
    .optional(),
  cursor: PARAMETERS.cursor,
  limit: PARAMETERS.limit,
});

/** What is asked for. `project` is an id or a name. */
export interface ImagesAsked extends ImageFilter {
  readonly project?: string | undefined;
  /** Images that are gone, in place of those that are there. */
  readonly removed?: boolean | undefined;
  readonly at?: Moment | undefined;
  readonly sort?: ImageSort | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

type Reported = Pick<ImageRow, keyof typeof FIELD_KINDS>;

/**
 * A row of `cph.image_inventory`, durations in seconds. What is not known of an image in the past, or of one
 * that is gone, is null.
 */
export interface ImageItem extends Reported, Record<string, unknown> {
  readonly project_id: string;
  readonly project_name: string | null;
  readonly region: string;
  readonly image_id: string;
  readonly listed_in: readonly Source[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly first_seen_at: Date | null;
  readonly changed_at: Date | null;
  readonly missing_since: Date | null;
  readonly removed_at: Date | null;
  readonly status_since: Date | null;
  readonly age: number | null;
  readonly time_in_status: number | null;
  readonly project_last_complete_at: Date | null;
  readonly project_freshness: number | null;
  readonly project_last_run_status: string | null;
}

/** The columns of a row, in the order of `cph.image_inventory`. */
export const IMAGE_COLUMNS: readonly (keyof ImageItem & string)[] = [
  ...['project_id', 'project_name', 'region', 'image_id'],
  ...Object.keys(FIELD_KINDS),
  ...[
    'listed_in',
    'extra',
    'first_seen_at',
    'changed_at',
    'missing_since',
    'removed_at',
    'status_since',
    'age',
  ],
  ...['time_in_status', 'project_last_complete_at', 'project_freshness', 'project_last_run_status'],
];

export interface Images extends Page<ImageItem> {
  /** Null where nothing narrows the selection: it would be counted anew for every page. */
  readonly total: number | null;
  /** Of the images that have a size. */
  readonly bytes: number | null;
  /**
   * When all of it was last proven: the oldest of the last complete sweeps of the projects it is about, or the
   * time that was asked for. Null where one was never read completely.
   */
  readonly as_of: Date | null;
}

/**
 * A page of images. With `at`, a page may hold fewer than there is room for while there is more: only `next`
 * tells the end.
 *
 * @throws QueryFault for a project that is not known, and for a cursor of another order
 */
export async function readImages(db: Database, asked: ImagesAsked, now: Date): Promise<Images> {
  const project_ids = await projectFilter(db, asked.project);
  const selected = { ...asked, project_ids };
  if (asked.at !== undefined) return await imagesAt(db, { ...selected, at: instantOf(asked.at, now) });
  const [found, as_of] = await Promise.all([
    readSelection(db, asked, conditionsOf(selected, now)),
    provenAt(db, project_ids),
  ]);
  return { ...found, as_of };
}

/** How many images a selection holds, and the bytes of those that have a size; however many there are. */
export async function readTotals(
  db: Database,
  asked: ImagesAsked,
  now: Date,
): Promise<{ total: number; bytes: number }> {
  const project_ids = await projectFilter(db, asked.project);
  const conditions = conditionsOf({ ...asked, project_ids }, now);
  const { rows } = await db.execute<{ total: number; bytes: number }>(sql`
    select ${COUNT} from cph.images i where ${allOf([presence(asked.removed), ...conditions])}`);
  return rows[0] ?? { total: 0, bytes: 0 };
}

async function readSelection(
  db: Database,
  asked: ImagesAsked,
  conditions: readonly SQL[],
): Promise<Omit<Images, 'as_of'>> {
  const { sort = 'image_name', limit = DEFAULT_LIMIT } = asked;
  const { rows } = await db.execute<ImageItem & Counted>(selection(asked, conditions));
  const { total = null, bytes = null } = rows[0] ?? {};
  const items = rows
    .filter((row) => row.image_id !== null)
    .map(({ total: _, bytes: __, key: ___, ...item }) => item as ImageItem);
  return { ...pageOf(items, { limit, cursor: (last) => endsAt(sort, last) }), total, bytes };
}

/**
 * All images are sorted by what decides their place alone, and only those of the page are read whole. What
 * narrows them is asked of each image once, for the page and the count. In the order of names, which has an
 * index, to keep what a filter leaves would take longer than to begin at that index and count apart.
 */
function selection(asked: ImagesAsked, conditions: readonly SQL[]): SQL {
  const { sort = 'image_name', limit = DEFAULT_LIMIT, removed } = asked;
  const { key, orderBy, behind } = sortedBy(sort, asked.cursor);
  const narrowed = conditions.length > 0 || removed === true;
  const once = narrowed && !isAlongNames(asked);
  return sql`
    with found as ${sql.raw(once ? 'materialized' : 'not materialized')} (
        select i.project_id, i.image_id, i.image_size, ${key} as key
        from cph.images i
        where ${allOf([presence(removed), ...conditions])}
      ),
      page as (select project_id, image_id, key from found where ${behind} order by ${orderBy} limit ${limit + 1}),
      counted as (select ${narrowed ? sql`${COUNT} from found` : sql`null::int as total, null::bigint as bytes`})
    select counted.*, shown.*
    from counted
    left join (
      select page.key, ${COLUMNS}
      from page
      join cph.images i using (project_id, image_id)
      join cph.projects p using (project_id)
    ) shown on true
    order by ${orderBy}`;
}

/** Postgres goes along the index of names in vain where it cannot tell how little a filter leaves. */
const isAlongNames = ({ sort = 'image_name', removed, q, name, older_than, missing }: ImagesAsked) =>
  /^-?image_name$/.test(sort) &&
  [removed, q, name, older_than, missing].every((one) => one === undefined || one === false);

/** The row of one image, also of one that is gone. */
export async function readImage(
  db: Database,
  { project_id, image_id }: { readonly project_id: string; readonly image_id: string },
): Promise<ImageItem | null> {
  const { rows } = await db.execute<ImageItem>(sql`
    select ${COLUMNS}
    from cph.images i
    join cph.projects p using (project_id)
    where i.project_id = ${project_id} and i.image_id = ${image_id}`);
  return rows[0] ?? null;
}

/**
 * The images that `text` means, also those that are gone: the one with that id in each project that has it,
 * else all with that name, the one first seen last first.
 *
 * @throws QueryFault for a project that is not known
 */
export async function imagesMeant(
  db: Database,
  { image, project }: { readonly image: string; readonly project?: string | undefined },
): Promise<ImageItem[]> {
  const project_ids = await projectFilter(db, project);
  const inProjects = project_ids ? sql`i.project_id = any(${sql.param(project_ids)}::text[])` : sql`true`;
  const { rows } = await db.execute<ImageItem>(sql`
    select ${COLUMNS}
    from cph.images i
    join cph.projects p using (project_id)
    where ${image} in (i.image_id, i.image_name) and ${inProjects}
    order by i.first_seen_at desc, i.project_id, i.image_id`);
  const byId = rows.filter(({ image_id }) => image_id === image);
  return byId.length > 0 ? byId : rows;
}

type Counted = { readonly total: number | null; readonly bytes: number | null };
const COUNT = sql.raw('count(*)::int as total, coalesce(sum(image_size), 0)::bigint as bytes');

const presence = (removed = false) => sql.raw(`i.removed_at is ${removed ? 'not null' : 'null'}`);
const allOf = (conditions: readonly SQL[]) => sql.join([...conditions], sql` and `);

/** As in `cph.image_inventory`, which leaves out what is gone. */
const COLUMNS = sql.raw(`i.project_id, p.name as project_name, p.region, i.image_id,
  ${Object.keys(FIELD_KINDS)
    .map((field) => `i.${field}`)
    .join(', ')},
  i.listed_in, i.extra, i.first_seen_at, i.changed_at, i.missing_since, i.removed_at, i.status_since,
  extract(epoch from now() - coalesce(i.create_time, i.first_seen_at))::float8 as age,
  extract(epoch from now() - i.status_since)::float8 as time_in_status,
  p.last_complete_at as project_last_complete_at,
  extract(epoch from now() - p.last_complete_at)::float8 as project_freshness,
  p.last_run_status as project_last_run_status`);

/** The oldest of the last complete sweeps of these projects, or of all that are configured. */
async function provenAt(db: Database, project_ids: readonly string[] | null): Promise<Date | null> {
  const which = project_ids
    ? sql`project_id = any(${sql.param(project_ids)}::text[])`
    : sql`unconfigured_since is null`;
  const { rows } = await db.execute<{ as_of: Date | null }>(sql`
    select case when bool_and(last_complete_at is not null) then min(last_complete_at) end as as_of
    from cph.projects
    where ${which}`);
  return rows[0]?.as_of ?? null;
}
