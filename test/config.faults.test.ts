import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { describeSettings } from '../src/config/describe-settings.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';
import { ConfigError } from '../src/config/fault.ts';

const { files } = processSurroundings();

function errorOf(env: Environment): ConfigError {
  try {
    loadConfig({ env, files });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected the configuration to be refused');
}

test('all faults are reported at once, a line each', () => {
  const error = errorOf({
    HW_PROJECT_ID: 'a/b',
    CPH_RATE_LIMIT: 'fast',
    LOG_LEVEL: 'loud',
    CPH_MAX_RETRIES: '3',
  });
  expect(error.faults.map((fault) => fault.where)).toEqual([
    'HW_REGION_NAME',
    'HW_PROJECT_ID',
    'CPH_RATE_LIMIT',
    'credentials',
    'LOG_LEVEL',
  ]);
  const [heading, ...lines] = error.message.split('\n');
  expect(heading).toBe('The configuration cannot be used:');
  expect(lines).toHaveLength(error.faults.length);
  expect(lines[2]).toBe('  CPH_RATE_LIMIT: got "fast"; takes a number above 0 and at most 200, such as 20');
});

test('a fault says what is missing by name', () => {
  expect(errorOf({}).faults[0]).toEqual({
    where: 'HW_REGION_NAME',
    got: 'nothing',
    expected: 'a region in lower-case letters, digits and hyphens, such as ap-southeast-3',
  });
});

test('a wrong region is one fault, not also one of the addresses built from it', () => {
  const env = { HW_REGION_NAME: 'A B', HW_PROJECT_ID: 'p', HW_USER_NAME: 'u', HW_USER_PASSWORD: 'p' };
  expect(errorOf({ ...env, HW_DOMAIN_NAME: 'd' }).faults.map((fault) => fault.where)).toEqual([
    'HW_REGION_NAME',
  ]);
});

test('a cron fault says what the fields are', () => {
  expect(errorOf({ CPH_SYNC_CRON: '99 * * * *' }).message).toContain(
    'CPH_SYNC_CRON: got "99 * * * *"; takes a cron expression of five fields ' +
      '(minute, hour, day of month, month, day of week) or six (seconds first), such as */5 * * * *',
  );
});

test.each([
  ['https://user:pa55@cph.example', '"https://***@cph.example"'],
  ['https://user:pa55/x@y@cph.example', '"https://***@cph.example"'],
  ['htps://user:pa55@cph.example', '"htps://***@cph.example"'],
  ['user:pa55@cph.example', '"***@cph.example"'],
  ['https:user:pa55@cph.example', '"***@cph.example"'],
  ['https://cph.example/?token=pa55', '"https://cph.example/?***"'],
  ['https://cph.example/#pa55', '"https://cph.example/#***"'],
])('the endpoint %s is shown without what may be secret', (endpoint, got) => {
  const error = errorOf({ CPH_ENDPOINT: endpoint });
  expect(error.faults.find((fault) => fault.where === 'CPH_ENDPOINT')?.got).toBe(got);
  expect(error.message).not.toContain('pa55');
});

test('a long value is cut and control characters are escaped, so that a fault stays a line', () => {
  const error = errorOf({ HW_PROJECT_ID: `\u001b[31m\n${'x'.repeat(5_000)}` });
  expect(error.message.length).toBeLessThan(1_500);
  expect(error.message.split('\n')).toHaveLength(1 + error.faults.length);
  expect(error.message).not.toContain('\u001b');
});

test('a database URL that is refused is not shown', () => {
  const error = errorOf({ DATABASE_URL: 'mysql://admin:pa55@db.internal/cph' });
  expect(error.faults.find((fault) => fault.where === 'DATABASE_URL')?.got).toBe('a value that is not shown');
  expect(error.message).not.toMatch(/mysql|admin|pa55|internal/);
});

test.each(['pa55@QQ', 'pa55/QQ', '55/pa55', 'pa55%'])(
  'a database URL with the password %s says what to encode',
  (password) => {
    const error = errorOf({ DATABASE_URL: `postgres://admin:${password}@db.internal/cph` });
    expect(error.message).toMatch(
      /DATABASE_URL: got a value that is not shown; takes .*percent-encoded.* is %2[5F]/,
    );
    expect(error.message).not.toMatch(/admin|pa55|QQ|internal/);
  },
);

test('no text of any secret ever shows, whatever is wrong with it', () => {
  const secrets = describeSettings().flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : []));
  const unusable = fc.string({ minLength: 1, unit: fc.constantFrom('q', 'Q', '#', '\n', '%') });
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...secrets), unusable), (env) => {
      // "§" is in no message, so that finding it means that a value was copied into one.
      const marked = Object.fromEntries(Object.entries(env).map(([name, text]) => [name, `§ ${text}§`]));
      const error = errorOf(marked);
      expect(`${error.message}${JSON.stringify(error)}${error.stack}`).not.toContain('§');
    }),
  );
});
