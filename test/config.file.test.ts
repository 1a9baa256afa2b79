// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are what the file holds, not templates
import { expect, test } from 'vitest';
import { loadConfig, loadDatabaseConfig } from '../src/config/config.ts';
import { withConfigFile } from '../src/config/environment.ts';
import { FOLDER, loadFile, PATH, surroundings, TOKEN } from './support/config-file.ts';

const ONE_PROJECT = `${TOKEN}projects: [{ project_id: p-1, region: cn-east-3 }]\n`;

test('one project with a token is enough; everything else has the defaults of the environment', () => {
  const env = { HW_REGION_NAME: 'cn-east-3', HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'hunter2' };
  const byEnvironment = loadConfig({ ...surroundings(''), env });
  expect(loadFile(ONE_PROJECT)).toEqual({ ...byEnvironment, file: PATH });
  expect(byEnvironment.file).toBe(null);
});

test('every setting that is not about projects can stand in the file', () => {
  const { projects, sinks, ...global } = loadFile(`${ONE_PROJECT}
database_url: postgres://db.example/cph
data_dir: /var/lib/cph
schedule: { sync: "0 * * * *", watch: off, timezone: Asia/Singapore }
retention: { events: 90d, runs: 12h }
baseline_alerts: true
http: { host: 0.0.0.0, port: 9090, public_url: https://ops.example.com/cph }
log_level: debug
shutdown_timeout: 30s
`);
  expect(global.databaseUrl?.reveal()).toBe('postgres://db.example/cph');
  expect({ ...global, databaseUrl: null }).toEqual({
    databaseUrl: null,
    dataDir: '/var/lib/cph',
    schedules: { sync: '0 * * * *', watch: null, timezone: 'Asia/Singapore' },
    retention: { eventsMs: 7_776_000_000, runsMs: 43_200_000 },
    baselineAlerts: true,
    http: { host: '0.0.0.0', port: 9090 },
    publicUrl: new URL('https://ops.example.com/cph'),
    logLevel: 'debug',
    shutdownTimeoutMs: 30_000,
    proxies: { http: null, https: null, bypass: '' },
    file: PATH,
    warnings: [],
  });
});

test('a project says everything the environment can say of one', () => {
  const [project] = loadFile(`${TOKEN}projects:
  - project_id: p-1
    name: Live streaming
    region: cn-east-3
    endpoint: https://proxy.example/{region}/
    image_types: [share, private]
    sources: [images]
    ignore_fields: [download_url, os_name]
    limits:
      rate_limit: 0.5
      page_concurrency: 2
      request_timeout: 1m30s
      max_retries: 0
      removal_limit: 12.5%
      stuck_after: 2h
`).projects;
  expect({ ...project, credentials: null }).toEqual({
    projectId: 'p-1',
    name: 'Live streaming',
    region: 'cn-east-3',
    endpoint: 'https://proxy.example/cn-east-3',
    credentials: null,
    imageTypes: ['share', 'private'],
    sources: ['images'],
    rateLimit: 0.5,
    pageConcurrency: 2,
    requestTimeoutMs: 90_000,
    maxRetries: 0,
    ignoredFields: new Set(['download_url', 'os_name']),
    removalLimit: 0.125,
    stuckAfterMs: 7_200_000,
  });
});

test.each([
  ['ignore_fields: download_url, etag', ['download_url', 'etag']],
  ['ignore_fields: [etag]', ['etag']],
  ['ignore_fields: []', []],
  ['name: x', ['by_default']],
])('with %s a project ignores %j', (line, names) => {
  const { projects } = loadFile(`
credentials: { main: { token: a } }
defaults: { credentials: main, region: cn-east-3, ignore_fields: [by_default] }
projects:
  - project_id: p-1
    ${line}
`);
  expect(projects[0]?.ignoredFields).toEqual(new Set(names));
});

