import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';
import { ConfigError } from '../src/config/fault.ts';

const { files } = processSurroundings();
const PROJECT = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1' };
const TOKEN = { HW_AUTH_TOKEN: 'MIIToken' };
const KEYS = { HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK' };
const LOGIN = { HW_USER_NAME: 'reader', HW_USER_PASSWORD: 'pass word', HW_DOMAIN_NAME: 'account' };

function load(env: Environment) {
  return loadConfig({ env: { ...PROJECT, ...env }, files });
}

function credentials(env: Environment) {
  return load(env).projects[0]?.credentials;
}

function faultsOf(env: Environment): string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ where, got }) => `${where}: ${got}`);
    throw error;
  }
  return [];
}

test('a token is used as it is', () => {
  const found = credentials(TOKEN);
  expect(found?.kind === 'token' && found.token.reveal()).toBe('MIIToken');
});

test('an access key comes without a security token', () => {
  const found = credentials(KEYS);
  if (found?.kind !== 'access-key') throw new Error(`unexpected ${found?.kind}`);
  expect([found.accessKey.reveal(), found.secretKey.reveal(), found.securityToken]).toEqual([
    'AK',
    'SK',
    null,
  ]);
});

test('a temporary access key comes with its security token', () => {
  const found = credentials({ ...KEYS, HW_SECURITY_TOKEN: 'STS' });
  expect(found?.kind === 'access-key' && found.securityToken?.reveal()).toBe('STS');
});

test('a login goes to the IAM of the region', () => {
  const found = credentials(LOGIN);
  if (found?.kind !== 'password') throw new Error(`unexpected ${found?.kind}`);
  expect(found).toMatchObject({ userName: 'reader', domainName: 'account' });
  expect(found.password.reveal()).toBe('pass word');
  expect(found.authUrl).toBe('https://iam.ap-southeast-3.myhuaweicloud.com/v3');
});

test.each([
  ['https://iam.myhuaweicloud.com', 'https://iam.myhuaweicloud.com/v3'],
  ['https://iam.myhuaweicloud.com/', 'https://iam.myhuaweicloud.com/v3'],
  ['https://iam.myhuaweicloud.com:443/v3/', 'https://iam.myhuaweicloud.com/v3'],
  ['http://127.0.0.1:4010/iam/v3', 'http://127.0.0.1:4010/iam/v3'],
])('a login at %s goes to %s', (given, used) => {
  expect(credentials({ ...LOGIN, HW_AUTH_URL: given })).toMatchObject({ authUrl: used });
});

test('no credentials are one fault that says the three ways', () => {
  expect(faultsOf({})).toEqual(['credentials: nothing']);
  expect(() => load({})).toThrow(
    /HW_AUTH_TOKEN.*HW_ACCESS_KEY, HW_SECRET_KEY.*HW_USER_NAME, HW_USER_PASSWORD/,
  );
});

test('a domain name alone, exported for other tools, does not mean a login', () => {
  expect(faultsOf({ HW_DOMAIN_NAME: 'account', HW_AUTH_URL: 'https://iam.example/v3' })).toEqual([
    'credentials: nothing',
  ]);
});

test.each([
  [{ HW_ACCESS_KEY: 'AK' }, ['HW_SECRET_KEY: nothing']],
  [{ HW_SECURITY_TOKEN: 'STS' }, ['HW_ACCESS_KEY: nothing', 'HW_SECRET_KEY: nothing']],
  [{ HW_USER_NAME: 'reader' }, ['HW_USER_PASSWORD: nothing', 'HW_DOMAIN_NAME: nothing']],
  [
    { HW_SECRET_KEY: 'SK', HW_USER_PASSWORD: 'p', HW_DOMAIN_NAME: 'account' },
    ['HW_ACCESS_KEY: nothing', 'HW_USER_NAME: nothing'],
  ],
])('%o is incomplete: a fault for each missing one', (env, faults) => {
  expect(faultsOf(env)).toEqual(faults);
});

test('a token with a blank or a line break inside is refused before it gets into a header', () => {
  expect(faultsOf({ HW_AUTH_TOKEN: 'MII\nToken' })).toEqual(['HW_AUTH_TOKEN: a value that is not shown']);
  expect(faultsOf({ ...KEYS, HW_SECURITY_TOKEN: 'S T S' })).toEqual([
    'HW_SECURITY_TOKEN: a value that is not shown',
  ]);
});

test('a token comes before an access key, and an access key before a login', () => {
  expect(credentials({ ...TOKEN, ...KEYS, ...LOGIN })?.kind).toBe('token');
  expect(credentials({ ...KEYS, ...LOGIN })?.kind).toBe('access-key');
});

test('a complete way is used although a preferred one is incomplete', () => {
  const config = load({ ...LOGIN, HW_ACCESS_KEY: 'AK' });
  expect(config.projects[0]?.credentials.kind).toBe('password');
  expect(config.warnings).toEqual([
    'using the password (HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME); ignored: HW_ACCESS_KEY',
  ]);
});

test('a warning names what is used and what is ignored', () => {
  expect(load({ ...TOKEN, ...KEYS, ...LOGIN }).warnings).toEqual([
    'using the token (HW_AUTH_TOKEN); ignored: HW_ACCESS_KEY, HW_SECRET_KEY, HW_USER_NAME, HW_USER_PASSWORD',
  ]);
});

test('one way alone gives no warning, a domain name beside it included', () => {
  expect(load({ ...KEYS, HW_DOMAIN_NAME: 'account' }).warnings).toEqual([]);
});

test('a wrong setting of a way that is not used is not a fault', () => {
  expect(load({ ...TOKEN, HW_AUTH_URL: 'nonsense' }).projects[0]?.credentials.kind).toBe('token');
});
