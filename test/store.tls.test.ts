import { spawnSync } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { PostgresClient } from '../src/store/connection/client.ts';
import { type Certificates, makeCertificates } from './support/certificates.ts';
import { type OwnPostgres, startOwnPostgres } from './support/replica-postgres.ts';

// Roles are let in by their names: with TLS only, without only, with a certificate of their own.
const HBA = `hostssl all encrypted all trust
hostnossl all bare all trust
hostssl all certified all cert
host all scram all scram-sha-256
host all postgres all trust
`;

let certificates: Certificates;
let server: OwnPostgres;
let plain: OwnPostgres;
let client: { cert: string; key: string };

beforeAll(async () => {
  certificates = await makeCertificates();
  const { cert, key } = await certificates.sign('server', { commonName: 'server', altName: 'DNS:localhost' });
  client = await certificates.sign('client', { commonName: 'certified' });
  server = await startOwnPostgres({
    migrated: false,
    settings: ['ssl=on', `ssl_ca_file=authority.crt`],
    prepare: async (data, owned) => {
      await writeFile(join(data, 'pg_hba.conf'), HBA);
      for (const [from, name] of [
        [cert, 'server.crt'],
        [key, 'server.key'],
        [certificates.authority, 'authority.crt'],
      ] as const) {
        await copyFile(from, join(data, name));
        await owned(join(data, name));
      }
    },
  });
  plain = await startOwnPostgres({ migrated: false });
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create role encrypted login; create role bare login; create role certified login;
    create role scram login password 'secret'`);
  await admin.end();
});

afterAll(async () => {
  await server?.close();
  await plain?.close();
  await certificates?.close();
});

/** Whether the connection is encrypted; rejects where there is none. */
async function encrypted(url: string): Promise<boolean> {
  const connection = new PostgresClient({ url, application_name: 'test' });
  connection.on('error', () => undefined);
  try {
    await connection.connect();
    const { rows } = await connection.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
    return rows[0].ssl;
  } finally {
    await connection.end();
  }
}

/**
 * `server?…` is the one with TLS, by its address, which its certificate does not name; `localhost?…` by its
 * name.
 */
function urlOf(text: string): string {
  const [, place = '', parameters = ''] = /^([^?]+)\??(.*)$/.exec(text) ?? [];
  const [host, user = 'postgres'] = place.split('/');
  const { port } = new URL(host === 'plain' ? plain.url : server.url);
  const name = host === 'localhost' ? 'localhost' : '127.0.0.1';
  const filled = parameters
    .replace('AUTHORITY', certificates.authority)
    .replace('STRANGER', certificates.stranger)
    .replace('CERT', client.cert)
    .replace('KEY', client.key);
  return `postgresql://${user}@${name}:${port}/postgres?${filled}`;
}

test.each([
  ['server', true],
  ['server?sslmode=disable', false],
  ['server?sslmode=allow', false],
  ['server?sslmode=prefer', true],
  ['server?sslmode=require', true],
  ['server?ssl=true', true],
  ['server?sslmode=require&sslrootcert=AUTHORITY', true],
  ['server?sslmode=verify-ca&sslrootcert=AUTHORITY', true],
  ['localhost?sslmode=verify-full&sslrootcert=AUTHORITY', true],
  ['server?sslmode=require&sslsni=0&ssl_min_protocol_version=TLSv1.3', true],
  ['plain', false],
  ['plain?sslmode=disable', false],
  ['plain?sslmode=allow', false],
  ['plain?sslmode=prefer', false],
  // What the server lets in decides where both are possible.
  ['server/encrypted?sslmode=allow', true],
  ['server/encrypted?sslmode=prefer', true],
  ['server/bare?sslmode=prefer', false],
  ['server/bare?sslmode=allow', false],
  // A certificate that is not trusted is a failure of TLS, and prefer does without.
  ['server?sslmode=prefer&sslrootcert=STRANGER', false],
  ['server/certified?sslmode=require&sslcert=CERT&sslkey=KEY', true],
])('%s connects, encrypted: %s', async (text, ssl) => {
  expect(await encrypted(urlOf(text))).toBe(ssl);
});

/** Servers take TLS without being asked for it since Postgres 17; those without a name are the embedded one. */
function takesTlsAtOnce(): boolean {
  const { TEST_POSTGRES_BIN: programs } = process.env;
  if (!programs) return true;
  const { stdout } = spawnSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' });
  return Number(/ (\d+)/.exec(stdout)?.[1]) >= 17;
}

test.runIf(takesTlsAtOnce())('sslnegotiation=direct begins with TLS', async () => {
  expect(await encrypted(urlOf('server?sslmode=require&sslnegotiation=direct'))).toBe(true);
});

test.each([
  ['plain?sslmode=require', /does not offer TLS/],
  ['plain?sslmode=verify-ca&sslrootcert=AUTHORITY', /does not offer TLS/],
  ['plain?sslmode=verify-full', /does not offer TLS/],
  ['server?sslmode=require&sslrootcert=STRANGER', /certificate/],
  ['server?sslmode=verify-ca&sslrootcert=STRANGER', /certificate/],
  ['localhost?sslmode=verify-full&sslrootcert=STRANGER', /certificate/],
  ['server?sslmode=verify-full&sslrootcert=AUTHORITY', /does not match certificate/],
  ['localhost?sslmode=verify-full', /certificate/],
  ['localhost?sslrootcert=system', /certificate/],
  ['server/encrypted?sslmode=disable', /no encryption/],
  ['server/bare?sslmode=require', /SSL encryption/],
  ['server/certified?sslmode=require', /valid client certificate/],
  ['server?sslmode=require&sslrootcert=/nowhere/ca.crt', /sslrootcert .* \(ENOENT\): \/nowhere\/ca.crt/],
  ['server/certified?sslmode=require&sslcert=/nowhere/c&sslkey=KEY', /sslcert .* \(ENOENT\)/],
  ['plain?channel_binding=require', /no channel binding/],
  ['server/scram?sslmode=disable&password=secret&channel_binding=require', /no channel binding/],
  ['server/scram', /has none/],
])('%s does not connect', async (text, reason) => {
  await expect(encrypted(urlOf(text))).rejects.toThrow(reason);
});

test('channel binding is required where the URL says so', async () => {
  expect(await encrypted(urlOf('server/scram?password=secret&channel_binding=require'))).toBe(true);
});

test('a wrong password is offered once, not once more without TLS', async () => {
  const lines: string[] = [];
  const connection = new PostgresClient({
    url: urlOf('server/scram?password=wrong'),
    application_name: 'test',
  });
  connection.connection.on('connect', () => lines.push('startup'));
  await expect(connection.connect()).rejects.toMatchObject({ code: '28P01' });
  expect(lines).toEqual(['startup']);
});

test('no mode makes the driver warn', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
  onTestFinished(() => warned.mockRestore());
  for (const mode of ['allow', 'prefer', 'require', 'verify-ca', 'verify-full']) {
    await encrypted(urlOf(`localhost?sslmode=${mode}&sslrootcert=AUTHORITY`));
  }
  expect(warned).not.toHaveBeenCalled();
});

describe('the environment of the process', () => {
  test.each([
    'PGSSLMODE=verify-full',
    'PGSSLNEGOTIATION=direct',
    'PGOPTIONS=-c nonsense=1',
    'PGREPLICATION=true',
  ])('%s changes nothing', async (setting) => {
    const [name = '', value = ''] = setting.split(/=(.*)/);
    vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await encrypted(urlOf('server'))).toBe(true);
  });

  test('PGPASSWORD is not sent to anybody', async () => {
    vi.stubEnv('PGPASSWORD', 'secret');
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(encrypted(urlOf('server/scram'))).rejects.toThrow(/has none/);
  });
});
