import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DatabaseUrlError } from '../src/database-url/parameters.ts';
import { readDatabaseUrl } from '../src/database-url/read.ts';

const endpoint = (host: string, port = 5432) => ({ host, address: null, port });

test.each([
  ['postgres://u:p@h:5433/d', { user: 'u', password: 'p', database: 'd', endpoints: [endpoint('h', 5433)] }],
  ['postgresql://u@h', { user: 'u', password: null, database: 'u', endpoints: [endpoint('h')] }],
  ['postgres://u:p%40w%2Fs%25@h/d%20b', { password: 'p@w/s%', database: 'd b' }],
  ['postgres://u:a:b#c?d&e@h/d', { password: 'a:b#c?d&e' }],
  ['postgres://u@[::1]:5433/d', { endpoints: [endpoint('::1', 5433)] }],
  [
    'postgres://u@h1:1,h2,[fe80::1]:3/d',
    { endpoints: [endpoint('h1', 1), endpoint('h2'), endpoint('fe80::1', 3)] },
  ],
  ['postgres://u@h1,h2/d?port=1,2', { endpoints: [endpoint('h1', 1), endpoint('h2', 2)] }],
  [
    'postgres:///d?host=h1,h2&user=u&password=p',
    { user: 'u', password: 'p', endpoints: [endpoint('h1'), endpoint('h2')] },
  ],
  ['postgres://u@/d?host=/run/postgresql', { database: 'd', endpoints: [endpoint('/run/postgresql')] }],
  ['postgres://u@%2Frun%2Fpostgresql/d', { database: 'd', endpoints: [endpoint('/run/postgresql')] }],
  ['/run/postgresql d', { database: 'd', endpoints: [endpoint('/run/postgresql')] }],
  ['socket:/run/postgresql?db=d&encoding=utf8', { database: 'd', endpoints: [endpoint('/run/postgresql')] }],
  [
    'postgres://u@h/?dbname=d&application_name=a&options=-c%20jit%3Doff',
    { startup: { application_name: 'a', options: '-c jit=off' } },
  ],
  ['postgres://u@h/d?connect_timeout=1', { connectTimeoutMs: 2_000 }],
  ['postgres://u@h/d?connect_timeout=0', { connectTimeoutMs: null }],
  ['postgres://u@h/d?keepalives=0', { keepAliveMs: null }],
  ['postgres://u@h/d?keepalives_idle=60&keepalives_count=3&client_encoding=UTF-8', { keepAliveMs: 60_000 }],
  ['postgres://u@h/d', { tls: expect.objectContaining({ mode: 'prefer', rootCert: null }) }],
  [
    'postgres://u@h/d?sslrootcert=system',
    { tls: expect.objectContaining({ mode: 'verify-full', rootCert: 'system' }) },
  ],
])('%s is read as by psql', (url, address) => {
  expect(readDatabaseUrl(url)).toMatchObject(address);
});

test.each([
  ['mysql://u:S3cret@h/d', /begins with postgres:\/\//],
  ['host=h password=S3cret', /begins with postgres:\/\//],
  ['postgres://u:p@S3cret@h/d', /@ is %40, \/ is %2F/],
  ['postgres://u:p/S3cret@h/d', /@ is %40, \/ is %2F/],
  ['postgres://u:12/S3cret@h/d', /@ is %40, \/ is %2F/],
  ['postgres://u:12?S3cret=@h/d', null],
  ['postgres://u:p@w/S3cret@h/d', /@ is %40, \/ is %2F/],
  ['postgres://u:p@w?S3cret=1@h/d', /@ is %40, \/ is %2F/],
  ['postgres://u:S3cret%@h/d', /% itself is %25/],
  ['postgres://u:S3cret%zz@h/d', /% itself is %25/],
  ['postgres://u:S3cret%00@h/d', /zero byte/],
  ['postgres://u:S3cret', /host:5432/],
  ['postgres://u:S3cret/d', /host:5432/],
  ['postgres://u@h:0/d', /from 1 to 65535/],
  ['postgres://u@h:65536/d', /from 1 to 65535/],
  ['postgres://u@h1,h2,h3/d?port=1,2', /one port, or one for each host/],
  ['postgres://u@h1,h2/d?hostaddr=127.0.0.1', /hostaddr for each host/],
  [
    'postgres://u@h/d?sslmode=no-verify',
    /sslmode is one of disable, allow, prefer, require, verify-ca, verify-full/,
  ],
  ['postgres://u@h/d?sslmode=', /sslmode is one of/],
  ['postgres://u@h/d?sslmode=verify-ca', /with sslrootcert/],
  ['postgres://u@h/d?sslmode=require&sslrootcert=system', /verify-full where sslrootcert is system/],
  ['postgres://u@h/d?sslcert=/c', /both sslcert and sslkey/],
  ['postgres://u@h/d?sslnegotiation=direct', /at least require/],
  ['postgres://u@h/d?target_session_attrs=master', /target_session_attrs is one of/],
  ['postgres://u@h/d?connect_timeout=soon', /connect_timeout is a whole number/],
  [
    'postgres://u@h/d?statement_timeout=5',
    /without the parameter statement_timeout, which psql does not know/,
  ],
  ['postgres://u@h/d?S3cret!=5', /without the parameter, which psql does not know/],
  ['postgres://u@h/d?passfile=/p', /passfile, which is not supported/],
  ['postgres://u@h/d?client_encoding=LATIN1', /always UTF8/],
  ['postgres://u@h/d?gssencmode=require', /gssencmode/],
  ['postgres://u@h/d?sslmode', /name=value/],
] as const)('%s is refused, and none of it is shown', (url, reason) => {
  const refused = () => readDatabaseUrl(url);
  if (reason) expect(refused).toThrow(reason);
  if (reason) expect(refused).toThrow(DatabaseUrlError);
  expect(messageOf(refused)).not.toMatch(/S3cret/);
});

describe('whatever stands for the password', () => {
  const raw = fc.string({
    minLength: 1,
    unit: fc.constantFrom('§', '@', '/', '?', '#', ':', '%', '&', '=', ',', '1', '['),
  });

  test('it is read whole, or the URL is refused without a part of it', () => {
    fc.assert(
      fc.property(raw, (middle) => {
        const password = `§${middle}§`;
        let found: string | null = '';
        const message = messageOf(() => {
          const address = readDatabaseUrl(`postgres://user:${password}@host/name`);
          expect(address.endpoints).toEqual([endpoint('host')]);
          found = address.password;
        });
        expect(message).not.toContain('§');
        if (message === '') expect(found).toBe(decodeURIComponent(password));
      }),
    );
  });

  test('percent-encoded it is never refused', () => {
    fc.assert(
      fc.property(raw, (password) => {
        const url = `postgres://user:${encodeURIComponent(password)}@host/name`;
        expect(readDatabaseUrl(url)).toMatchObject({ password, endpoints: [endpoint('host')] });
      }),
    );
  });
});

function messageOf(work: () => void): string {
  try {
    work();
    return '';
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    return error.message;
  }
}
