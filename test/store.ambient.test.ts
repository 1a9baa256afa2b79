/** What lies around on a machine for other programs' Postgres must not change where, or how, ours is reached. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { listenToLog } from '../src/store/notifications.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useEmbedded } from './support/postgres-embedded.ts';

const database = useTestDatabase();
const embedded = useEmbedded();
afterEach(() => vi.unstubAllEnvs());

/** Each breaks a connection, or what comes over it, when the driver takes it up. */
const HOSTILE: Readonly<Record<string, string>> = {
  PGHOST: '192.0.2.1',
  PGPORT: '1',
  PGUSER: 'somebody',
  PGDATABASE: 'no_such_database',
  PGPASSWORD: 'wrong',
  PGOPTIONS: '-c default_transaction_read_only=on',
  PGREPLICATION: 'true',
  PGSSLMODE: 'verify-full',
  PGSSLNEGOTIATION: 'direct',
  PGCLIENT_ENCODING: 'LATIN1',
  PGBINARY: 'true',
  PGAPPNAME: 'somebody else',
  PGCONNECT_TIMEOUT: 'soon',
};

describe('variables of libpq', () => {
  test.each(Object.entries(HOSTILE))('%s changes nothing about a connection', async (name, value) => {
    vi.stubEnv(name, value);
    expect(await settings(database.directUrl)).toEqual({
      application_name: 'test',
      client_encoding: 'UTF8',
      read_only: 'off',
      answer: 42,
    });
    expect(process.env[name]).toBe(value);
  });

  test('all of them change nothing about the embedded Postgres', async () => {
    for (const [name, value] of Object.entries(HOSTILE)) vi.stubEnv(name, value);
    const { url } = await embedded.start();
    expect(await settings(url)).toMatchObject({ answer: 42 });
  });

  test('all of them keep nobody from hearing of events', async () => {
    for (const [name, value] of Object.entries(HOSTILE)) vi.stubEnv(name, value);
    const heard = await new Promise<string>((resolve) => {
      const listener = listenToLog(database.directUrl, () => resolve('heard'));
      onTestFinished(() => listener.stop());
    });
    expect(heard).toBe('heard');
  });
});

describe('a password', () => {
  test('is not taken from the environment', async () => {
    const { url, password } = withoutPassword((await embedded.start()).url);
    vi.stubEnv('PGPASSWORD', password);
    await expect(settings(url)).rejects.toThrow();
  });

  test('is not taken from a file in the home directory', async () => {
    const { url, password } = withoutPassword((await embedded.start()).url);
    const home = await mkdtemp(join(tmpdir(), 'cph-inventory-home-'));
    onTestFinished(() => rm(home, { recursive: true }));
    await writeFile(join(home, '.pgpass'), `*:*:*:*:${password}\n`);
    await chmod(join(home, '.pgpass'), 0o600);
    vi.stubEnv('HOME', home);
    await expect(settings(url)).rejects.toThrow();
  });
});

function withoutPassword(given: string): { url: string; password: string } {
  const url = new URL(given);
  const { password } = url;
  url.password = '';
  return { url: url.href, password };
}

async function settings(url: string): Promise<Record<string, unknown> | undefined> {
  const { db, close } = openDatabase({ url, applicationName: 'test', maxConnections: 1 });
  try {
    const { rows } = await db.execute(sql`
      select current_setting('application_name') as application_name,
        current_setting('client_encoding') as client_encoding,
        current_setting('default_transaction_read_only') as read_only, 42 as answer`);
    return rows[0];
  } finally {
    await close();
  }
}
