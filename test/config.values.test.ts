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
    publicUrl: null,
    logLevel: 'info',
    schedules: { sync: '*/5 * * * *', watch: '*/15 * * * * *', timezone: 'UTC' },
    shutdownTimeoutMs: 10_000,
    retention: { eventsMs: 31_536_000_000, runsMs: 2_592_000_000 },
    baselineAlerts: false,
    file: null,
    http: { host: '127.0.0.1', port: 8080 },
    sinks: [],
    proxies: { http: null, https: null, bypass: '' },
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
      ignoredFields: new Set(),
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

test('the project of the environment can have a name', () => {
  expect(project({ CPH_PROJECT_NAME: ' Live streaming, Singapore ' })?.name).toBe(
    'Live streaming, Singapore',
  );
});

test('fields to ignore are names as the API spells them, each once', () => {
  const found = project({ CPH_IGNORE_FIELDS: ' download_url, x-sign.ed ,download_url,' });
  expect(found?.ignoredFields).toEqual(new Set(['download_url', 'x-sign.ed']));
});

test.each(['image_id', 'download_url,image_type', 'status', 'status_code', 'listed_in', 'a field', ','])(
  'fields to ignore cannot be %s',
  (text) => {
    expect(faultsOf({ CPH_IGNORE_FIELDS: text })).toEqual([
      {
        where: 'CPH_IGNORE_FIELDS',
        got: JSON.stringify(text),
        expected: expect.stringContaining('such as download_url, but none of image_id, image_type, status'),
      },
    ]);
  },
);

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
  ['CPH_IGNORE_FIELDS', ['image_id', 'status', 'download_url,image_type', 'a b', ',']],
  ['CPH_REMOVAL_LIMIT', ['20', '101%', '-1%', '%', '0.2']],
  ['CPH_SHUTDOWN_TIMEOUT', ['0ms', '1h', '10']],
  ['CPH_EVENT_RETENTION', ['0d', '365', 'forever', '36501d']],
  ['CPH_RUN_RETENTION', ['0s', '30', '36501d']],
  ['LOG_LEVEL', ['loud', 'warning']],
  [
    'DATABASE_URL',
    [
      'mysql://h/db',
      'postgres://u:p@w@h/db',
      'postgres://u:p/w@h/db',
      'postgres://h/db?sslmode=on',
      'h/db',
      'postgres:h',
      'postgres://h:99999/db',
    ],
  ],
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
