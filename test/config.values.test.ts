import { expect, test } from 'vitest';
import { loadConfig, loadDatabaseConfig } from '../src/config/config.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';
import { ConfigError, type Fault } from '../src/config/fault.ts';

const { files } = processSurroundings();
const USABLE = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'token' };

function load(env: Environment) {
  return loadConfig({ env: { ...USABLE, ...env }, files });
}

function project(env: Environment) {
  const [only, ...others] = load(env).projects;
  expect(others).toEqual([]);
  return only;
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

test('region, project and a token are enough; everything else has a default', () => {
  const { projects, ...global } = load({});
  expect(global).toEqual({
    dataDir: '.cph-inventory',
    databaseUrl: null,
    logLevel: 'info',
    schedules: { sync: '*/5 * * * *', watch: '*/15 * * * * *', timezone: 'UTC' },
    shutdownTimeoutMs: 10_000,
    retention: { eventsMs: 31_536_000_000, runsMs: 2_592_000_000 },
    baselineAlerts: false,
    file: null,
    http: { host: '127.0.0.1', port: 8080 },
    sinks: [],
    warnings: [],
  });
  expect(projects).toEqual([
    {
      projectId: 'p-1',
      region: 'ap-southeast-3',
      name: null,
      endpoint: 'https://cph.ap-southeast-3.myhuaweicloud.com',
      credentials: { kind: 'token', token: expect.anything() },
      imageTypes: ['public', 'private', 'share'],
      sources: ['images', 'phone-images'],
      rateLimit: 20,
      pageConcurrency: 4,
      requestTimeoutMs: 30_000,
      maxRetries: 4,
      removalLimit: 0.2,
      stuckAfterMs: 3_600_000,
    },
  ]);
});

test('the configuration cannot be changed, at any depth', () => {
  const config = load({});
  expect(Object.isFrozen(config)).toBe(true);
  expect(Object.isFrozen(config.schedules)).toBe(true);
  expect(Object.isFrozen(config.warnings)).toBe(true);
  expect(Object.isFrozen(config.projects[0])).toBe(true);
  expect(Object.isFrozen(config.projects[0]?.imageTypes)).toBe(true);
  expect(Object.isFrozen(config.projects[0]?.credentials)).toBe(true);
});

test('the environment given is not changed', () => {
  const env = Object.freeze({ ...USABLE, CPH_IMAGE_TYPES: ' private ' });
  expect(loadConfig({ env, files }).projects[0]?.imageTypes).toEqual(['private']);
});

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1m30s', 90_000],
  ['10m', 600_000],
])('a request timeout of %s is %i milliseconds', (text, milliseconds) => {
  expect(project({ CPH_REQUEST_TIMEOUT: text })?.requestTimeoutMs).toBe(milliseconds);
});

test.each([
  ['0', 0],
  ['0%', 0],
  ['7%', 0.07],
  ['12.5%', 0.125],
  ['100%', 1],
])('a removal limit of %s is a share of %d', (text, share) => {
  expect(project({ CPH_REMOVAL_LIMIT: text })?.removalLimit).toBe(share);
});

test('lists are trimmed, and a word that comes twice counts once', () => {
  const found = project({ CPH_IMAGE_TYPES: ' share, private ,share,', CPH_SOURCES: 'phone-images' });
  expect(found?.imageTypes).toEqual(['share', 'private']);
  expect(found?.sources).toEqual(['phone-images']);
});

test('a rate below one request a second, no retries and one page at a time are all allowed', () => {
  const found = project({ CPH_RATE_LIMIT: '0.5', CPH_MAX_RETRIES: '0', CPH_PAGE_CONCURRENCY: '1' });
  expect(found).toMatchObject({ rateLimit: 0.5, maxRetries: 0, pageConcurrency: 1 });
});

test.each([
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
  ['https://proxy.example/cph/', 'https://proxy.example/cph'],
  ['https://CPH.{region}.example', 'https://cph.ap-southeast-3.example'],
])('the endpoint %s is used as %s', (given, used) => {
  expect(project({ CPH_ENDPOINT: given })?.endpoint).toBe(used);
});

