import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
afterEach(() => database.truncate());

/** One right row of each table; a check is tried by changing one row so that it alone is broken. */
const RIGHT_ROWS = [
  `insert into cph.projects (project_id, region) values ('p1', 'r1')`,
  `insert into cph.images (project_id, image_id, status, status_code, status_since, listed_in, first_seen_at, changed_at, seen_at)
   values ('p1', 'i1', 'usable', 1, now(), '{images}', now(), now(), now())`,
  `insert into cph.image_events (type, project_id, region, image_id, occurred_at, baseline, transition, changes, after, run_id)
   values ('cph.image.created', 'p1', 'r1', 'i1', now(), true, '{"from": null, "to": "usable"}', '{}', '{}', 1)`,
  `insert into cph.image_status_transitions (event_seq, project_id, image_id, from_status, to_status, observed_at)
   values (1, 'p1', 'i1', null, 'usable', now())`,
  `insert into cph.sync_runs (project_id, kind, status, started_at) values ('p1', 'sweep', 'running', now())`,
];

const WRONG_STATES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  projects: {
    projects_last_run_status: [`last_run_status = 'running'`],
    projects_looking_kind: [`looking_run_id = 1, looking_kind = 'glance', looking_since = now()`],
    projects_looking: ['looking_run_id = 1', 'looking_since = now()'],
    projects_counts: ['consecutive_failures = -1', 'held_removals = -1'],
  },
  images: {
    images_status: [`status = 'broken', status_code = 3`],
    images_status_code: [
      'status_code = 2',
      'status_code = null',
      `status = 'unknown'`,
      `status = 'unknown', status_code = null`,
      'status = null',
    ],
    images_status_since: ['status_since = null'],
    images_size: ['image_size = -1'],
    images_listed_under: [`listed_under = 'market'`],
    images_listed_in: [`listed_in = '{}'`, `listed_in = '{images, elsewhere}'`],
    images_missing_from: [`missing_from = '{phone-images}'`],
    images_missing: ['missing_since = now()', `missing_from = '{images}'`],
    images_removed: ['removed_at = now()'],
    images_removal_approved: ['removal_approved = true'],
    images_extra: [`extra = '[]'`],
  },
  image_events: {
    image_events_type: [`type = 'cph.image.vanished', before = '{}'`],
    image_events_before: [`before = '{}'`, `type = 'cph.image.updated'`],
    image_events_after: ['after = null', `type = 'cph.image.removed', before = '{}'`],
    image_events_transition: [`type = 'cph.image.status_changed', before = '{}', transition = null`],
  },
  image_status_transitions: {
    transitions_from_status: [`from_status = 'broken'`],
    transitions_to_status: [`to_status = 'broken'`],
    transitions_change: [`from_status = 'usable'`],
    transitions_previous: [`previous_observed_at = observed_at + interval '1 second'`],
    transitions_time_in_status: [`time_in_status = interval '-1 second'`],
  },
  sync_runs: {
    sync_runs_kind: [`kind = 'glance'`],
    sync_runs_status: [`status = 'done', finished_at = now()`],
    sync_runs_finished: [`status = 'succeeded'`, 'finished_at = now()'],
    sync_runs_error: [`status = 'failed', finished_at = now()`],
  },
};

const CASES = Object.entries(WRONG_STATES).flatMap(([table, checks]) =>
  Object.entries(checks).flatMap(([name, wrongs]) => wrongs.map((wrong) => [name, table, wrong] as const)),
);

describe('a row is refused', () => {
  beforeEach(async () => {
    for (const statement of RIGHT_ROWS) await rowsOf(database.db, statement);
  });

  test.each(CASES)('by %s: in %s, %s', async (name, table, wrong) => {
    const statement = sql.raw(`update cph.${table} set ${wrong}`);
    await expect(database.db.execute(statement)).rejects.toMatchObject({
      cause: { code: '23514', constraint: name },
    });
  });
});

test('no check of these tables is left untried', async () => {
  const tables = Object.keys(WRONG_STATES).map((table) => `'cph.${table}'::regclass`);
  const checks = await rowsOf(
    database.db,
    `select conname as name from pg_constraint where contype = 'c' and conrelid in (${tables.join()})`,
  );
  expect(checks.map(({ name }) => name).toSorted()).toEqual(
    Object.values(WRONG_STATES).flatMap(Object.keys).toSorted(),
  );
});
