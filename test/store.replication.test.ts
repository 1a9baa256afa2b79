/** What docs/replication.md says, tried with the statements that stand there. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloudEvent } from '../src/inventory/event.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { pruneEvents } from '../src/store/retention.ts';
import { validEvent } from './support/event-schema.ts';
import { imagesRecord } from './support/image-records.ts';
import { wholeLog } from './support/inventory-rows.ts';
import { readPgoutput } from './support/pgoutput.ts';
import { type OwnPostgres, startOwnPostgres } from './support/replica-postgres.ts';
import { type ScriptedProject, scriptedProject } from './support/scripted-project.ts';

const page = readFileSync('docs/replication.md', 'utf8');
const statements = Array.from(page.matchAll(/```sql\n([\s\S]*?)```/g), ([, statement = '']) => statement);
const SLOT = 'cph_events';

let postgres: OwnPostgres;
let database: ReturnType<typeof openDatabase>;
let db: Database;
/** The role that replicates, and can do nothing else. */
let reader: pg.Client;

beforeAll(async () => {
  postgres = await startOwnPostgres({ settings: ['wal_level=logical'] });
  database = openDatabase({ url: postgres.url, applicationName: 'test', maxConnections: 4 });
  db = database.db;
  const owner = new pg.Client({ connectionString: postgres.url });
  await owner.connect();
  for (const statement of statements) await owner.query(statement);
  await owner.end();
  reader = new pg.Client({ connectionString: postgres.url.replace('postgres@', 'cph_replication@') });
  await reader.connect();
});
afterAll(async () => {
  await reader?.end();
  await database?.close();
  await postgres?.close();
});

/** Everything behind the slot, which stays where it is. */
async function peeked() {
  const { rows } = await reader.query<{ data: Buffer }>(
    `select data from pg_logical_slot_peek_binary_changes($1, null, null, 'proto_version', '1', 'publication_names', 'cph_events')`,
    [SLOT],
  );
  return readPgoutput(rows.map(({ data }) => data));
}

const numbers = (inserts: readonly { readonly row: Readonly<Record<string, string | null>> }[]) =>
  inserts.map(({ row }) => Number(row.seq));

async function live({ api, sweep, watch }: ScriptedProject): Promise<void> {
  api.records = [imagesRecord('a'), imagesRecord('b', { status_code: 0 }), imagesRecord('c')];
  await sweep();
  api.records = [imagesRecord('a'), imagesRecord('b', { status_code: 2 }), imagesRecord('c')];
  await watch();
  api.records = api.records.slice(0, 2);
  await sweep();
  await sweep();
}

test('a replica reads each event once, whole, in the order of the log, and no more than events', async () => {
  await live(await scriptedProject(db));
  const log = await wholeLog(db);
  const { messages, inserts, relations } = await peeked();
  expect(log.map(({ type }) => type.slice('cph.image.'.length))).toEqual([
    ...['created', 'created', 'created', 'status_changed', 'removed'],
  ]);
  expect(numbers(inserts)).toEqual(log.map(({ seq }) => seq));
  expect(relations).toMatchObject([{ table: 'cph.image_events', key: ['seq'] }]);
  // A transaction for each look that found something; from Postgres 15 on, those that did not are left out.
  expect(messages.replace('R', '').replaceAll('BC', '')).toBe('BIIICBICBIC');
  const rebuilt = inserts.map(({ row }) => validEvent(cloudEvent(eventOf(row))));
  expect(rebuilt).toEqual(log.map(cloudEvent));
});

/** The row as a consumer makes it of text: numbers, times, and what is jsonb. */
function eventOf(row: Readonly<Record<string, string | null>>) {
  const json = (text: string | null = null) => (text === null ? null : JSON.parse(text));
  const { seq, occurred_at, baseline, transition, changes, before, after, run_id } = row;
  return {
    ...(row as never as Parameters<typeof cloudEvent>[0]),
    ...{ seq: Number(seq), run_id: Number(run_id), baseline: baseline === 't' },
    occurred_at: new Date(String(occurred_at)),
    ...{ transition: json(transition), changes: json(changes), before: json(before), after: json(after) },
  };
}

test('of many projects at once the numbers rise, though their transactions overlap', async () => {
  const before = (await wholeLog(db)).at(-1)?.seq ?? 0;
  const projects = await Promise.all(['p2', 'p3', 'p4', 'p5'].map((id) => scriptedProject(db, id)));
  await Promise.all(projects.map(live));
  const seqs = numbers((await peeked()).inserts).filter((seq) => seq > before);
  expect(seqs).toHaveLength(20);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
});

test('events that are deleted for their age stay in the replica', async () => {
  const { inserts } = await peeked();
  const deleted = await pruneEvents(db, new Date(Date.now() + 60_000), new AbortController().signal);
  expect(deleted).toBeGreaterThan(0);
  expect(await wholeLog(db)).toHaveLength(inserts.length - deleted);
  const after = await peeked();
  expect(after.inserts).toEqual(inserts);
  expect(after.messages).not.toMatch(/[DUT]/);
});

test('a reader that confirms how far it has come is sent what follows', async () => {
  const { inserts } = await peeked();
  await reader.query(`select pg_replication_slot_advance($1, pg_current_wal_lsn())`, [SLOT]);
  expect((await peeked()).inserts).toEqual([]);
  const { api, sweep } = await scriptedProject(db, 'p9');
  api.records = [imagesRecord('new')];
  await sweep();
  const next = (await peeked()).inserts;
  expect(next.map(({ row }) => row.image_id)).toEqual(['new']);
  expect(numbers(next)[0]).toBeGreaterThan(numbers(inserts).at(-1) ?? 0);
});

test('the role that replicates can read the log, and nothing else of ours', async () => {
  expect((await reader.query('select count(*) from cph.image_events')).rows).toHaveLength(1);
  await expect(reader.query('select * from cph.sinks')).rejects.toThrow('permission denied');
  await expect(reader.query('delete from cph.image_events')).rejects.toThrow('permission denied');
});
