import { expect, test } from 'vitest';
import { loadConfig, loadDatabaseConfig } from '../src/config/config.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';

const { files } = processSurroundings();
const USABLE = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'token' };

function warnings(env: Environment): readonly string[] {
  return loadConfig({ env: { ...USABLE, ...env }, files }).warnings;
}

test('a variable that looks like a setting and is none is named, with the setting it may be a slip of', () => {
  expect(warnings({ CPH_WATCH_CORN: 'off', CPH_FROBNICATE: 'yes' })).toEqual([
    'CPH_FROBNICATE is not a setting and has no effect',
    'CPH_WATCH_CORN is not a setting and has no effect; did you mean CPH_WATCH_CRON?',
  ]);
});

test('a slip of a variable of the vendor is named, also in the fault that it leads to', () => {
  const slip = 'HW_PROJECTID is not a setting and has no effect; did you mean HW_PROJECT_ID?';
  expect(warnings({ HW_PROJECTID: 'p-2' })).toEqual([slip]);
  const env = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECTID: 'p-1', HW_AUTH_TOKEN: 'token' };
  expect(() => loadConfig({ env, files })).toThrow(`HW_PROJECT_ID: got nothing; takes 1 to 64 letters`);
  expect(() => loadConfig({ env, files })).toThrow(slip);
});

test('the file form of what is no secret has no effect, and says so', () => {
  expect(warnings({ CPH_SOURCES_FILE: '/x' })).toHaveLength(1);
});

test('the value of an unknown variable is not shown', () => {
  expect(warnings({ CPH_PASSWORT: 'hunter2' }).join()).not.toContain('hunter2');
});

test('known names and other prefixes give no warning', () => {
  expect(
    warnings({ CPH_CONFIG: '', CPH_SOURCES: 'images', HW_ENTERPRISE_PROJECT_ID: '0', PATH: '/bin' }),
  ).toEqual([]);
});

test('what Kubernetes sets for a service called cph-inventory gives no warning', () => {
  const links = {
    CPH_INVENTORY_SERVICE_HOST: '10.0.0.7',
    CPH_INVENTORY_SERVICE_PORT: '8080',
    CPH_INVENTORY_SERVICE_PORT_HTTP: '8080',
    CPH_INVENTORY_PORT: 'tcp://10.0.0.7:8080',
    CPH_INVENTORY_PORT_8080_TCP: 'tcp://10.0.0.7:8080',
    CPH_INVENTORY_PORT_8080_TCP_PROTO: 'tcp',
    CPH_INVENTORY_PORT_8080_TCP_PORT: '8080',
    CPH_INVENTORY_PORT_8080_TCP_ADDR: '10.0.0.7',
  };
  expect(warnings(links)).toEqual([]);
});

test('empty settings are named in one line', () => {
  expect(warnings({ DATABASE_URL: '', CPH_TIMEZONE: '' })).toEqual([
    'empty, and so taken as not set: DATABASE_URL, CPH_TIMEZONE',
  ]);
});

test('a region not known to offer the service is a warning with the nearest one, never a fault', () => {
  expect(warnings({ HW_REGION_NAME: 'ap-southeats-3' })).toEqual([
    'HW_REGION_NAME: ap-southeats-3 is not known to offer Cloud Phone Host; did you mean ap-southeast-3?',
  ]);
  expect(warnings({ HW_REGION_NAME: 'cn-eas-3' }).join()).toContain('did you mean cn-east-3?');
  expect(warnings({ HW_REGION_NAME: 'eu-west-101' })).toEqual([
    'HW_REGION_NAME: eu-west-101 is not known to offer Cloud Phone Host',
  ]);
});

test.each(['http://cph.example', 'http://localhost.example', 'http://10.0.0.1:8080'])(
  'credentials sent to %s travel in clear: a warning',
  (endpoint) => {
    expect(warnings({ CPH_ENDPOINT: endpoint })).toEqual([
      `CPH_ENDPOINT: credentials travel to ${new URL(endpoint).host} in clear; an https URL would protect them`,
    ]);
  },
);

test.each([
  'http://127.0.0.1:4010',
  'http://127.9.9.9',
  'http://localhost:1',
  'http://[::1]:2',
  'https://cph.example',
])('credentials sent to %s do not: no warning', (endpoint) => {
  expect(warnings({ CPH_ENDPOINT: endpoint })).toEqual([]);
});

test('a login in clear is a warning, where a login is used', () => {
  const login = {
    HW_USER_NAME: 'u',
    HW_USER_PASSWORD: 'p',
    HW_DOMAIN_NAME: 'd',
    HW_AUTH_URL: 'http://iam.example/v3',
  };
  expect(warnings({ ...login, HW_AUTH_TOKEN: undefined })).toEqual([
    'HW_AUTH_URL: credentials travel to iam.example in clear; an https URL would protect them',
  ]);
  expect(warnings({ HW_AUTH_URL: 'http://iam.example/v3' })).toEqual([]);
});

test('commands that only read the database warn of names too', () => {
  expect(loadDatabaseConfig({ env: { CPH_DATA_DIRR: 'x' }, files }).warnings).toEqual([
    'CPH_DATA_DIRR is not a setting and has no effect; did you mean CPH_DATA_DIR?',
  ]);
});

test.each([
  ['HW_REGION', 'HW_REGION_NAME'],
  ['HW_ACCESS', 'HW_ACCESS_KEY'],
  ['CPH_WEBHOOK', 'CPH_WEBHOOK_URL'],
])('%s, the beginning of a setting that is not set, may be %s', (name, setting) => {
  const env = { HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'token', HW_REGION_NAME: '', [name]: 'x' };
  const said = (() => {
    try {
      return loadConfig({ env: { ...env, ...(name === 'HW_REGION' ? {} : USABLE) }, files }).warnings.join();
    } catch (error) {
      return String(error);
    }
  })();
  expect(said).toContain(`${name} is not a setting and has no effect; did you mean ${setting}?`);
});

test('quotes that no shell took away are told of, in warnings and faults', () => {
  expect(warnings({ CPH_PROJECT_NAME: '"shop"' })).toEqual([
    'has quotes around it, which are taken as part of it: CPH_PROJECT_NAME',
  ]);
  expect(() => loadConfig({ env: { ...USABLE, CPH_SYNC_CRON: '"*/5 * * * *"' }, files })).toThrow(
    /CPH_SYNC_CRON: got .*, without quotes around it$/,
  );
  const token = { ...USABLE, HW_AUTH_TOKEN: '"secret-token"' };
  expect(() => loadConfig({ env: token, files })).toThrow(
    /HW_AUTH_TOKEN: .*: this one has quotes around it$/,
  );
  expect(() => loadConfig({ env: token, files })).not.toThrow(/secret-token/);
});

test('a database URL in quotes is told as such, and none of it', () => {
  const env = { ...USABLE, DATABASE_URL: '"postgres://u:hunter2@h/d"' };
  expect(() => loadConfig({ env, files })).toThrow(/DATABASE_URL: .*: one without quotes around it$/);
  expect(() => loadConfig({ env, files })).not.toThrow(/hunter2/);
});

test('what begins with an @ is no address with a password', () => {
  expect(() => loadConfig({ env: { ...USABLE, CPH_SYNC_CRON: '@hourly' }, files })).toThrow('got "@hourly"');
});
