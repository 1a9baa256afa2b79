/** A filled database of the version before `receive_status` had a column: what an upgrade leaves, and what sweeps say then. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '../src/inventory/canonical.ts';
import { IMAGES_FIELDS, type ImageRecord, PHONE_IMAGES_FIELDS } from '../src/inventory/image.ts';
import type { Snapshot } from '../src/inventory/snapshot.ts';
import { migrateDatabase } from '../src/store/migrate.ts';
import { MIGRATIONS_FOLDER } from '../src/store/migration-files.ts';
import { imagesRecord, phoneRecord, sweep as sweepOf } from './support/image-records.ts';
import {
  currentImages,
  foldedLog,
  rowsOf,
  rowVersions,
  type SqlRow,
  wholeLog,
} from './support/inventory-rows.ts';
import { createTestDatabase, useTestDatabase } from './support/postgres.ts';
import { type ScriptedProject, scriptedProject } from './support/scripted-project.ts';

const NEW = 'receive_status';

/** What the API says, as the version before read it and as this one does. */
const BEFORE: readonly ImageRecord[] = [
  imagesRecord('image only'),
  imagesRecord('both'),
  phoneRecord('both', { extra: { region: 'a' } }),
  phoneRecord('phone only'),
  imagesRecord('shared', { image_type: 'share' }),
  phoneRecord('shared', { extra: { [NEW]: 1, region: 'a' } }),
  phoneRecord('waiting', { extra: { [NEW]: 0 } }),
  imagesRecord('named by the other endpoint', { extra: { [NEW]: 'odd' } }),
  phoneRecord('named by the other endpoint'),
];
const NOW = BEFORE.map((record): ImageRecord => {
  if (record.source === 'images') return record;
  const { [NEW]: receive_status = null, ...extra } = record.extra;
  return { ...record, receive_status: receive_status as number | null, extra };
});
const REPORTING = ['shared', 'waiting'];

const filled = useTestDatabase();
let folder: string;
let old: Awaited<ReturnType<typeof createTestDatabase>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cph-inventory-upgrade-'));
  await cp(MIGRATIONS_FOLDER, folder, { recursive: true });
  const journal = join(folder, 'meta', '_journal.json');
  const { entries } = JSON.parse(await readFile(journal, 'utf8')) as { entries: { tag: string }[] };
  const earlier = entries.filter(({ tag }) => tag < '0010');
  await writeFile(journal, JSON.stringify({ entries: earlier }));

  const { api, sweep } = await scriptedProject(filled.db);
  api.records = [...BEFORE, imagesRecord('gone'), phoneRecord('gone', { extra: { [NEW]: 2 } })];
  await sweep();
  api.records = [...BEFORE];
  for (const _ of ['missing', 'removed']) await sweep();
});
afterAll(() => rm(folder, { recursive: true }));

let project: ScriptedProject;

beforeEach(async () => {
  old = await createTestDatabase('template0');
  await migrateDatabase({ url: old.url, migrationsFolder: folder });
  for (const table of ['projects', 'sync_runs', 'images', 'image_events', 'image_status_transitions'])
    await copy(table);
  const digest = digestBefore(sweepOf(BEFORE));
  await old.db.execute(sql`update cph.projects set snapshot_digest = ${digest}`);
});
afterEach(() => old.close());

/** The rows of a table without the new column, also within events. */
async function copy(table: string): Promise<void> {
  const own =
    table === 'image_events'
      ? `|| jsonb_build_object('before', before - '${NEW}', 'after', after - '${NEW}')`
      : '';
  const rows = await rowsOf(filled.db, `select to_jsonb(t) - '${NEW}' ${own} as row from cph.${table} t`);
  const identity = ['sync_runs', 'image_events'].includes(table) ? 'overriding system value' : '';
  await old.db.execute(sql`
    insert into ${sql.raw(`cph.${table} ${identity}`)}
    select * from jsonb_populate_recordset(null::${sql.raw(`cph.${table}`)}, ${JSON.stringify(rows.map(({ row }) => row))}::jsonb)`);
  if (identity === '') return;
  const column = table === 'sync_runs' ? 'id' : 'seq';
  await rowsOf(old.db, `alter table cph.${table} alter ${column} restart with 1000`);
}

