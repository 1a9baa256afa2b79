import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';
import { ConfigError, type Fault } from '../src/config/fault.ts';

const { files } = processSurroundings();
const USABLE = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'token' };

function load(env: Environment) {
  return loadConfig({ env: { ...USABLE, ...env }, files });
}

function faultsOf(env: Environment): readonly Fault[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('schedules take five or six fields and a time zone, and the watch can be off', () => {
  const { schedules } = load({
    CPH_SYNC_CRON: '30 */10 * * * *',
    CPH_WATCH_CRON: 'off',
    CPH_TIMEZONE: 'Asia/Singapore',
  });
  expect(schedules).toEqual({ sync: '30 */10 * * * *', watch: null, timezone: 'Asia/Singapore' });
});

test.each([
  '*/5 9-17 * * mon-fri',
  '0 0 * JAN-mar Sunday',
  '0 0 * * fri-sun',
  '0 0 * * 5-7',
  '07 0-23/2 1,15 * *',
  '0 0 13 * 5',
])('%s is a cron expression', (expression) => {
  expect(load({ CPH_SYNC_CRON: expression }).schedules.sync).toBe(expression);
});

test.each([
  ['5-1 * * * *', 'minute 5-1 runs backwards'],
  ['*/90 * * * *', 'a step of 90 in minute */90 never comes'],
  ['0 0 * * funday', 'day of week cannot be "funday"; it goes from 0 to 7'],
  ['0 0 31 4 *', 'no month that it names has such a day'],
  ['* * * *', 'it has 4 fields'],
])('a fault of %s says what is wrong with it', (expression, reason) => {
  expect(faultsOf({ CPH_SYNC_CRON: expression })[0]?.expected).toContain(`such as */5 * * * *: ${reason}`);
});

test.each(['UTC', 'Asia/Singapore', 'America/Argentina/Buenos_Aires', 'Etc/GMT-8'])(
  '%s is a time zone',
  (timezone) => {
    expect(load({ CPH_TIMEZONE: timezone }).schedules.timezone).toBe(timezone);
  },
);

test('a fault of an offset says how to write it', () => {
  expect(faultsOf({ CPH_TIMEZONE: '+08:00' })[0]?.expected).toContain(
    'Etc/GMT-8 is eight hours ahead of UTC',
  );
});

test.each([
  ['CPH_SYNC_CRON', ['off', '99 * * * *', '* * * *', '0 0 30 2 *', '*/0 * * * *', 'hourly', '@hourly']],
  ['CPH_SYNC_CRON', ['5-1 * * * *', '0 22-6 * * *', '0 0 * * fri-mon', '50-10/5 * * * *', '0 0 * dec-feb *']],
  ['CPH_SYNC_CRON', ['*/90 * * * *', '*/60 * * * *', '0 */24 * * *', '0 0 */31 * *', '10-20/30 * * * *']],
  [
    'CPH_SYNC_CRON',
    ['5/15 * * * *', '1,,2 * * * *', ',1 * * * *', '1- * * * *', '*/5/2 * * * *', '*5 * * * *'],
  ],
  ['CPH_SYNC_CRON', ['0 24 * * *', '0 0 0 * *', '0 0 32 * *', '0 0 * 0 *', '0 0 * 13 *', '0 0 * * 8']],
  [
    'CPH_SYNC_CRON',
    ['0 0 * * noday', '0 0 * mon *', '0 mon * * *', '0 0 L * *', '0 0 15W * *', '0 0 * * 5#2'],
  ],
  ['CPH_SYNC_CRON', ['0 0 31 4,6,9,11 *', '1.5 * * * *', '0x5 * * * *', '1e1 * * * *', '٣ * * * *']],
  ['CPH_WATCH_CRON', ['on', '* * * * * * *', '60 * * * * *', '-1 * * * *', '*/90 * * * * *']],
  ['CPH_TIMEZONE', ['Mars/Olympus', '+08:00', 'UTC+8', 'GMT+8', '/', 'Europe/']],
  ['CPH_TIMEZONE', ['CST', 'EST', 'CET', 'MST7MDT', 'GMT', 'Z', 'Singapore', 'PRC', 'local']],
])('%s refuses %j', (name, texts) => {
  for (const text of texts) {
    expect(faultsOf({ [name]: text }), text).toEqual([
      { where: name, got: expect.any(String), expected: expect.stringMatching(/such as/) },
    ]);
  }
});
