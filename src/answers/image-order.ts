/** The orders in which images are listed, and where a page of each goes on. */
import { type SQL, sql } from 'drizzle-orm';
import { cursorOf, notACursor, type Place, placeOf } from './cursor.ts';
import type { ImageSort, SortedColumn } from './image-sorts.ts';

interface Order {
  /** Never null, since a null has no place. Indexes have the same expression. */
  readonly key: SQL;
  readonly valueOf: (row: OrderedImage) => string | number;
  readonly bind: (value: string | number) => SQL;
}

/** The columns that orders go by. */
interface OrderedImage {
  readonly project_id: string;
  readonly image_id: string;
  readonly image_name: string | null;
  readonly image_size: number | null;
  readonly create_time: Date | null;
  readonly changed_at: Date | null;
  readonly status_since: Date | null;
}

/** Names may be of any length; what is the same so far is told apart by the id. */
const NAME_KEY = 200;
/** Stands for a time that is not known. */
const NO_TIME = '0001-01-01T00:00:00Z';

const byTime = (column: 'create_time' | 'changed_at' | 'status_since'): Order => ({
  key: sql.raw(`coalesce(i.${column}, '${NO_TIME}')`),
  valueOf: (row) => row[column]?.getTime() ?? Date.parse(NO_TIME),
  bind: (value) => sql`${timeText(Number(value))}::timestamptz`,
});

const ORDERS: Readonly<Record<SortedColumn, Order>> = {
  image_name: {
    key: sql.raw(`left(coalesce(i.image_name, ''), ${NAME_KEY})`),
    valueOf: ({ image_name }) =>
      Array.from(image_name ?? '')
        .slice(0, NAME_KEY)
        .join(''),
    bind: (value) => sql`${value}`,
  },
  image_size: {
    key: sql.raw('coalesce(i.image_size, -1)'),
    valueOf: ({ image_size }) => image_size ?? -1,
    bind: (value) => sql`${value}::bigint`,
  },
  create_time: byTime('create_time'),
  changed_at: byTime('changed_at'),
  status_since: byTime('status_since'),
};

/** A sort, over rows `project_id`, `image_id` and `key`. */
interface Sorted {
  /** What `key` is of an image `i`. */
  readonly key: SQL;
  readonly orderBy: SQL;
  /** The condition that only what lies behind the cursor meets. */
  readonly behind: SQL;
}

/** @throws QueryFault for a cursor of another sort */
export function sortedBy(sort: ImageSort, cursor: string | undefined): Sorted {
  const { order, descends } = orderOf(sort);
  const way = descends ? 'desc' : 'asc';
  const sorted = { key: order.key, orderBy: sql.raw(`key ${way}, project_id ${way}, image_id ${way}`) };
  if (cursor === undefined) return { ...sorted, behind: sql`true` };
  const first = order.valueOf(NOWHERE);
  const [value, project_id, image_id] = placeOf(cursor, { order: sort, example: [first, '', ''] });
  const sign = sql.raw(descends ? '<' : '>');
  const place = sql`(${order.bind(value)}, ${project_id}, ${image_id})`;
  return { ...sorted, behind: sql`(key, project_id, image_id) ${sign} ${place}` };
}

/** Where a page ends whose last row is this. */
export function endsAt(sort: ImageSort, row: OrderedImage): string {
  const place: Place = [orderOf(sort).order.valueOf(row), row.project_id, row.image_id];
  return cursorOf(sort, place);
}

function orderOf(sort: ImageSort): { order: Order; descends: boolean } {
  const descends = sort.startsWith('-');
  return { order: ORDERS[(descends ? sort.slice(1) : sort) as SortedColumn], descends };
}

const NOWHERE: OrderedImage = {
  project_id: '',
  image_id: '',
  image_name: null,
  image_size: null,
  create_time: null,
  changed_at: null,
  status_since: null,
};

function timeText(ms: number): string {
  const text = Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : '';
  if (!/^(?!0000)\d{4}-/.test(text)) throw notACursor();
  return text;
}
