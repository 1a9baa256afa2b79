/** What SQL says of any time in the past is what the table said then. */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'drizzle-orm';
import { readChanges } from '../../src/answers/changes.ts';
import type { Page } from '../../src/answers/cursor.ts';
import { readImages } from '../../src/answers/images.ts';
import { canonicalTime, FIELD_KINDS, REPORTED_FIELDS, timeText } from '../../src/inventory/image.ts';
import type { Database } from '../../src/store/database.ts';
import type { Played } from './play.ts';
import { currentImages } from './tables.ts';

type Fields = Readonly<Record<string, unknown>>;
type Images = ReadonlyMap<string, Fields>;

/** Times of a history that are asked about, and as many pairs of them. */
const TIMES = 2;

/** Asks for the inventory at random times of a history, and for what lies between them; yields what is not as the table was. */
export async function* answersForAnyTime(
  db: Database,
  played: Played,
  project_id: string,
): AsyncGenerator<string> {
  const times = timesOf(played);
  for (const [i, at] of times.entries()) {
    const known = await imagesAsOf(db, project_id, at);
    if (!isDeepStrictEqual(known, tableAt(played, at))) yield `images_as_of: wrong at ${at.toISOString()}`;
    if (!isDeepStrictEqual(await pagedImages(db, project_id, at), known))
      yield `answers: the images of ${at.toISOString()} are not those of images_as_of`;
    const since = times[(i * 2 + 1) % times.length] ?? at;
    const found = await changesBetween(db, project_id, { since, until: at });
    if (!isDeepStrictEqual(found, difference(tableAt(played, since), tableAt(played, at), since < at)))
      yield `changes_between: wrong from ${since.toISOString()} to ${at.toISOString()}`;
    if (!isDeepStrictEqual(await pagedChanges(db, project_id, { since, until: at }), found))
      yield `answers: the changes from ${since.toISOString()} to ${at.toISOString()} are not those of changes_between`;
  }
}

/** When a look ended, just before or after, and any moment of the history; the same ones when it is played again. */
function timesOf({ history, log }: Played): Date[] {
  const ends = log.events.map(({ occurred_at }) => occurred_at.getTime());
  const [first = 0, last = 0] = [ends[0], ends.at(-1)];
  let state = history.seed % 2_147_483_647;
  const random = (below: number) => {
    state = (state * 48_271 + 11) % 2_147_483_647;
    return state % below;
  };
  return Array.from({ length: TIMES }, () => {
    const end = ends[random(ends.length || 1)] ?? first;
    const moments = [end, end - 1, end + 1, first + random(last - first + 1)];
    return new Date(moments[random(moments.length)] ?? end);
  });
}

/** The table that the last look had left by then. */
function tableAt({ looks }: Played, at: Date): Images {
  const look = looks.findLast(({ events }) => events.some(({ occurred_at }) => occurred_at <= at));
  return currentImages(look?.after ?? new Map());
}

function difference(before: Images, after: Images, later: boolean): Map<string, object> {
  const ids = later ? new Set([...before.keys(), ...after.keys()]) : [];
  return new Map(
    Array.from(ids, (id) => [id, changeOf(before.get(id), after.get(id))] as const).filter(hasChanged),
  );
}

const hasChanged = (entry: readonly [string, object | null]): entry is [string, object] => entry[1] !== null;

function changeOf(before: Fields | undefined, after: Fields | undefined): object | null {
  if (!before || !after) {
    return {
      change: before ? 'removed' : 'created',
      before: before ?? null,
      after: after ?? null,
      changes: {},
    };
  }
  const differing = Object.keys(after).filter((field) => !isDeepStrictEqual(before[field], after[field]));
  const changes = Object.fromEntries(
    differing.map((field) => [field, { from: before[field], to: after[field] }]),
  );
  return differing.length > 0 ? { change: 'updated', before, after, changes } : null;
}

async function imagesAsOf(db: Database, project_id: string, at: Date): Promise<Map<string, Fields>> {
  const { rows } = await db.execute<{ image: Fields }>(sql`
    select to_jsonb(f) - array['project_id', 'region', 'as_of_seq'] as image
    from cph.images_as_of(${at.toISOString()}::timestamptz) f
    where project_id = ${project_id}`);
  return new Map(rows.map(({ image }) => [String(image.image_id), spelled(image)]));
}

/** Times as events spell them. */
function spelled(image: Fields): Fields {
  const times = Object.entries(FIELD_KINDS).flatMap(([field, kind]) => (kind === 'time' ? [field] : []));
  const respelled = times.map((field) => [
    field,
    image[field] === null ? null : canonicalTime(String(image[field])),
  ]);
  return { ...image, ...Object.fromEntries(respelled) };
}

async function changesBetween(
  db: Database,
  project_id: string,
  { since, until }: { since: Date; until: Date },
): Promise<Map<string, object>> {
  const { rows } = await db.execute<{
    image_id: string;
    change: string;
    before: Fields;
    after: Fields;
    changes: object;
  }>(sql`
    select image_id, change, before, after, changes
    from cph.changes_between(${since.toISOString()}::timestamptz, ${until.toISOString()}::timestamptz)
    where project_id = ${project_id}`);
  return new Map(rows.map(({ image_id, ...change }) => [image_id, change]));
}

/** All rows of an answer, two at a time. */
async function* pagesOf<Row>(read: (cursor: string | undefined) => Promise<Page<Row>>): AsyncGenerator<Row> {
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    yield* page.items;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

async function pagedImages(db: Database, project: string, at: Date): Promise<Map<string, Fields>> {
  const images = new Map<string, Fields>();
  for await (const image of pagesOf((cursor) => readImages(db, { project, at, limit: 2, cursor }, at))) {
    const fields = ['image_id', ...REPORTED_FIELDS].map((field) => {
      const value = image[field];
      return [field, value instanceof Date ? timeText(value) : value];
    });
    images.set(image.image_id, Object.fromEntries(fields));
  }
  return images;
}

async function pagedChanges(
  db: Database,
  project: string,
  { since, until }: { since: Date; until: Date },
): Promise<Map<string, object>> {
  const asked = { project, since, until, limit: 2 };
  const changes = new Map<string, object>();
  for await (const row of pagesOf((cursor) => readChanges(db, { ...asked, cursor }, until))) {
    const { image_id, change, before, after, changes: fields } = row;
    changes.set(image_id, { change, before, after, changes: fields });
  }
  return changes;
}
