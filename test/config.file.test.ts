import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { loadConfig, loadDatabaseConfig } from '../src/config/config.ts';
import { ConfigError } from '../src/config/fault.ts';
import { configSchema } from '../src/config/file-schema.ts';

const ENV = { TOKEN: 't0ken-of-agency', CPH_CONFIG: 'cph.yaml' };

/** Files by path; those that are not named cannot be read. */
function surroundings(files: Record<string, string>, env: Record<string, string> = {}) {
  const read = (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('none'), { code: 'ENOENT' });
    return text;
  };
  return { env: { ...ENV, ...env }, files: { read, stamp: read } };
}

const load = (yaml: string, env?: Record<string, string>) =>
  loadConfig(surroundings({ 'cph.yaml': yaml }, env));

function faultsOf(yaml: string, env?: Record<string, string>) {
  try {
    load(yaml, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  throw new Error('expected the file to be refused');
}

const CREDENTIALS = `
credentials:
  agency: { token: "\${TOKEN}" }
`;
const ONE = `${CREDENTIALS}
projects:
  - { region: cn-north-4, project_id: p-1, credentials: agency }
`;

test('a project needs a region, an id and credentials; the rest has the defaults of the environment', () => {
  const { projects, sinks, file, schedules } = load(ONE);
  expect(file).toBe('cph.yaml');
  expect(sinks).toEqual([]);
  expect(schedules.sync).toBe('*/5 * * * *');
  expect(projects).toMatchObject([
    {
      projectId: 'p-1',
      region: 'cn-north-4',
      endpoint: 'https://cph.cn-north-4.myhuaweicloud.com',
      rateLimit: 20,
      removalLimit: 0.2,
      imageTypes: ['public', 'private', 'share'],
    },
  ]);
  const { credentials } = projects[0] ?? {};
  expect(credentials?.kind === 'token' && credentials.token.reveal()).toBe('t0ken-of-agency');
});

test('defaults stand in for what a project leaves out, and give way to what it says', () => {
  const { projects } = load(`${CREDENTIALS}
defaults:
  region: cn-east-3
  credentials: agency
  image_types: [private]
  limits: { rate_limit: 5, removal_limit: 10% }
projects:
  - project_id: p-1
  - { project_id: p-2, region: af-north-1, limits: { rate_limit: 7 } }
`);
  expect(projects).toMatchObject([
    { projectId: 'p-1', region: 'cn-east-3', imageTypes: ['private'], rateLimit: 5, removalLimit: 0.1 },
    { projectId: 'p-2', region: 'af-north-1', imageTypes: ['private'], rateLimit: 7, removalLimit: 0.1 },
  ]);
});

test('sinks have names, kinds and filters', () => {
  const { sinks } = load(`${ONE}
sinks:
  - { name: ops, kind: webhook, url: "https://example.com/h", secret: "\${TOKEN}", types: [cph.image.removed], to_status: [failed] }
  - { name: am, kind: alertmanager, url: "http://127.0.0.1:9093" }
`);
  expect(sinks).toMatchObject([
    { kind: 'webhook', name: 'ops', types: ['cph.image.removed'], toStatus: ['failed'] },
    { kind: 'alertmanager', name: 'am' },
  ]);
});

test('what the file says of the program goes before the environment, which fills what it leaves open', () => {
  const config = load(`${ONE}\nlog_level: debug\nschedule: { sync: "0 * * * *" }\n`, {
    LOG_LEVEL: 'error',
    CPH_TIMEZONE: 'Asia/Singapore',
  });
  expect(config.logLevel).toBe('debug');
  expect(config.schedules).toMatchObject({ sync: '0 * * * *', timezone: 'Asia/Singapore' });
});

test('a secret can come from a file of its own, and no secret is shown', () => {
  const yaml = ONE.replace(/token: "[^"]*"/, 'token_file: /run/token');
  const config = loadConfig(surroundings({ 'cph.yaml': yaml, '/run/token': 'from-a-file\n' }));
  const credentials = config.projects[0]?.credentials;
  expect(credentials?.kind === 'token' && credentials.token.reveal()).toBe('from-a-file');
  expect(inspect([config, load(ONE)], { depth: 9 })).not.toMatch(/from-a-file|t0ken/);
});

test('$${ stands for ${ itself', () => {
  const yaml = ONE.replace('p-1,', () => `p-1, name: "$\${TOKEN}",`);
  expect(load(yaml).projects[0]?.name).toBe(`\${TOKEN}`);
});

test.each([
  [
    'a variable that is not set',
    ONE.replace('TOKEN', 'NOBODY'),
    /^credentials\.agency\.token \(line 3\)/,
    /NOBODY/,
  ],
  [
    'a key that means nothing',
    ONE.replace('region:', 'regio:'),
    /^projects\[0\]\.regio/,
    /did you mean region/,
  ],
  [
    'a number where an id belongs',
    ONE.replace('p-1', '0012'),
    /^projects\[0\]\.project_id/,
    /quotes, "0012"/,
  ],
  [
    'credentials nobody described',
    ONE.replace('credentials: agency }', 'credentials: agancy }'),
    /^projects\[0\]\.credentials/,
    /did you mean agency/,
  ],
  [
    'a limit out of range',
    ONE.replace('p-1,', 'p-1, limits: { rate_limit: 900 },'),
    /^projects\[0\]\.limits\.rate_limit \(line \d+\)/,
    /at most 200/,
  ],
  [
    'two projects with one id',
    `${ONE}  - { region: cn-north-4, project_id: p-1, credentials: agency }\n`,
    /^projects$/,
    /each once/,
  ],
  [
    'a sink of no kind',
    `${ONE}\nsinks: [{ name: x, kind: fax, url: "https://a.b" }]\n`,
    /^sinks\[0\]\.kind/,
    /webhook/,
  ],
  ['no projects', CREDENTIALS, /^projects$/, /list of projects/],
  ['a section twice', `${ONE}${CREDENTIALS}`, /^cph\.yaml:\d+:\d+$/, /unique/i],
  ['text that is no YAML', 'projects: [', /^cph\.yaml:1/, /YAML/],
  ['an empty file', '', /^cph\.yaml$/, /mapping/],
])('%s is a fault that says where', (_case, yaml, where, expected) => {
  const faults = faultsOf(yaml);
  expect(faults.map((fault) => fault.where).join('\n')).toMatch(where);
  expect(faults.map(({ got, expected }) => `${got} ${expected}`).join('\n')).toMatch(expected);
});

test('all faults come at once, without a secret', () => {
  const faults = faultsOf(
    `${ONE.replace('p-1', 'a/b')}\nlog_level: loud\nsinks: [{ name: s, kind: webhook, url: "ftp://hunter2" }]\n`,
  );
  expect(faults.map(({ where }) => where.replace(/ \(.*/, ''))).toEqual([
    'projects[0].project_id',
    'sinks[0].url',
    'log_level',
  ]);
  expect(inspect(faults)).not.toContain('hunter2');
});

test('a file that cannot be read is a fault', () => {
  expect(() => loadConfig(surroundings({}))).toThrow(/cph\.yaml: got a file that cannot be read \(ENOENT\)/);
});

test('variables that the file takes the place of are named in a warning', () => {
  expect(load(ONE, { HW_PROJECT_ID: 'other' }).warnings.join()).toMatch(/HW_PROJECT_ID/);
});

test('commands that only read the database do not miss credentials, but do miss its own variable', () => {
  const yaml = `${ONE.replace('TOKEN', 'NOBODY')}\ndatabase_url: "\${DB}"\n`;
  const read = (env: Record<string, string>) => loadDatabaseConfig(surroundings({ 'cph.yaml': yaml }, env));
  expect(read({ DB: 'postgres://127.0.0.1/cph' }).databaseUrl?.reveal()).toBe('postgres://127.0.0.1/cph');
  expect(() => read({})).toThrow(/database_url.*DB/);
});

test('the example of the documentation can be used', () => {
  const yaml = readFileSync('docs/cph-inventory.example.yaml', 'utf8');
  const config = load(yaml, {
    DATABASE_URL: 'postgres://127.0.0.1/cph',
    AGENCY_ACCESS_KEY: 'AK',
    AGENCY_SECRET_KEY: 'SK',
    STUDIO_PASSWORD: 'pw',
    WEBHOOK_SECRET: 'whsec_c2VjcmV0IQ==',
  });
  expect(config.projects.map(({ name }) => name)).toEqual(['phones-production', 'phones-staging']);
  expect(config.sinks.map(({ name }) => name)).toEqual(['ops-webhook', 'alertmanager']);
});

test('the schema for editors is the one that is made from the settings now', () => {
  expect(JSON.parse(readFileSync('docs/config.schema.json', 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(configSchema())),
  );
});
