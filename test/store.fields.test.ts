/** What types cannot reach: that SQL written by hand (views, functions, migrations) knows every field there is. */
import { beforeEach, describe, expect, test } from 'vitest';
import { FIELD_KINDS, type FieldKind, type ImageRecord, REPORTED_FIELDS } from '../src/inventory/image.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { currentImages, foldedLog, rowsOf, type SqlRow, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { type ScriptedProject, scriptedProject } from './support/scripted-project.ts';

type Field = keyof typeof FIELD_KINDS;
/** A status follows from its code and cannot change by itself. */
const FIELDS = (Object.keys(FIELD_KINDS) as Field[]).filter((field) => field !== 'status');

/** Values of each kind that no record of the tests has. */
const OTHER: Readonly<Record<FieldKind, unknown>> = {
  text: 'another',
  status: 'failed',
  integer: 7,
  bytes: 5_000_000_000,
  flag: true,
  time: '2025-02-03T04:05:06.789Z',
};

const database = useTestDatabase();
let project: ScriptedProject;

beforeEach(async () => {
  await database.truncate();
  project = await scriptedProject(database.db);
  project.api.records = [imagesRecord('a'), phoneRecord('a')];
  await project.sweep();
});

/** Both sources now say another value of the field, where they have it. */
function change(field: Field): void {
  const { api } = project;
  const other = { [field]: OTHER[FIELD_KINDS[field]] };
  api.records = api.records.map((one) => {
    if (!(field in one)) return one;
    return { ...one, ...other, ...(field === 'status_code' ? { status: 'unknown' } : {}) } as ImageRecord;
  });
}

/** What the table, the view and the function say of the image. */
async function said(): Promise<SqlRow> {
  const [row = {}] = await rowsOf(
    database.db,
    `select to_jsonb(i) as images, to_jsonb(v) as image_inventory, to_jsonb(f) as images_as_of
     from cph.images i, cph.image_inventory v, cph.images_as_of('infinity') f`,
  );
  return row;
}

describe.each(FIELDS)('%s', (field) => {
  test('is written once when it changes, and read as it was written', async () => {
    change(field);
    expect(await project.sweep()).toMatchObject({ updated: field === 'status_code' ? 0 : 1 });
    const log = await wholeLog(database.db);
    expect(log).toHaveLength(2);
    expect(log[1]?.changes).toHaveProperty(field, {
      from: log[0]?.after?.[field],
      to: OTHER[FIELD_KINDS[field]],
    });
    // Another digest, so that the sweep compares and does not end as a quiet one.
    await rowsOf(database.db, 'update cph.projects set snapshot_digest = null');
    expect(await project.sweep()).toMatchObject({ updated: 0, status_changed: 0 });
    expect(await wholeLog(database.db)).toHaveLength(2);
    expect(await foldedLog(database.db, 'p1')).toEqual(await currentImages(database.db, 'p1'));
  });

  test('is in the view and in the function as it is in the table', async () => {
    change(field);
    await project.sweep();
    const { images, image_inventory, images_as_of } = await said();
    expect(Object(images)[field]).not.toBeNull();
    expect(image_inventory).toHaveProperty(field, Object(images)[field]);
    expect(images_as_of).toHaveProperty(field, Object(images)[field]);
  });
});

test('an event names every field there is, and no other', async () => {
  const [created] = await wholeLog(database.db);
  const fields = ['image_id', ...REPORTED_FIELDS];
  expect(Object.keys(created?.after ?? {}).toSorted()).toEqual(fields.toSorted());
});
