import { expect, onTestFinished, test } from 'vitest';
import { READY, type Readiness, startHttpServer } from '../src/http/server.ts';
import { moment } from './support/moment.ts';
import { NO_SITE } from './support/site.ts';
import { until } from './support/until.ts';

async function serverWith(readiness: Readiness) {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    readiness: async () => readiness,
    site: NO_SITE,
    metrics: { contentType: 'text/plain; version=0.0.4', page: async () => 'cph_database_up 1\n' },
  });
  onTestFinished(() => server.close());
  return server;
}

const WELL = { database: READY, migrations: READY, schedules: READY };

test('a daemon that can do its work is alive and ready', async () => {
  const { url } = await serverWith(WELL);
  expect(await (await fetch(`${url}/livez`)).text()).toBe('ok\n');
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { ready: true, ...WELL }]);
});

test('one without its database is alive, not ready, and says why', async () => {
  const { url } = await serverWith({ ...WELL, database: 'no connection' });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ ready: false, database: 'no connection' });
});

test('metrics come in the format they say', async () => {
  const { url } = await serverWith(WELL);
  const page = await fetch(`${url}/metrics`);
  expect(page.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  expect(await page.text()).toBe('cph_database_up 1\n');
});

test('any other path is not found, and leads to what there is', async () => {
  const { url } = await serverWith(WELL);
  const answer = await fetch(`${url}/nothing`);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('<a href="/">');
});

test('a port somebody else has rejects, and a closed server gives its port back', async () => {
  const first = await serverWith(WELL);
  const port = Number(new URL(first.url).port);
  const options = {
    host: '127.0.0.1',
    port,
    readiness: async () => WELL,
    site: NO_SITE,
    metrics: { contentType: '', page: async () => '' },
  };
  await expect(startHttpServer(options)).rejects.toThrow(/EADDRINUSE/);
  await first.close();
  const second = await startHttpServer(options);
  await second.close();
});

test('whoever asks while an answer is being made gets that answer, and whoever asks later a new one', async () => {
  const asked = { metrics: 0, readiness: 0 };
  const answering = moment();
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    readiness: async () => {
      asked.readiness += 1;
      await answering.come;
      return WELL;
    },
    site: NO_SITE,
    metrics: {
      contentType: 'text/plain',
      page: async () => {
        asked.metrics += 1;
        await answering.come;
        return `page ${asked.metrics}`;
      },
    },
  });
  onTestFinished(() => server.close());
  const get = async (path: string) => (await fetch(`${server.url}${path}`)).text();
  const both = Array.from({ length: 50 }, () => [get('/metrics'), get('/readyz')]).flat();
  await until(() => asked.metrics > 0 && asked.readiness > 0);
  // All hundred have arrived once the server has another one answered.
  await get('/livez');
  answering.now();
  await Promise.all(both);
  expect(asked).toEqual({ metrics: 1, readiness: 1 });
  expect(await get('/metrics')).toBe('page 2');
});

test('an answer that failed is not given to whoever asks next', async () => {
  let fails = true;
  const { url, close } = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    readiness: async () => WELL,
    site: NO_SITE,
    metrics: {
      contentType: 'text/plain',
      page: async () => {
        if (fails) throw new Error('away');
        return 'page';
      },
    },
  });
  onTestFinished(close);
  expect((await fetch(`${url}/metrics`)).status).toBe(500);
  fails = false;
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
});