test('a project takes from the defaults what it does not say itself, one limit at a time', () => {
  const { projects } = loadFile(`
credentials: { main: { token: a }, other: { token: b } }
defaults:
  region: cn-east-3
  credentials: main
  image_types: [private]
  limits: { rate_limit: 5, max_retries: 1 }
projects:
  - project_id: p-1
  - { project_id: p-2, region: cn-north-4, credentials: other, limits: { rate_limit: 7 } }
`);
  expect(projects).toMatchObject([
    { region: 'cn-east-3', imageTypes: ['private'], rateLimit: 5, maxRetries: 1, pageConcurrency: 4 },
    { region: 'cn-north-4', imageTypes: ['private'], rateLimit: 7, maxRetries: 1, pageConcurrency: 4 },
  ]);
  const tokens = projects.map(({ credentials: found }) => found.kind === 'token' && found.token.reveal());
  expect(tokens).toEqual(['a', 'b']);
});

test('projects keep their order, and may share credentials', () => {
  const { projects } = loadFile(`${TOKEN}projects:
  - { project_id: b, region: cn-east-3 }
  - { project_id: a, region: cn-north-4 }
`);
  expect(projects.map(({ projectId }) => projectId)).toEqual(['b', 'a']);
});

test('a shared login goes to the IAM of each project', () => {
  const { projects } = loadFile(`
credentials: { main: { user_name: reader, password: hunter2, domain_name: account } }
defaults: { credentials: main }
projects: [{ project_id: a, region: cn-east-3 }, { project_id: b, region: cn-north-4 }]
`);
  expect(projects.map(({ credentials }) => credentials)).toMatchObject([
    { kind: 'password', authUrl: 'https://iam.cn-east-3.myhuaweicloud.com/v3' },
    { kind: 'password', authUrl: 'https://iam.cn-north-4.myhuaweicloud.com/v3' },
  ]);
});

test('sinks of both kinds, several of one kind, with filters', () => {
  const { sinks } = loadFile(`${ONE_PROJECT}sinks:
  - kind: webhook
    name: builds
    url: https://example.com/t0ken
    secret: whsec_c2VjcmV0IQ==
    types: [cph.image.created, cph.image.status_changed]
    to_status: [failed]
  - { kind: webhook, url: https://example.com/all }
  - { kind: alertmanager, url: "http://alertmanager:9093" }
`);
  expect(sinks.map((sink) => sink.kind !== 'smn' && sink.url.reveal())).toEqual([
    'https://example.com/t0ken',
    'https://example.com/all',
    'http://alertmanager:9093',
  ]);
  expect(sinks).toMatchObject([
    {
      kind: 'webhook',
      name: 'builds',
      types: ['cph.image.created', 'cph.image.status_changed'],
      toStatus: ['failed'],
    },
    { kind: 'webhook', name: 'webhook', secret: null, types: null, toStatus: null },
    { kind: 'alertmanager', name: 'alertmanager' },
  ]);
  expect(JSON.stringify(sinks)).not.toMatch(/t0ken|whsec/);
});

test('CPH_CONFIG names the file, and the option comes before it', () => {
  const files = { '/other.yaml': ONE_PROJECT.replace('p-1', 'p-2') };
  const world = surroundings(ONE_PROJECT, { files });
  expect(loadConfig(world).projects[0]?.projectId).toBe('p-1');
  expect(loadConfig(world).warnings).toEqual([]);
  expect(loadConfig(withConfigFile(world, '/other.yaml')).projects[0]?.projectId).toBe('p-2');
  expect(loadConfig(withConfigFile(world, undefined)).projects[0]?.projectId).toBe('p-1');
});

test('an empty CPH_CONFIG names no file', () => {
  const env = { CPH_CONFIG: '', HW_REGION_NAME: 'cn-east-3', HW_PROJECT_ID: 'p-3', HW_AUTH_TOKEN: 't' };
  expect(loadConfig(surroundings('', { env })).projects[0]?.projectId).toBe('p-3');
});

