import { beforeEach, describe, expect, test } from 'vitest';
import { readNow } from '../src/answers/now.ts';
import { readProjects } from '../src/answers/projects.ts';
import { readSinks } from '../src/answers/sinks.ts';
import { readAlerts } from '../src/delivery/alerts.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const now = () => readNow(database.db, { now: new Date(), baselineAlerts: true });
const run = (statement: string) => rowsOf(database.db, statement);

beforeEach(() => database.truncate());

/** A project that was read a moment ago, with these images. */
async function projectWith(project_id: string, statuses: Readonly<Record<string, number>> = {}) {
  const scripted = await scriptedProject(database.db, project_id);
  await run(
    `update cph.projects set sync_interval = '5 min', stuck_after = '1 h', name = 'name of ${project_id}' where project_id = '${project_id}'`,
  );
  scripted.api.records = Object.entries(statuses).map(([id, status_code]) =>
    imagesRecord(id, { status_code }),
  );
  await scripted.sweep();
  return scripted;
}

describe('whether to trust it', () => {
  const trust = async () => {
    const { state, sentence } = (await now()).trust;
    return [state, sentence];
  };

  test('nothing configured is unknown', async () => {
    expect(await trust()).toEqual(['unknown', 'No project is configured, so nothing is known.']);
  });

  test('read a moment ago is fresh', async () => {
    await projectWith('p1');
    expect(await trust()).toEqual(['fresh', 'The project is fresh.']);
    await projectWith('p2');
    expect(await trust()).toEqual(['fresh', 'All 2 projects are fresh.']);
  });

  test.each([
    ['last_complete_at = null', 'unknown', 'unknown', 'name of p2 was never read completely'],
    ["last_complete_at = now() - interval '16 min'", 'stale', 'stale', 'name of p2 is out of date'],
    [
      "consecutive_failures = 1, last_run_status = 'failed'",
      'failing',
      'failing',
      'name of p2 cannot be read',
    ],
    ['held_removals = 3', 'held', 'fresh', 'name of p2 has removals that wait for approval'],
    ["last_run_status = 'partial'", 'partial', 'fresh', 'name of p2 was last read in part'],
    [
      "consecutive_failures = 1, last_complete_at = now() - interval '1 d', held_removals = 3",
      ...['failing', 'failing', 'name of p2 cannot be read'],
    ],
  ])('%s makes a project %s and the whole %s', async (set, health, state, words) => {
    await projectWith('p1');
    await projectWith('p2');
    await run(`update cph.projects set ${set} where project_id = 'p2'`);
    expect(await trust()).toEqual([state, `1 of 2 projects can be trusted fully; ${words}.`]);
    const [worst, other] = await readProjects(database.db);
    expect([worst?.health, other?.health]).toEqual([health, 'fresh']);
  });

  test('a project that is no longer configured takes no part', async () => {
    await projectWith('p1');
    await projectWith('p2');
    await run(
      `update cph.projects set unconfigured_since = now(), consecutive_failures = 5 where project_id = 'p2'`,
    );
    expect(await trust()).toEqual(['fresh', 'The project is fresh.']);
    expect((await readProjects(database.db)).map(({ health }) => health)).toEqual(['fresh', 'unknown']);
  });
});

