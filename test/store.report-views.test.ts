import { beforeAll, describe, expect, test } from 'vitest';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { lookTimes, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const rows = (statement: string) => rowsOf(database.db, statement);

/** A Sunday in UTC, so that the day after begins a week. */
const at = (minute: number) => new Date(Date.UTC(2026, 0, 4, 23, minute));
const minutes = (column: string) => `extract(epoch from ${column})::float8 / 60 as ${column}`;

/** An hour and a half around midnight: builds that finish slowly and fail fast, and failures of every kind. */
beforeAll(async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const image = (id: string, status_code: number) => imagesRecord(id, { status_code });
  const base = phoneRecord('base', { is_public: 1, image_label: null });
  const sweepAt = async (minute: number, statuses: Readonly<Record<string, number>>) => {
    api.records = [base, ...Object.entries(statuses).map(([id, status]) => image(id, status))];
    await sweep({ now: lookTimes(at(minute), at(minute + 1)) });
  };
  const rest = { old: 2, slow: 0, slower: 0 };
  await sweepAt(0, { ...rest, fast: 0, 'fast too': 0 });
  await sweepAt(5, { ...rest, fast: 2, 'fast too': 2, between: 2 });
  await sweepAt(10, { ...rest, fast: 1, between: 2 });
  await sweepAt(20, { ...rest, fast: 1, between: 2 });
  await sweepAt(40, { old: 2, slow: 1, slower: 0, fast: 1, between: 2 });
  await sweepAt(80, { old: 2, slow: 1, slower: 1, fast: 1, between: 2 });
});

describe('image_failures', () => {
  const failures = () =>
    rows(`select image_id, failed_at, not_failed_at, from_status, ${minutes('creating_for')}, outcome, outcome_at
          from cph.image_failures order by failed_at desc, image_id`);

  test('shows what was watched, also what was removed since, and what was never seen being created', async () => {
    expect(await failures()).toEqual([
      {
        image_id: 'between',
        failed_at: at(6),
        not_failed_at: null,
        from_status: null,
        creating_for: null,
        outcome: 'failed',
        outcome_at: null,
      },
      {
        image_id: 'fast',
        failed_at: at(6),
        not_failed_at: at(0),
        from_status: 'creating',
        creating_for: 5,
        outcome: 'usable',
        outcome_at: at(11),
      },
      {
        image_id: 'fast too',
        failed_at: at(6),
        not_failed_at: at(0),
        from_status: 'creating',
        creating_for: 5,
        outcome: 'removed',
        outcome_at: at(21),
      },
    ]);
  });

  test('does without the events, which are deleted sooner', async () => {
    const before = await failures();
    await database.db
      .transaction(async (tx) => {
        await rowsOf(tx, 'delete from cph.image_events');
        const after = await rowsOf(
          tx,
          'select image_id from cph.image_failures order by failed_at desc, image_id',
        );
        expect(after).toEqual(before.map(({ image_id }) => ({ image_id })));
        tx.rollback();
      })
      .catch((error: Error) => expect(error.message).toContain('Rollback'));
  });
});

describe('image_build_times', () => {
  const TIMES = ['p50', 'p95', 'failed_p50', 'failed_p95'].map(minutes).join(', ');

  test('has the times of finished and of failed builds apart, by UTC day', async () => {
    expect(
      await rows(`select project_id, day, finished, failed, ${TIMES} from cph.image_build_times`),
    ).toEqual([
      {
        ...{ project_id: 'p1', day: '2026-01-04', finished: 1, failed: 2 },
        ...{ p50: 40, p95: 40, failed_p50: 5, failed_p95: 5 },
      },
      {
        ...{ project_id: 'p1', day: '2026-01-05', finished: 1, failed: 0 },
        ...{ p50: 80, p95: 80, failed_p50: null, failed_p95: null },
      },
    ]);
  });

  test('has them by week, which begins on Monday', async () => {
    expect(await rows('select week, finished, failed from cph.image_build_times_weekly')).toEqual([
      { week: '2025-12-29', finished: 1, failed: 2 },
      { week: '2026-01-05', finished: 1, failed: 0 },
    ]);
  });
});