test('what is not about projects comes from the environment where the file does not name it', () => {
  const env = { CPH_HTTP_HOST: '0.0.0.0', CPH_HTTP_PORT: '9999', LOG_LEVEL: 'warn', DATABASE_URL: 'no' };
  const text = `${ONE_PROJECT}http: { port: 8081 }\ndatabase_url: postgres://db.example/cph\n`;
  const { http, logLevel, databaseUrl, warnings } = loadFile(text, { env });
  expect({ http, logLevel }).toEqual({ http: { host: '0.0.0.0', port: 8081 }, logLevel: 'warn' });
  expect(databaseUrl?.reveal()).toBe('postgres://db.example/cph');
  expect(warnings).toEqual([]);
});

test('projects, credentials and sinks of the environment are not read beside a file, and a warning says so', () => {
  const env = {
    HW_PROJECT_ID: '../',
    HW_AUTH_TOKEN_FILE: '/nowhere',
    CPH_RATE_LIMIT: 'fast',
    CPH_SOURCES: '',
    CPH_WEBHOOK_URL: 'nonsense',
  };
  const config = loadFile(ONE_PROJECT, { env });
  expect(config.projects).toEqual(loadFile(ONE_PROJECT).projects);
  expect(config.sinks).toEqual([]);
  expect(config.warnings).toEqual([
    'not read, because projects and sinks come from /etc/cph/inventory.yaml: ' +
      'HW_PROJECT_ID, CPH_RATE_LIMIT, HW_AUTH_TOKEN_FILE, CPH_WEBHOOK_URL',
  ]);
});

test('a path in the file starts at the folder of the file', () => {
  expect(loadFile(`${ONE_PROJECT}data_dir: ./data`).dataDir).toBe(`${FOLDER}/data`);
});

test('anchors and aliases stand for what they name', () => {
  const { projects } = loadFile(`
credentials: { main: { token: a } }
projects:
  - { project_id: p-1, region: &region cn-east-3, credentials: main, limits: &slow { rate_limit: 1 } }
  - { project_id: p-2, region: *region, credentials: main, limits: *slow }
`);
  expect(projects).toMatchObject([{ rateLimit: 1 }, { rateLimit: 1, region: 'cn-east-3' }]);
});

test('the whole configuration is frozen, at any depth', () => {
  const { projects, retention } = loadFile(ONE_PROJECT);
  expect([projects, projects[0], projects[0]?.imageTypes, retention].every(Object.isFrozen)).toBe(true);
});

test('credentials that no project uses are a warning', () => {
  const text = ONE_PROJECT.replace('main:', 'old: { token: x }, main:');
  expect(loadFile(text).warnings).toEqual(['credentials.old (line 1): no project uses these credentials']);
});

test('a warning about the defaults is given once, with its place', () => {
  const { warnings } = loadFile(`${TOKEN}  
projects: [{ project_id: a, region: &r eu-west-101 }, { project_id: b, region: *r }]
`);
  expect(warnings).toEqual([
    'projects[0].region (line 4): eu-west-101 is not known to offer Cloud Phone Host',
    'projects[1].region (line 4): eu-west-101 is not known to offer Cloud Phone Host',
  ]);
  const text = TOKEN.replace('{ credentials', '{ region: eu-west-101, credentials');
  expect(loadFile(`${text}projects: [{ project_id: a }, { project_id: b }]`).warnings).toEqual([
    'defaults.region (line 2): eu-west-101 is not known to offer Cloud Phone Host',
  ]);
});

test('commands that only read the database need nothing of projects, credentials and sinks', () => {
  const text = `
database_url: \${DATABASE_URL}
credentials: { main: { token: "\${NOT_SET}" } }
projects: [{ regoin: x }]
sinks: 7
`;
  const env = { DATABASE_URL: 'postgres://db.example/cph' };
  const config = loadDatabaseConfig(surroundings(text, { env }));
  expect(config.databaseUrl?.reveal()).toBe('postgres://db.example/cph');
  expect(config.warnings).toEqual([]);
  expect(config).not.toHaveProperty('projects');
  expect(() => loadDatabaseConfig(surroundings(text))).toThrow(/database_url.*DATABASE_URL/);
});

test('commands that only read the database refuse an unknown setting too', () => {
  const world = surroundings('databse_url: postgres://db.example/cph');
  expect(() => loadDatabaseConfig(world)).toThrow(/databse_url.*did you mean database_url\?/);
});
