import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { EVERY_SECOND, runningDaemon } from './support/running-daemon.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const HOUR = 3_600_000;
const ticks = `select sweep_tick > clock_timestamp() + interval '3 minutes' as ahead
  from cph.projects where sweep_tick is not null`;

test('a daemon whose clock is an hour ahead says so, and leaves no tick that is still to come', async () => {
  const now = () => new Date(Date.now() + HOUR);
  const { lines, reports } = runningDaemon(database.db, [await scriptedProject(database.db)], { now });
  await until(async () => (await rowsOf(database.db, ticks)).length === 1);
  expect(await rowsOf(database.db, ticks)).toEqual([{ ahead: false }]);
  expect(reports).toHaveLength(1);
  expect(lines.map(({ msg }) => msg)).toEqual([
    'the clock of this machine is 60 minutes ahead of that of Postgres; schedules follow Postgres',
    'sweep succeeded',
  ]);
});

test('a daemon whose clock is set back goes on looking', async () => {
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true });
  onTestFinished(() => void vi.useRealTimers());
  const schedules = { sync: EVERY_SECOND };
  const { reports } = runningDaemon(database.db, [await scriptedProject(database.db)], { schedules });
  await until(() => reports.length >= 2);
  vi.setSystemTime(Date.now() - HOUR);
  const before = reports.length;
  await until(() => reports.length >= before + 4);
  // A tick of the hour to come would be due again and again.
  expect(await rowsOf(database.db, ticks)).toEqual([{ ahead: false }]);
});

/** How often the clock is read before it is right, from the very first reading to the middle of the first claim. */
test.each([1, 2, 3, 4])('a clock that is set back after %d readings is no outage', async (readings) => {
  const start = Date.now();
  let read = 0;
  const now = () => {
    read += 1;
    return new Date(read <= readings ? start + HOUR : Date.now());
  };
  const { lines, reports } = runningDaemon(database.db, [await scriptedProject(database.db)], { now });
  // A clock that is set back in the middle of a claim may leave a tick ahead, until the next claim.
  await until(async () => (await rowsOf(database.db, ticks)).some(({ ahead }) => ahead === false));
  expect(reports).not.toEqual([]);
  expect(lines.filter(({ msg }) => String(msg).includes('database'))).toEqual([]);
});