describe('what needs a person', () => {
  test('nothing, when nothing is wrong', async () => {
    await projectWith('p1', { a: 1 });
    expect(await now()).toMatchObject({ attention: [], attention_total: 0, building: [] });
  });

  test('is what alerts tell of, the worst first, each with what to do', async () => {
    await projectWith('p1', { 'it s': 2, slow: 0 });
    await run(`update cph.images set status_since = now() - interval '2 h' where status = 'creating'`);
    await run(`update cph.projects set held_removals = 12`);
    await projectWith('p2');
    await run(`update cph.projects set consecutive_failures = 2 where project_id = 'p2'`);
    const { attention, attention_total } = await now();
    expect(attention.map(({ alert, do: command }) => [alert, command])).toEqual([
      ['CphSyncFailing', 'cph-inventory check'],
      ['CphRemovalsHeld', 'cph-inventory approve p1'],
      ['CphImageFailed', `cph-inventory history 'it s'`],
      ['CphImageStuckCreating', 'cph-inventory history slow'],
    ]);
    const alerts = await readAlerts(database.db, { now: new Date(), baselineAlerts: true });
    expect(attention.map(({ alert }) => alert).toSorted()).toEqual(
      alerts.map(({ labels }) => labels.alertname).toSorted(),
    );
    expect(attention_total).toBe(4);
    expect(attention[2]).toMatchObject({
      project_name: 'name of p1',
      summary: 'name of it s of name of p1 has failed',
      path: '/images/p1/it%20s',
      runbook: 'runbooks/CphImageFailed.md',
    });
  });

  test('says of a project that is out of date why its last sweep was partial', async () => {
    const { api, sweep } = await projectWith('p1');
    await run(`update cph.projects set last_complete_at = now() - interval '1 d'`);
    const summary = async () => (await now()).attention.map((one) => one.summary);
    const stale = 'name of p1 is out of date: no sweep was complete for three intervals';
    expect(await summary()).toEqual([stale]);
    api.circumstances = { proofs: { share: 'denied' } };
    await sweep();
    const [told] = await summary();
    expect(told?.slice(0, stale.length + 2)).toBe(`${stale}: `);
    const [last] = await run('select error_message from cph.sync_runs order by id desc limit 1');
    expect(`${told}.`).toContain(String(last?.error_message));
  });

  test('also a sink that cannot deliver or has refused events, with the line that sends them again', async () => {
    await projectWith('p1', { a: 1, b: 1 });
    await run(`insert into cph.sinks (name, kind, cursor_seq, attempts, failing_since, last_error)
      values ('down', 'webhook', 0, 3, now(), 'HTTP 500'), ('well', 'webhook', 2, 0, null, null), ('picky', 'webhook', 2, 0, null, null)`);
    await run(`insert into cph.dead_letters (sink, event_seq, attempts, last_error, failed_at)
      values ('picky', 2, 1, 'HTTP 400', now()), ('picky', 1, 1, 'HTTP 422', now()), ('down', 1, 9, 'HTTP 500', now())`);
    const { attention } = await now();
    expect(attention.map(({ summary, do: command }) => [summary, command])).toEqual([
      ['sink down failed 3 times in a row: HTTP 500', 'cph-inventory check'],
      ['2 events refused by sink picky: HTTP 400', 'cph-inventory replay picky --after 0'],
    ]);
    const [down, picky] = await readSinks(database.db);
    expect(down).toMatchObject({ name: 'down', lag: 2, dead_letters: 1 });
    expect(picky?.letters.map(({ event_seq, image_id, replay }) => [event_seq, image_id, replay])).toEqual([
      [2, expect.any(String), 'cph-inventory replay picky --after 1'],
      [1, expect.any(String), 'cph-inventory replay picky --after 0'],
    ]);
  });

  test('tells last of images that no listing has any more, and says so', async () => {
    await projectWith('p1', { gone: 2, there: 2 });
    await run(
      `update cph.images set missing_since = now(), missing_from = listed_in, status_since = now() where image_id = 'gone'`,
    );
    expect((await now()).attention.map(({ summary }) => summary)).toEqual([
      'name of there of name of p1 has failed',
      'name of gone of name of p1 has failed, and no listing has it any more',
    ]);
  });

  test('many failed images are counted, and the newest are told of', async () => {
    const many = Array.from({ length: 60 }, (_, i) => [`i${i}`, 2] as const);
    await projectWith('p1', Object.fromEntries(many));
    await run(`update cph.images set status_since = now() + interval '1 s' where image_id = 'i7'`);
    const { attention, attention_total } = await now();
    expect(attention_total).toBe(60);
    expect(attention).toHaveLength(50);
    expect(attention[0]).toMatchObject({ image_id: 'i7' });
  });
});

describe('projects and what is being built', () => {
  test('has last what no listing has any more, with since when', async () => {
    await projectWith('p1', { gone: 0, there: 0 });
    const since = `status_since - interval '1 h'`;
    await run(
      `update cph.images set missing_since = now(), missing_from = listed_in, status_since = ${since} where image_id = 'gone'`,
    );
    expect((await now()).building).toMatchObject([
      { image_id: 'there', missing_since: null },
      { image_id: 'gone', missing_since: expect.any(Date) },
    ]);
  });

  test('have their images by status, and the last sweeps with the newest last', async () => {
    const { sweep, watch } = await projectWith('p1', { a: 1, b: 1, c: 0 });
    await watch();
    await sweep();
    const { projects, building } = await now();
    expect(projects[0]).toMatchObject({ images: { usable: 2, creating: 1 }, sync_interval: 300 });
    const runs = projects[0]?.strip.map(({ run_id }) => run_id) ?? [];
    expect(runs).toHaveLength(2);
    expect(runs).toEqual(runs.toSorted((a, b) => a - b));
    expect(building).toMatchObject([
      { image_id: 'c', project_name: 'name of p1', stuck_after: 3600, p50: null },
    ]);
  });
});
