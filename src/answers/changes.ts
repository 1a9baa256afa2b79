/** What changed between two times, image by image: the net difference, newest first. */
import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { FieldChanges } from '../inventory/diff.ts';
import type { Image, ImageStatus, ImageType } from '../inventory/image.ts';
import type { Database } from '../store/database.ts';
import { cursorOf, notACursor, type Page, placeOf } from './cursor.ts';
import { DEFAULT_LIMIT, instantOf, type Moment, PARAMETERS } from './parameters.ts';
import { projectFilter } from './project.ts';

const { project, type, status, q, since, until, cursor, limit } = PARAMETERS;

export const CHANGES_PARAMETERS = z.strictObject({ project, type, status, q, since, until, cursor, limit });

/** `project` is an id or a name; without `since` it is the last 24 hours. */
export interface ChangesAsked {
  readonly project?: string | undefined;
  readonly type?: ImageType | undefined;
  readonly status?: ImageStatus | undefined;
  readonly q?: string | undefined;
  readonly since?: Moment | undefined;
  readonly until?: Moment | undefined;
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** A row of `cph.changes_between`. */
export interface ChangeItem extends Record<string, unknown> {
  readonly project_id: string;
  readonly region: string;
  readonly image_id: string;
  readonly image_name: string | null;
  readonly change: 'created' | 'updated' | 'removed';
  readonly before: Image | null;
  readonly after: Image | null;
  readonly changes: FieldChanges;
  readonly changed_at: Date;
  readonly event_seq: number;
}

export interface Changes extends Page<ChangeItem> {
  readonly since: Date;
  readonly until: Date;
}

const DAY_MS = 86_400_000;
/** The year 9999 and, as far back, a time before any image. */
const MOST_MS = Date.UTC(9999, 0, 1);
/** How far back the first step goes. The others go by how thick the log was, and at most four times as far. */
const FIRST_STEP_MS = DAY_MS / 4;
const SHORTEST_MS = 60_000;
const LONGER = 4;
/** Events that a page looks at before it says where to go on, and those of a step where all are asked for. */
const LOOKED_AT = 2000;
const OF_A_STEP = 500;
const ORDER = 'changes';

/**
 * A page of the net difference. Says what `cph.changes_between` says, and asks it only for images whose last
 * event within the time comes next, so that a page takes as long whatever lies between the times. A page may
 * hold fewer changes than there is room for while there are more: only `next` tells the end. All pages of an
 * answer are about the same two times, which the cursor carries.
 *
 * @throws QueryFault for a project that is not known, and for a cursor that is none
 */
export async function readChanges(db: Database, asked: ChangesAsked, now: Date): Promise<Changes> {
  const project_ids = await projectFilter(db, asked.project);
  const { since, until, ...begin } = beginOf(asked, now);
  const { limit = DEFAULT_LIMIT, type, status, q } = asked;
  const narrowed = [type, status, q].some((one) => one !== undefined);
  const span = { ...asked, project_ids, since, until, ofAStep: narrowed ? LOOKED_AT : OF_A_STEP };
  const found: ChangeItem[] = [];
  let place: LogPlace | null = begin.place;
  let looked = 0;
  for (let ms = FIRST_STEP_MS; place && found.length <= limit && looked < LOOKED_AT; ) {
    const step: Step = await stepBack(db, span, { place, ms });
    found.push(...(await changesOf(db, step.events, span)));
    looked += step.events.length;
    if (step.place) ms = nextStep(step.events.length, { from: place.at, to: step.place.at, looked });
    place = step.place;
  }
  const items = found.slice(0, limit);
  const last = items.at(-1);
  const behind = found.length > limit && last ? { at: last.changed_at, seq: last.event_seq } : place;
  return { items, next: behind && cursorAt(behind, { since, until }), since, until };
}

/** A place in the log by time: what comes next lies before it. */
interface LogPlace {
  readonly at: Date;
  readonly seq: number;
}

interface Times {
  readonly since: Date;
  readonly until: Date;
}

/**
 * How far the next step goes, after `found` events between two times: as far as what is still looked at may reach.
 * One that reaches farther reads what other projects wrote as well, only to leave it out.
 */
function nextStep(found: number, { from, to, looked }: { from: Date; to: Date; looked: number }): number {
  const ms = (from.getTime() - to.getTime()) * Math.min(LONGER, (LOOKED_AT - looked) / Math.max(1, found));
  return Math.max(SHORTEST_MS, Math.ceil(ms));
}

type Span = Times &
  ChangesAsked & {
    readonly project_ids: readonly string[] | null;
    /** More where most are left out, since each step sorts what the log has of its time. */
    readonly ofAStep: number;
  };

interface LogEvent extends LogPlace, Pick<ChangeItem, 'image_id' | 'image_name' | 'after'> {
  /** The last one of its image within the span. */
  readonly last: boolean;
}

interface Step {
  readonly events: readonly LogEvent[];
  readonly place: LogPlace | null;
}

/** Behind every event of a time. */
const LAST_SEQ = Number.MAX_SAFE_INTEGER;

function beginOf(asked: ChangesAsked, now: Date): Times & { readonly place: LogPlace | null } {
  if (asked.cursor === undefined) {
    const since = instantOf(asked.since ?? DAY_MS, now);
    const until = instantOf(asked.until ?? 0, now);
    return { since, until, place: since < until ? { at: until, seq: LAST_SEQ } : null };
  }
  const [at, seq, since, until] = placeOf(asked.cursor, { order: ORDER, example: [0, 0, 0, 0] });
  return { since: timeAt(since), until: timeAt(until), place: { at: timeAt(at), seq } };
}

function cursorAt({ at, seq }: LogPlace, { since, until }: Times): string {
  return cursorOf(ORDER, [at.getTime(), seq, since.getTime(), until.getTime()]);
}

/** The last events before a place, and where to go on; nowhere at the beginning of the span. */
async function stepBack(
  db: Database,
  span: Span,
  { place, ms }: { place: LogPlace; ms: number },
): Promise<Step> {
  const from = new Date(Math.max(span.since.getTime(), place.at.getTime() - ms));
  const { rows: events } = await db.execute<LogEvent & Record<string, unknown>>(sql`
    select e.at, e.seq, e.image_id, ${IMAGE_OF_EVENT}, not exists (
      select from cph.image_events later
      where later.image_id = e.image_id and later.project_id = e.project_id and later.seq > e.seq
        and later.occurred_at <= ${span.until.toISOString()}::timestamptz
    ) as last
    from (
      select occurred_at as at, seq, project_id, image_id, after
      from cph.image_events
      where occurred_at > ${from.toISOString()}::timestamptz and occurred_at <= ${place.at.toISOString()}::timestamptz
        and (occurred_at, seq) < (${place.at.toISOString()}::timestamptz, ${place.seq}::bigint)
        and ${ofProjects(span.project_ids)}
      order by occurred_at desc, seq desc
      limit ${span.ofAStep}
    ) e
    order by e.at desc, e.seq desc`);
  const last = events.length === span.ofAStep ? events.at(-1) : undefined;
  const rest = from > span.since ? { at: from, seq: LAST_SEQ } : null;
  return { events, place: last ? { at: last.at, seq: last.seq } : rest };
}

const ofProjects = (project_ids: readonly string[] | null): SQL =>
  project_ids ? sql`project_id = any(${sql.param(project_ids)}::text[])` : sql`true`;

/** Of an image, what it can be asked for by. */
const IMAGE_OF_EVENT = sql.raw(`e.after ->> 'image_name' as image_name,
  case when e.after is not null then jsonb_build_object('image_type', e.after -> 'image_type', 'status', e.after -> 'status', 'is_public', e.after -> 'is_public') end as after`);

/**
 * What became of the images whose last event is among these, as far as it is asked for. What an image is within
 * the span is what its last event says, so most are left out before they are compared; what a removed one was,
 * the comparison says.
 */
async function changesOf(db: Database, events: readonly LogEvent[], span: Span): Promise<ChangeItem[]> {
  const last = events.filter((event) => event.last && (event.after === null || isAskedFor(event, span)));
  if (last.length === 0) return [];
  const { since, until } = span;
  const { rows } = await db.execute<ChangeItem>(sql`
    select *
    from cph.changes_between(${since.toISOString()}::timestamptz, ${until.toISOString()}::timestamptz)
    where image_id = any(${sql.param(last.map(({ image_id }) => image_id))}::text[])
      and event_seq = any(${sql.param(last.map(({ seq }) => seq))}::bigint[])
    order by changed_at desc, event_seq desc`);
  return rows.filter((row) => isAskedFor(row, span));
}

type Told = Pick<ChangeItem, 'image_id' | 'image_name' | 'after'> & Partial<Pick<ChangeItem, 'before'>>;

function isAskedFor({ before, after, ...row }: Told, { type, status, q }: ChangesAsked): boolean {
  const image = after ?? before;
  const part = q?.toLowerCase();
  const typed = image?.image_type ?? (image?.is_public === 1 ? 'public' : null);
  return (
    (type === undefined || typed === type) &&
    (status === undefined || image?.status === status) &&
    (part === undefined || [row.image_name, row.image_id].some((text) => text?.toLowerCase().includes(part)))
  );
}

/** @throws QueryFault for a number that is no time Postgres takes */
function timeAt(ms: number): Date {
  if (Math.abs(ms) > MOST_MS) throw notACursor();
  return new Date(ms);
}