test('events and runs are kept for as long as each is said to', () => {
  const { retention } = load({ CPH_EVENT_RETENTION: '90d', CPH_RUN_RETENTION: '12h' });
  expect(retention).toEqual({ eventsMs: 7_776_000_000, runsMs: 43_200_000 });
});

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

test('the log level may be written in capitals', () => {
  expect(load({ LOG_LEVEL: 'DEBUG' }).logLevel).toBe('debug');
});

test.each([
  'postgres://user:password@db.example:5432/cph',
  'postgresql://db.example/cph?sslmode=verify-full',
  'postgres://user@/cph?host=/run/postgresql',
  'postgres://%2Frun%2Fpostgresql/cph',
  'socket:/run/postgresql?db=cph',
  '/run/postgresql cph',
])('%s is a database URL', (url) => {
  expect(load({ DATABASE_URL: url }).databaseUrl?.reveal()).toBe(url);
});

test('an empty variable counts as not set', () => {
  expect(project({ CPH_RATE_LIMIT: '', CPH_ENDPOINT: '', HW_ACCESS_KEY: '' })).toEqual(project({}));
});

test.each([
  ['HW_REGION_NAME', ['AP-Southeast-3', 'ap southeast', 'ap.southeast', '-ap', '../x']],
  ['HW_PROJECT_ID', ['a/b', '..', 'a b', 'p%2f', 'a'.repeat(65)]],
  [
    'CPH_ENDPOINT',
    [
      'cph.example',
      'ftp://cph.example',
      'https://h/?a=1',
      'https://h/#a',
      'https://u:p@h',
      'https://u@h',
      'https://',
    ],
  ],
  ['CPH_IMAGE_TYPES', [',', ' ', 'private,shared', 'all']],
  ['CPH_SOURCES', ['phones', 'images;phone-images']],
  ['CPH_RATE_LIMIT', ['0', '0.0', '-1', '200.5', '1e2', '0x10', 'fast', 'Infinity']],
  ['CPH_PAGE_CONCURRENCY', ['0', '65', '1.5']],
  ['CPH_REQUEST_TIMEOUT', ['0s', '30', '11m', '1s1m', '-1s', '1.5s', 's', '30 s']],
  ['CPH_MAX_RETRIES', ['-1', '21', '1.5', 'none']],
  ['CPH_REMOVAL_LIMIT', ['20', '101%', '-1%', '%', '0.2']],
  ['CPH_SHUTDOWN_TIMEOUT', ['0ms', '1h', '10']],
  ['CPH_EVENT_RETENTION', ['0d', '365', 'forever', '36501d']],
  ['CPH_RUN_RETENTION', ['0s', '30', '36501d']],
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
  ['LOG_LEVEL', ['loud', 'warning']],
  ['DATABASE_URL', ['mysql://h/db', 'postgres://u:p#w@h/db', 'h/db', 'postgres:h', 'postgres://h:99999/db']],
])('%s refuses what it does not take, and nothing else is wrong then', (name, texts) => {
  for (const text of texts) {
    expect(faultsOf({ [name]: text }), text).toEqual([
      { where: name, got: expect.any(String), expected: expect.stringMatching(/such as/) },
    ]);
  }
});

test('commands that only read the database need neither project nor credentials', () => {
  const config = loadDatabaseConfig({
    env: { DATABASE_URL: 'postgres://h/db', HW_PROJECT_ID: '../' },
    files,
  });
  expect(config.databaseUrl?.reveal()).toBe('postgres://h/db');
  expect(config).not.toHaveProperty('projects');
  expect(Object.isFrozen(config)).toBe(true);
});

test('commands that only read the database refuse a wrong database URL by the same rule', () => {
  const env = { DATABASE_URL: 'mysql://h/db' };
  expect(() => loadDatabaseConfig({ env, files })).toThrow(ConfigError);
});
