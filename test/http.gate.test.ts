import { describe, expect, test } from 'vitest';
import { apiServer, statusFor } from './support/api-server.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
const PUBLIC = new URL('https://Ops.Example.com:8443/cph/');

describe('who is answered', () => {
  test.each([
    ['127.0.0.1', 200],
    ['127.0.0.1:8080', 200],
    ['10.1.2.3', 200],
    ['[::1]:8080', 200],
    ['[::1]', 200],
    ['localhost', 200],
    ['LOCALHOST:1', 200],
    ['localhost.', 200],
    ['ops.example.com', 200],
    ['OPS.example.com:443', 200],
    ['evil.example.com', 421],
    ['ops.example.com.evil.com', 421],
    ['127.0.0.1.evil.com', 421],
    ['localhost.evil.com', 421],
    ['evil.com:127.0.0.1', 400],
    ['evil-localhost', 421],
    ['2130706433', 421],
    ['0x7f.1', 421],
    ['[evil.com]', 400],
    ['user@127.0.0.1', 400],
    ['127.0.0.1/', 400],
    [' ', 421],
  ])('a request for host %j: %i', async (host, status) => {
    const { url } = await apiServer(database.db, { publicUrl: PUBLIC });
    expect(await statusFor(`${url}/api/now`, { headers: { host } })).toBe(status);
  });

  test.each(['x-forwarded-host', 'forwarded', 'origin', 'referer'])(
    'a foreign host stays one whatever %s says, and a known one is known',
    async (name) => {
      const { url } = await apiServer(database.db, { publicUrl: PUBLIC });
      const ask = (host: string, value: string) =>
        statusFor(`${url}/api/now`, { headers: { host, [name]: value } });
      expect(await ask('evil.com', 'host=localhost')).toBe(421);
      expect(await ask('localhost', 'evil.com')).toBe(200);
    },
  );

  test('nobody by a name that CPH_PUBLIC_URL does not say; probes and metrics answer to any', async () => {
    const { url } = await apiServer(database.db);
    const headers = { host: 'ops.example.com' };
    expect(await statusFor(`${url}/api/now`, { headers })).toBe(421);
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect(await statusFor(`${url}${path}`, { headers })).toBe(200);
  });
});

describe('what is answered', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('%s is 405', async (method) => {
    const { url } = await apiServer(database.db);
    const answer = await fetch(`${url}/api/images`, { method, headers: { origin: 'https://evil.com' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });

  test('HEAD has the headers and no body', async () => {
    const { url } = await apiServer(database.db);
    const answer = await fetch(`${url}/api/images`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  test.each(['/api/now', '/cph/api/now'])(
    '%s, whether a proxy takes the prefix away or not',
    async (path) => {
      const { get } = await apiServer(database.db, { publicUrl: PUBLIC });
      expect((await get(path)).status).toBe(200);
    },
  );

  test.each(['/cphapi/now', '/cph/cph/api/now', '/other/api/now'])('%s is not', async (path) => {
    const { get } = await apiServer(database.db, { publicUrl: PUBLIC });
    expect((await get(path)).status).toBe(404);
  });
});

test('a reader that reads nothing keeps nobody else waiting', async () => {
  const { url, get } = await apiServer(database.db);
  const stalled = await Promise.all(Array.from({ length: 20 }, () => fetch(`${url}/api/images?format=csv`)));
  expect((await get('/api/now')).status).toBe(200);
  await Promise.all(stalled.map((answer) => answer.body?.cancel()));
});