describe('image_summary', () => {
  test('counts current images and their bytes; a public image that only phone-images lists is public', async () => {
    const counted = await rows(
      `select image_type, image_version, image_label, status, images, bytes, unsized from cph.image_summary order by status nulls first`,
    );
    const size = imagesRecord('any').image_size ?? 0;
    const sized = { image_type: 'private', image_version: 'AOSP 9.0', image_label: null, unsized: 0 };
    expect(counted).toEqual([
      {
        ...{ image_type: 'public', image_version: null, image_label: null, status: null },
        ...{ images: 1, bytes: null, unsized: 1 },
      },
      { ...sized, status: 'failed', images: 2, bytes: 2 * size },
      { ...sized, status: 'usable', images: 3, bytes: 3 * size },
    ]);
  });
});

describe('run_timeline', () => {
  test('has the runs, newest first, with how long they took and how long nobody had looked', async () => {
    const timeline = await rows(
      `select status, started_at, ${minutes('took')}, ${minutes('idle_before')}, changes, complete from cph.run_timeline`,
    );
    expect(timeline).toHaveLength(6);
    const run = { status: 'succeeded', took: 1, complete: true };
    expect(timeline[0]).toEqual({ ...run, started_at: at(80), idle_before: 39, changes: 1 });
    expect(timeline.at(-1)).toEqual({ ...run, started_at: at(0), idle_before: null, changes: 6 });
  });
});

describe('changes_between', () => {
  const between = (since: Date, until: Date) =>
    rows(`select image_id, change, before ->> 'status' as before, after ->> 'status' as after,
            array(select jsonb_object_keys(changes)) as fields, changed_at
          from cph.changes_between('${since.toISOString()}', '${until.toISOString()}') order by image_id`);

  test('has the net difference: neither what changed back nor what came and went', async () => {
    const status = ['status', 'status_code'];
    expect(await between(at(1), at(21))).toEqual([
      ...[
        {
          image_id: 'between',
          change: 'created',
          before: null,
          after: 'failed',
          fields: [],
          changed_at: at(6),
        },
      ],
      {
        image_id: 'fast',
        change: 'updated',
        before: 'creating',
        after: 'usable',
        fields: status,
        changed_at: at(11),
      },
      {
        image_id: 'fast too',
        change: 'removed',
        before: 'creating',
        after: null,
        fields: [],
        changed_at: at(21),
      },
    ]);
    const all = await between(new Date(0), at(21));
    expect(all.map(({ image_id }) => image_id)).not.toContain('fast too');
    expect(new Set(all.map(({ change }) => change))).toEqual(new Set(['created']));
  });

  test('begins behind the first time and ends with the second; nothing lies between a time and an earlier one', async () => {
    expect((await between(at(5), at(6))).map(({ image_id }) => image_id)).toEqual([
      'between',
      'fast',
      'fast too',
    ]);
    expect(await between(at(6), at(10))).toEqual([]);
    expect(await between(at(21), at(1))).toEqual([]);
  });

  test('takes a field that an old event does not name for null', async () => {
    await database.db
      .transaction(async (tx) => {
        await rowsOf(
          tx,
          `update cph.image_events set after = after - 'receive_status' where type = 'cph.image.created'`,
        );
        const found = await rowsOf(
          tx,
          `select changes from cph.changes_between('${at(1).toISOString()}', 'infinity') where image_id = 'fast'`,
        );
        expect(found.map(({ changes }) => Object.keys(Object(changes)))).toEqual([['status', 'status_code']]);
        tx.rollback();
      })
      .catch((error: Error) => expect(error.message).toContain('Rollback'));
  });
});

describe.each([`cph.images_as_of('infinity')`, `cph.changes_between('-infinity', 'infinity')`])(
  '%s',
  (source) => {
    /** The plan where an index is taken whenever one can be: the tables of a test are too small to need one. */
    const planOf = (condition: string) =>
      database.db.transaction(async (tx) => {
        await rowsOf(tx, 'set local enable_seqscan = off; set local enable_bitmapscan = off');
        const lines = await rowsOf(tx, `explain (costs off) select * from ${source} where ${condition}`);
        return lines.map((line) => line['QUERY PLAN']).join('\n');
      });

    test.each([`image_id = 'fast'`, `project_id = 'p1'`, `image_id = 'fast' and project_id = 'p1'`])(
      'asked for %s, looks for that in the index',
      async (condition) => {
        const plan = await planOf(condition);
        const [, first = ''] =
          /Index Only Scan using image_events_of_image.*\n\s*Index Cond: (.*)/.exec(plan) ?? [];
        for (const [, column] of condition.matchAll(/(\w+) = /g)) expect(first).toContain(`(${column} = '`);
      },
    );
  },
);
