/** What one would write by hand: COPY into a staging table, and from there in SQL. */
import { FIELD_KINDS, type Image } from '../../src/inventory/image.ts';
import { copyInto, copyText } from '../../src/store/copy.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { rowsOf } from '../../test/support/inventory-rows.ts';

const FIELDS = Object.keys(FIELD_KINDS) as (keyof typeof FIELD_KINDS)[];
const NAMES = ['image_id', ...FIELDS, 'listed_in', 'extra'];
const LIST = NAMES.join(', ');

const COLUMNS = {
  image_id: (image: Image) => image.image_id,
  ...Object.fromEntries(FIELDS.map((field) => [field, (image: Image) => image[field]])),
  listed_in: (image: Image) => `{${image.listed_in.join()}}`,
  extra: (image: Image) => JSON.stringify(image.extra),
};

async function stage(tx: Transaction, images: readonly Image[]): Promise<void> {
  await rowsOf(tx, `create temporary table staging on commit drop as select ${LIST} from cph.images limit 0`);
  await copyInto(tx, { table: 'staging', columns: COLUMNS }, copyText(images, COLUMNS));
}

const TIMES = `now() as first_seen_at, now() as changed_at, now() as seen_at, case when status is not null then now() end as status_since`;
const INSERT_IMAGES = `
  insert into cph.images (project_id, ${LIST}, first_seen_at, changed_at, seen_at, status_since)
  select 'p1', ${LIST}, ${TIMES} from staging`;

const timeText = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
const IMAGE_JSON = `jsonb_build_object(${NAMES.map(
  (name) => `'${name}', ${name.endsWith('_time') ? timeText(name) : name}`,
).join(', ')})`;

/** Images, their events and their transitions, for images that are all new. */
export async function storeByHand(db: Database, images: readonly Image[]): Promise<void> {
  await db.transaction(async (tx) => {
    await stage(tx, images);
    await rowsOf(tx, INSERT_IMAGES);
    await rowsOf(
      tx,
      `insert into cph.image_events (type, project_id, region, image_id, occurred_at, baseline, transition, changes, after, run_id)
       select 'cph.image.created', 'p1', 'ap-southeast-3', image_id, now(), true,
         case when status is not null then jsonb_build_object('from', null, 'to', status) end, '{}', ${IMAGE_JSON}, 1
       from staging`,
    );
    await rowsOf(
      tx,
      `insert into cph.image_status_transitions (event_seq, project_id, image_id, image_name, from_status, to_status, observed_at, baseline)
       select seq, project_id, image_id, after ->> 'image_name', null, after ->> 'status', occurred_at, baseline
       from cph.image_events where transition is not null`,
    );
  });
}

const REPORTED = NAMES.filter((name) => name !== 'image_id');
const UPSERT = `${INSERT_IMAGES}
  on conflict (project_id, image_id) do update set ${REPORTED.map((name) => `${name} = excluded.${name}`).join(', ')}
  where (${REPORTED.map((name) => `images.${name}`).join(', ')}) is distinct from (${REPORTED.map((name) => `excluded.${name}`).join(', ')})`;

/** Every image, written where it differs from its row. No events. */
export async function upsertDistinct(db: Database, images: readonly Image[]): Promise<void> {
  await db.transaction(async (tx) => {
    await stage(tx, images);
    await rowsOf(tx, UPSERT);
  });
}