/** The digest that the version before made of a sweep. */
function digestBefore({ sightings, outcomes }: Snapshot): string {
  const hash = createHash('sha256');
  const lines = Array.from(sightings.values(), ({ images, 'phone-images': phone }) =>
    JSON.stringify([
      images && [images.image_id, images.image_name, ...IMAGES_FIELDS.map((field) => images[field])],
      images && canonicalJson(images.extra),
      phone && [
        phone.image_id,
        phone.image_name,
        ...PHONE_IMAGES_FIELDS.filter((field) => field !== NEW).map((field) => phone[field]),
      ],
      phone && canonicalJson(phone.extra),
    ]),
  );
  lines.push(...outcomes.map((one) => canonicalJson([one.source, one.image_type, one.proof])));
  for (const line of lines.sort()) hash.update(line).update('\n');
  return hash.digest('hex');
}

async function upgrade(records: readonly ImageRecord[] = NOW): Promise<void> {
  await migrateDatabase({ url: old.url });
  project = await scriptedProject(old.db);
  project.api.records = [...records];
}

/** The log folded is the table, and so is the function; a field that an event does not name was null. */
async function expectLaws(): Promise<void> {
  const current = await currentImages(old.db, 'p1');
  const folded = await foldedLog(old.db, 'p1');
  const complete = Array.from(folded, ([id, image]) => [id, { ...{ [NEW]: null }, ...image }] as const);
  expect(new Map(complete)).toEqual(current);
  const columns = Object.keys(current.values().next().value ?? {}).join(', ');
  const rows = (from: string) => rowsOf(old.db, `select ${columns} from ${from} order by image_id`);
  expect(await rows(`cph.images_as_of('infinity')`)).toEqual(
    await rows('cph.images where removed_at is null'),
  );
}

/** Rows by their ids, whenever they were written. */
function unversioned(rows: readonly SqlRow[]): SqlRow[] {
  const byId = (a: SqlRow, b: SqlRow) => (String(a.image_id) < String(b.image_id) ? -1 : 1);
  return rows.map(({ ctid, xmin, ...row }) => row).toSorted(byId);
}

/** As the version before could count. */
const eventCount = async () => (await rowsOf(old.db, 'select seq from cph.image_events')).length;
const eventsSince = async (count: number) => (await wholeLog(old.db)).slice(count);

