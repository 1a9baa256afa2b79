import { beforeEach, describe, expect, test } from 'vitest';
import { freePlaces } from '../src/daemon/places.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { moment } from './support/moment.ts';
import { useTestDatabase } from './support/postgres.ts';
import { EVERY_SECOND, runningDaemon } from './support/running-daemon.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const looks = (count: number, seconds: number, failing = false) =>
  Array.from({ length: count }, () => ({ since: 100_000 - seconds * 1000, failing }));
const free = (...underWay: ReturnType<typeof looks>[]) => freePlaces(underWay.flat(), 100_000);

describe('of eight places', () => {
  test('all are for projects that are well, and half for such as fail', () => {
    expect(free()).toEqual({ limit: 8, failing_limit: 4 });
    expect(free(looks(3, 1), looks(2, 1, true))).toEqual({ limit: 3, failing_limit: 2 });
    expect(free(looks(8, 1))).toEqual({ limit: 0, failing_limit: 4 });
  });

  test('those of looks that hang are free again after ten seconds', () => {
    expect(free(looks(8, 9))).toMatchObject({ limit: 0 });
    expect(free(looks(8, 10))).toMatchObject({ limit: 8 });
    expect(free(looks(4, 9, true), looks(3, 1))).toEqual({ limit: 1, failing_limit: 0 });
    expect(free(looks(4, 60, true), looks(3, 1))).toEqual({ limit: 5, failing_limit: 4 });
  });

  test('not more than eight are given away like that', () => {
    expect(free(looks(12, 60))).toMatchObject({ limit: 4 });
    expect(free(looks(12, 60), looks(4, 1))).toMatchObject({ limit: 0 });
  });

  test('four are left for projects that are well, however many hang that fail', () => {
    expect(free(looks(12, 60, true))).toEqual({ limit: 4, failing_limit: 0 });
    expect(free(looks(10, 60, true))).toEqual({ limit: 6, failing_limit: 2 });
  });
});

describe('a daemon', () => {
  const database = useTestDatabase();
  beforeEach(() => database.truncate());

  test('goes on with a project that is well while more of those that fail hang than it has places', async () => {
    const { come, now: letGo } = moment();
    const ids = Array.from({ length: 12 }, (_, i) => `down-${i}`);
    const failing = await Promise.all(ids.map((id) => scriptedProject(database.db, id)));
    for (const { api } of failing) api.hold = () => come;
    await rowsOf(database.db, 'update cph.projects set consecutive_failures = 7');
    const well = await scriptedProject(database.db, 'well');
    const { reports } = runningDaemon(database.db, [...failing, well], { schedules: { sync: EVERY_SECOND } });
    await until(() => reports.length === 3);
    expect(reports.map(({ project_id }) => project_id)).toEqual(['well', 'well', 'well']);
    const hanging = `select from cph.projects where looking_run_id is not null and project_id <> 'well'`;
    expect(await rowsOf(database.db, hanging)).toHaveLength(4);
    letGo();
  });
});
