import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig, loadDatabaseConfig } from '../src/config/config.ts';
import { describeSettings } from '../src/config/describe-settings.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';
import { ConfigError, type Fault } from '../src/config/fault.ts';
import { type FileReader, Secret } from '../src/config/secret.ts';

const { files } = processSurroundings();
const PROJECT = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1' };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-secret-'));
  path = join(folder, 'secret');
});

afterEach(() => rmSync(folder, { recursive: true }));

function token(env: Environment): Secret {
  const found = loadConfig({ env: { ...PROJECT, ...env }, files }).projects[0]?.credentials;
  if (found?.kind !== 'token') throw new Error(`unexpected ${found?.kind}`);
  return found.token;
}

function faultsOf(env: Environment): readonly Fault[] {
  try {
    loadConfig({ env: { ...PROJECT, ...env }, files });
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('a secret is only told to who asks for it', () => {
  const secret = Object.freeze(Secret.of('hunter2'));
  expect(secret.reveal()).toBe('hunter2');
  const seen = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ a: { secret } }, { depth: 9 }),
  ];
  for (const text of [...seen, inspect(secret, { showHidden: true })]) {
    expect(text).toContain('[secret]');
    expect(text).not.toContain('hunter2');
  }
  expect(inspect(secret, { customInspect: false, showHidden: true })).not.toContain('hunter2');
});

test('a whole configuration can be printed without telling any secret', () => {
  const env = { ...PROJECT, HW_AUTH_TOKEN: 'hunter2', DATABASE_URL: 'postgres://u:hunter2@h/db' };
  const config = loadConfig({ env, files });
  expect(JSON.stringify(config) + inspect(config, { depth: 9, showHidden: true })).not.toContain('hunter2');
});

test('a secret can come from a file, without the line end after it', () => {
  writeFileSync(path, 'from-file\r\n');
  expect(token({ HW_AUTH_TOKEN_FILE: path }).reveal()).toBe('from-file');
});

test('a line end after a secret in the environment is dropped too', () => {
  expect(token({ HW_AUTH_TOKEN: 'from-env\n' }).reveal()).toBe('from-env');
});

test('every secret has the file form, and nothing else has', () => {
  const missing = join(folder, 'missing');
  const all = describeSettings().map(({ name }) => [`${name}_FILE`, missing]);
  const secrets = describeSettings().flatMap(({ name, secret }) => (secret ? [`${name}_FILE`] : []));
  expect(secrets.sort()).toEqual([
    'CPH_ALERTMANAGER_URL_FILE',
    'CPH_WEBHOOK_SECRET_FILE',
    'CPH_WEBHOOK_URL_FILE',
    'DATABASE_URL_FILE',
    'HW_ACCESS_KEY_FILE',
    'HW_AUTH_TOKEN_FILE',
    'HW_SECRET_KEY_FILE',
    'HW_SECURITY_TOKEN_FILE',
    'HW_USER_PASSWORD_FILE',
  ]);
  const faults = faultsOf(Object.fromEntries(all));
  expect(faults.map((fault) => fault.where).sort()).toEqual(secrets);
});

test('a file that is replaced is read again', () => {
  writeFileSync(path, 'first');
  const secret = token({ HW_AUTH_TOKEN_FILE: path });
  writeFileSync(join(folder, 'next'), 'other');
  renameSync(join(folder, 'next'), path);
  expect(secret.reveal()).toBe('other');
});

test('a file written over in place is read again', () => {
  writeFileSync(path, 'first');
  const secret = token({ HW_AUTH_TOKEN_FILE: path });
  writeFileSync(path, 'second, longer');
  expect(secret.reveal()).toBe('second, longer');
});

test('a file that has not changed is not read again', () => {
  let reads = 0;
  const counting: FileReader = {
    stamp: () => 'same',
    read: () => {
      reads += 1;
      return `read ${reads}`;
    },
  };
  const secret = Secret.fromFile('/any', counting);
  expect([secret?.reveal(), secret?.reveal(), reads]).toEqual(['read 1', 'read 1', 1]);
});

test('the last value stays while the file is gone or empty, and the next one is taken up', () => {
  writeFileSync(path, 'first');
  const secret = token({ HW_AUTH_TOKEN_FILE: path });
  rmSync(path);
  expect(secret.reveal()).toBe('first');
  writeFileSync(path, '\n');
  expect(secret.reveal()).toBe('first');
  writeFileSync(path, 'second');
  expect(secret.reveal()).toBe('second');
});

test('a write between looking at the file and reading it is not lost', () => {
  const file = { stamp: 'before', text: 'half' };
  const racing: FileReader = {
    stamp: () => file.stamp,
    read: () => {
      const { text } = file;
      Object.assign(file, { stamp: 'after', text: 'whole' });
      return text;
    },
  };
  expect(Secret.fromFile('/any', racing)?.reveal()).toBe('whole');
});

test('both forms of one secret are a fault, and the only one', () => {
  writeFileSync(path, 'x');
  expect(faultsOf({ HW_AUTH_TOKEN: 'y', HW_AUTH_TOKEN_FILE: path })).toEqual([
    { where: 'HW_AUTH_TOKEN and HW_AUTH_TOKEN_FILE', got: 'both', expected: 'one of the two' },
  ]);
});

test('the file form counts where the plain one is empty', () => {
  writeFileSync(path, 'x');
  expect(token({ HW_AUTH_TOKEN: '', HW_AUTH_TOKEN_FILE: path }).reveal()).toBe('x');
});

test('a file that cannot be read is a fault naming its path, and the only one', () => {
  expect(faultsOf({ HW_AUTH_TOKEN_FILE: path })).toEqual([
    {
      where: 'HW_AUTH_TOKEN_FILE',
      got: `"${path}", which is not there (ENOENT)`,
      expected: 'the path of a file with the secret in it, such as /run/secrets/cph',
    },
  ]);
});

test('a file that cannot be read is a fault also where the secret may be left out', () => {
  const env = { HW_AUTH_TOKEN: 'x', DATABASE_URL_FILE: path };
  expect(faultsOf(env)).toMatchObject([{ where: 'DATABASE_URL_FILE' }]);
  expect(() => loadDatabaseConfig({ env, files })).toThrow(ConfigError);
  const keys = { HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK', HW_SECURITY_TOKEN_FILE: path };
  expect(faultsOf(keys)).toMatchObject([{ where: 'HW_SECURITY_TOKEN_FILE' }]);
});

test('an empty file is a fault naming its path', () => {
  writeFileSync(path, '\n');
  expect(faultsOf({ HW_AUTH_TOKEN_FILE: path })).toMatchObject([
    { got: `"${path}", which leads to an empty file` },
  ]);
});

test.each(['MIIToken', 'postgres://u:hunter2@h/db'])(
  'a secret put where its path belongs is not shown: %s',
  (secret) => {
    const [fault] = faultsOf({ HW_AUTH_TOKEN_FILE: secret });
    expect(fault?.got).toBe('a value that does not begin like a path, which is not there (ENOENT)');
  },
);

test('a file of the wrong content is a fault naming the file form', () => {
  writeFileSync(path, 'two\nlines');
  expect(faultsOf({ HW_AUTH_TOKEN_FILE: path })).toMatchObject([
    { where: 'HW_AUTH_TOKEN_FILE', got: 'a value that is not shown' },
  ]);
});
