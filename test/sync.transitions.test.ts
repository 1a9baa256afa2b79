import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { lookTimes, type ScriptedProject, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const CREATING = imagesRecord('a', { status_code: 0 });
const USABLE = imagesRecord('a', { status_code: 1 });
/** Its status cannot be read. */
const TORN = imagesRecord('a', { status_code: null, unreadable: ['status: text instead of a status'] });
const FAILED = imagesRecord('a', { status_code: 2 });

/** Looks that begin at the minute given and take one. */
function timed({ sweep, watch }: ScriptedProject) {
  return {
    sweepAt: (minute: number) => sweep({ now: lookTimes(at(minute), at(minute + 1)) }),
    watchAt: (minute: number) => watch({ now: lookTimes(at(minute), at(minute + 1)) }),
  };
}

/** The transition after first sight; durations in minutes. */
async function transition() {
  const rows = await rowsOf(
    database.db,
    `select from_status, to_status, observed_at, previous_observed_at,
       extract(epoch from time_in_status)::int / 60 as minutes_in_status
     from cph.image_status_transitions order by event_seq`,
  );
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({ from_status: null, previous_observed_at: null, minutes_in_status: null });
  return rows[1];
}

describe('a transition lies between the look that saw it and', () => {
  test('the beginning of the last sweep before, though that one wrote nothing', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [CREATING];
    await sweepAt(0);
    await sweepAt(10);
    scripted.api.records = [USABLE];
    await sweepAt(20);
    expect(await transition()).toEqual({
      from_status: 'creating',
      to_status: 'usable',
      observed_at: at(21),
      previous_observed_at: at(10),
      minutes_in_status: 20,
    });
  });

  test('the beginning of the last watch before, of an image being created', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt, watchAt } = timed(scripted);
    scripted.api.records = [CREATING];
    await sweepAt(0);
    await watchAt(5);
    scripted.api.records = [FAILED];
    await watchAt(7);
    expect(await transition()).toMatchObject({
      to_status: 'failed',
      observed_at: at(8),
      previous_observed_at: at(5),
      minutes_in_status: 7,
    });
  });

  test('the last sweep, when it is of an image that watches do not look at', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt, watchAt } = timed(scripted);
    scripted.api.records = [USABLE];
    await sweepAt(0);
    await watchAt(5);
    scripted.api.records = [FAILED];
    await sweepAt(10);
    expect(await transition()).toMatchObject({ previous_observed_at: at(0), minutes_in_status: 10 });
  });

  test('the last look that saw the image, when it was missing meanwhile', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [USABLE];
    await sweepAt(0);
    await sweepAt(10);
    scripted.api.records = [];
    await sweepAt(20);
    scripted.api.records = [FAILED];
    await sweepAt(30);
    expect(await transition()).toMatchObject({ previous_observed_at: at(10), minutes_in_status: 30 });
  });

  test('the last look that saw the image, when it was removed meanwhile', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [USABLE];
    await sweepAt(0);
    scripted.api.records = [];
    for (const minute of [10, 20, 30]) await sweepAt(minute);
    scripted.api.records = [FAILED];
    await sweepAt(40);
    expect(await transition()).toMatchObject({
      from_status: 'usable',
      observed_at: at(41),
      previous_observed_at: at(0),
    });
  });

  test('the last look that could read the image, when sweeps and watches could not', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt, watchAt } = timed(scripted);
    scripted.api.records = [CREATING];
    await sweepAt(0);
    scripted.api.records = [TORN];
    await sweepAt(10);
    await watchAt(15);
    scripted.api.records = [USABLE];
    await sweepAt(20);
    expect(await transition()).toMatchObject({ previous_observed_at: at(0), minutes_in_status: 20 });
  });

  test('the look that could read the image again', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [USABLE];
    await sweepAt(0);
    scripted.api.records = [TORN];
    await sweepAt(10);
    scripted.api.records = [USABLE];
    await sweepAt(20);
    scripted.api.records = [FAILED];
    await sweepAt(30);
    expect(await transition()).toMatchObject({ previous_observed_at: at(20), minutes_in_status: 30 });
  });

  test('the partial sweep that could read the image again', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [USABLE];
    await sweepAt(0);
    scripted.api.records = [TORN];
    await sweepAt(10);
    scripted.api.circumstances = { proofs: { all: 'denied' } };
    scripted.api.records = [USABLE];
    expect(await sweepAt(20)).toMatchObject({ status: 'partial' });
    scripted.api.records = [FAILED];
    await sweepAt(30);
    expect(await transition()).toMatchObject({ previous_observed_at: at(20), minutes_in_status: 30 });
  });

  test('itself, when the clock of the last look was ahead', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [USABLE];
    await sweepAt(50);
    scripted.api.records = [FAILED];
    await sweepAt(40);
    expect(await transition()).toMatchObject({
      observed_at: at(41),
      previous_observed_at: at(41),
      minutes_in_status: 0,
    });
  });
});

describe('the time in a status', () => {
  test('goes on when other fields change', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [USABLE];
    await sweepAt(0);
    scripted.api.records = [imagesRecord('a', { image_name: 'renamed' })];
    await sweepAt(10);
    scripted.api.records = [FAILED];
    await sweepAt(20);
    expect(await transition()).toMatchObject({ previous_observed_at: at(10), minutes_in_status: 20 });
  });

  test('goes on when a status keeps its name under another code', async () => {
    const scripted = await scriptedProject(database.db);
    const { sweepAt } = timed(scripted);
    scripted.api.records = [imagesRecord('a', { status_code: 77 })];
    await sweepAt(0);
    scripted.api.records = [imagesRecord('a', { status_code: 78 })];
    expect(await sweepAt(10)).toMatchObject({ updated: 1, status_changed: 0 });
    scripted.api.records = [USABLE];
    await sweepAt(20);
    expect(await transition()).toMatchObject({ from_status: 'unknown', minutes_in_status: 20 });
  });
});
