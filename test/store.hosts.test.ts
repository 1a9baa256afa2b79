import { writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { freePort } from './support/pgbouncer.ts';
import { type OwnPostgres, startOwnPostgres } from './support/replica-postgres.ts';

let primary: OwnPostgres;
let standby: OwnPostgres;
let nobody: string;
/** Takes connections, and says nothing. */
let silent: Server;
const taken: Socket[] = [];

const portOf = (url: string) => new URL(url).port;

beforeAll(async () => {
  primary = await startOwnPostgres({ migrated: false });
  standby = await startOwnPostgres({ migrated: false });
  await standby.restart(async (data, owned) => {
    await writeFile(join(data, 'standby.signal'), '');
    await owned(join(data, 'standby.signal'));
  });
  nobody = String(await freePort());
  silent = createServer((socket) => taken.push(socket)).listen(await freePort(), '127.0.0.1');
});

afterAll(async () => {
  for (const socket of taken) socket.destroy();
  silent?.close();
  await primary?.close();
  await standby?.close();
});

/** `nobody,standby?…`, with the words for ports, as the URL of these hosts. */
function urlOf(text: string): string {
  const [hosts = '', parameters = ''] = text.split('?');
  const address = silent.address();
  const ports: Record<string, string> = {
    nobody,
    primary: portOf(primary.url),
    standby: portOf(standby.url),
    silent: typeof address === 'object' ? String(address?.port) : '',
  };
  const places = hosts.split(',').map((host) => `127.0.0.1:${ports[host]}`);
  return `postgresql://postgres@${places.join(',')}/postgres?${parameters}`;
}

async function portReached(url: string): Promise<string> {
  const { db, close } = openDatabase({ url, applicationName: 'test', maxConnections: 1 });
  onTestFinished(close);
  const { rows } = await db.execute(sql`select current_setting('port') as port`);
  return String(rows[0]?.port);
}

test.each([
  ['primary,standby', 'primary'],
  ['standby,primary', 'standby'],
  ['nobody,primary', 'primary'],
  ['nobody,nobody,standby', 'standby'],
  ['silent,primary?connect_timeout=2', 'primary'],
  ['standby,primary?target_session_attrs=any', 'standby'],
  ['standby,primary?target_session_attrs=read-write', 'primary'],
  ['standby,primary?target_session_attrs=primary', 'primary'],
  ['primary,standby?target_session_attrs=read-only', 'standby'],
  ['primary,standby?target_session_attrs=standby', 'standby'],
  ['primary,standby?target_session_attrs=prefer-standby', 'standby'],
  ['primary,nobody?target_session_attrs=prefer-standby', 'primary'],
  ['nobody,primary?load_balance_hosts=random', 'primary'],
])('%s reaches %s', async (hosts, server) => {
  expect(await portReached(urlOf(hosts))).toBe(portOf(server === 'primary' ? primary.url : standby.url));
});

test('one port may stand for all hosts, and hostaddr for their addresses', async () => {
  const port = portOf(primary.url);
  const parameters = `host=db-1.invalid,db-2.invalid&hostaddr=127.0.0.1,127.0.0.1&port=${port}`;
  expect(await portReached(`postgresql://postgres@/postgres?${parameters}`)).toBe(port);
});

test('where no host will do, the error says why of each', async () => {
  const standbyOnly = portReached(urlOf('nobody,standby?target_session_attrs=read-write'));
  await expect(standbyOnly).rejects.toMatchObject({
    cause: {
      message: expect.stringMatching(
        /^127\.0\.0\.1:\d+: connect ECONNREFUSED.*; 127\.0\.0\.1:\d+: the server is a standby, and target_session_attrs=read-write$/,
      ),
    },
  });
});

test('where no host is there, it is an outage like that of one', async () => {
  await expect(portReached(urlOf('nobody,nobody'))).rejects.toMatchObject({
    cause: { code: 'ECONNREFUSED' },
  });
});

test('a database that is read-only is no place for read-write', async () => {
  const { db, close } = openDatabase({ url: primary.url, applicationName: 'test', maxConnections: 1 });
  onTestFinished(close);
  await db.execute(sql`alter role postgres set default_transaction_read_only = on`);
  onTestFinished(async () => {
    await db.execute(
      sql`set transaction read write; alter role postgres reset default_transaction_read_only`,
    );
  });
  await expect(portReached(urlOf('primary?target_session_attrs=read-write'))).rejects.toMatchObject({
    cause: { message: 'the server is read-only, and target_session_attrs=read-write' },
  });
});
