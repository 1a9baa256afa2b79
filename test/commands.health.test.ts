import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { health } from '../src/commands/health.ts';
import { READY, type Readiness, startHttpServer } from '../src/http/server.ts';
import { outcomeOf } from './support/command-context.ts';
import type { Env } from './support/simulated-project.ts';
import { NO_SITE } from './support/site.ts';

const WELL: Readiness = { database: READY, migrations: READY, schedules: READY };

/** The server of a daemon, and the port it has. */
async function daemonOn(host: string, readiness: Readiness = WELL): Promise<string> {
  const metrics = { contentType: 'text/plain', page: async () => '' };
  const server = await startHttpServer({
    ...{ host, port: 0, readiness: async () => readiness, metrics, site: NO_SITE },
  });
  onTestFinished(() => server.close());
  return new URL(server.url).port;
}

/** Some other program, and the port it has. */
async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

const ask = (env: Env) => outcomeOf(health, { env, now: new Date() });

describe('a daemon that is ready', () => {
  test.each(['127.0.0.1', 'localhost', '0.0.0.0', '0', '::', '::1', '0:0:0:0:0:0:0:0'])(
    'is asked where it listens on %s',
    async (host) => {
      const port = await daemonOn(host === '0' ? '0.0.0.0' : host);
      expect(await ask({ CPH_HTTP_HOST: host, CPH_HTTP_PORT: port })).toEqual({ code: 0, text: 'ready\n' });
    },
  );

  test('is found by the configuration file, without its credentials', async () => {
    const port = await daemonOn('127.0.0.1');
    const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-health-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'inventory.yaml');
    await writeFile(file, `http: { host: 0.0.0.0, port: ${port} }\nprojects: []\n`);
    expect(await ask({ CPH_CONFIG: file })).toEqual({ code: 0, text: 'ready\n' });
  });
});

describe('the answer is 1, with the reason,', () => {
  test('when a part of it cannot work', async () => {
    const port = await daemonOn('127.0.0.1', { ...WELL, database: 'no connection' });
    const { code, text } = await ask({ CPH_HTTP_PORT: port });
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining('"database":"no connection"') });
  });

  test('when nobody listens', async () => {
    const { code, text } = await ask({ CPH_HTTP_PORT: '1' });
    expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(/127\.0\.0\.1:1.*ECONNREFUSED/) });
  });

  test.each<[string, RequestListener]>([
    ['says 200 to everything', (_, response) => void response.end('<html>welcome</html>')],
    ['answers with other JSON', (_, response) => void response.end('{"status":"UP"}')],
    ['leads elsewhere', (_, response) => void response.writeHead(302, { location: '/login' }).end()],
    ['has no such page', (_, response) => void response.writeHead(404).end('no')],
  ])('when another program that %s has the port', async (_, answer) => {
    const { code, text } = await ask({ CPH_HTTP_PORT: await listening(answer) });
    expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining('check the port') });
  });

  test('when the connection is cut', async () => {
    const { code } = await ask({
      CPH_HTTP_PORT: await listening((request) => void request.socket.destroy()),
    });
    expect(code).toBe(1);
  });

  test.each<[string, Env, string]>([
    ['nothing is served', { CPH_HTTP_PORT: 'off' }, 'off'],
    ["the port is anybody's guess", { CPH_HTTP_PORT: '0' }, 'free port'],
    ['the configuration is wrong', { CPH_HTTP_PORT: 'eighty' }, 'CPH_HTTP_PORT'],
    [
      'the configuration file is not there',
      { CPH_CONFIG: '/nowhere/inventory.yaml' },
      '/nowhere/inventory.yaml',
    ],
  ])('when %s', async (_, env, said) => {
    expect(await ask(env)).toEqual({ code: 1, text: expect.stringContaining(said) });
  });
});