describe('an upgrade', () => {
  test('writes no event and of an image only its listing, and the log still gives the table', async () => {
    const before = await rowVersions(old.db);
    await upgrade();
    const after = await rowVersions(old.db);
    expect(after.image_events).toEqual(before.image_events.map((row) => ({ ...row, traceparent: null })));
    const typed = (row: SqlRow) =>
      String(row.listed_in).includes('images,') || String(row.listed_in) === 'images' ? row.image_type : null;
    expect(unversioned(after.images)).toEqual(
      unversioned(before.images).map((row) => ({
        ...row,
        [NEW]: null,
        listed_under: typed(row),
        digest: null,
      })),
    );
    await expectLaws();
  });

  test('is followed by one event for each image that reports the field, and none for any other', async () => {
    const length = await eventCount();
    await upgrade();
    expect(await project.sweep()).toMatchObject({ status: 'succeeded', updated: REPORTING.length });
    const events = await eventsSince(length);
    expect(events.map(({ image_id }) => image_id).toSorted()).toEqual(REPORTING);
    expect(events.find(({ image_id }) => image_id === 'shared')).toMatchObject({
      type: 'cph.image.updated',
      changes: {
        receive_status: { from: null, to: 1 },
        extra: { from: { receive_status: 1, region: 'a' }, to: { region: 'a' } },
      },
    });
    await expectLaws();
    const versions = await rowVersions(old.db);
    expect(await project.sweep()).toMatchObject({ status: 'succeeded', updated: 0 });
    expect(await rowVersions(old.db)).toEqual(versions);
  });

  test('is followed by no event where no image reports the field', async () => {
    const silent = (record: ImageRecord) => !REPORTING.includes(record.image_id);
    await rowsOf(old.db, `delete from cph.images where image_id in ('shared', 'waiting')`);
    const length = await eventCount();
    await upgrade(NOW.filter(silent));
    expect(await project.sweep()).toMatchObject({ status: 'succeeded', updated: 0 });
    expect(await eventsSince(length)).toEqual([]);
  });

  test.each(['public', 'private', 'share', 'all'] as const)(
    'is followed by one event at most for an image while the listing of %s fails',
    async (asked) => {
      const length = await eventCount();
      await upgrade();
      project.api.circumstances = { proofs: { [asked]: 'failed' } };
      expect(await project.sweep()).toMatchObject({ status: 'partial' });
      await expectLaws();
      project.api.circumstances = {};
      for (const _ of ['complete', 'quiet']) await project.sweep();
      const ids = (await eventsSince(length)).map(({ image_id }) => image_id);
      expect(ids.toSorted()).toEqual(REPORTING);
      await expectLaws();
    },
  );

  test('tells first sights that were watched from what was there before; without their event, nobody knows', async () => {
    await rowsOf(
      old.db,
      `insert into cph.image_status_transitions (event_seq, project_id, image_id, from_status, to_status, observed_at)
       values (900, 'p1', 'failed between', null, 'failed', now()), (901, 'p1', 'without event', null, 'failed', now()),
         (902, 'p1', 'watched without event', 'creating', 'failed', now())`,
    );
    await rowsOf(
      old.db,
      `insert into cph.image_events (seq, type, project_id, region, image_id, occurred_at, baseline, transition, changes, after, run_id)
       overriding system value
       values (900, 'cph.image.created', 'p1', 'r', 'failed between', now(), false, '{"from": null, "to": "failed"}', '{}', '{}', 1)`,
    );
    await migrateDatabase({ url: old.url });
    const transitions = 'select distinct baseline from cph.image_status_transitions';
    expect(await rowsOf(old.db, `${transitions} where event_seq < 900`)).toEqual([{ baseline: true }]);
    const failures = await rowsOf(old.db, 'select image_id from cph.image_failures order by event_seq');
    expect(failures.map(({ image_id }) => image_id)).toEqual(['failed between', 'watched without event']);
  });

  test('brings an image back that was removed before', async () => {
    const length = await eventCount();
    await upgrade([...NOW, imagesRecord('gone'), phoneRecord('gone', { receive_status: 2 })]);
    await project.sweep();
    const restored = (await eventsSince(length)).find(({ image_id }) => image_id === 'gone');
    expect(restored).toMatchObject({ type: 'cph.image.restored', after: { receive_status: 2, extra: {} } });
    await expectLaws();
  });
});

test('what others have built on the view and on the function outlives the upgrade', async () => {
  await rowsOf(old.db, `create view public.theirs as select * from cph.images_as_of(now())`);
  await rowsOf(old.db, `create view public.inventory as select * from cph.image_inventory`);
  await rowsOf(old.db, 'revoke execute on function cph.images_as_of from public');
  await rowsOf(old.db, 'grant execute on function cph.images_as_of to pg_monitor');
  await upgrade();
  const images = await currentImages(old.db, 'p1');
  for (const view of ['theirs', 'inventory'])
    expect(await rowsOf(old.db, `select image_id from public.${view}`)).toHaveLength(images.size);
  const grants = await rowsOf(
    old.db,
    `select a.grantee::regrole::text as role from pg_proc p, aclexplode(p.proacl) a
     where p.proname = 'images_as_of' and a.grantee <> p.proowner order by 1`,
  );
  expect(grants.map(({ role }) => role)).toEqual(['cph_reader', 'pg_monitor']);
});
