/** A server on a free port of 127.0.0.1 that shows a test's database, and how it is asked. */
import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import { READY, type Site, startHttpServer } from '../../src/http/server.ts';
import type { Database } from '../../src/store/database.ts';
import { imagesRecord } from './image-records.ts';
import { scriptedProject } from './scripted-project.ts';
import { siteOf } from './site.ts';

export interface ApiServer {
  readonly url: string;
  readonly get: (path: string) => Promise<Response>;
  /** The document, with its status in front. */
  readonly json: (path: string) => Promise<[status: number, answer: Record<string, unknown>]>;
}

/** Ends with the test. */
export async function apiServer(db: Database, said: Partial<Omit<Site, 'db'>> = {}): Promise<ApiServer> {
  const { url, close } = await startHttpServer({
    ...{ host: '127.0.0.1', port: 0, site: siteOf(db, said) },
    readiness: async () => ({ database: READY, migrations: READY, schedules: READY }),
    metrics: { contentType: 'text/plain', page: async () => '' },
  });
  onTestFinished(close);
  const get = (path: string) => fetch(`${url}${path}`);
  return {
    url,
    get,
    json: async (path) => {
      const answer = await get(path);
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    },
  };
}

/** The status of a request with exactly these headers: `fetch` would set a host of its own. */
export async function statusFor(
  url: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Readonly<Record<string, string>> },
): Promise<number | undefined> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, setHost: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
}

/** Images with these names; the first one is built meanwhile. */
export async function inventoryOf(db: Database, names: readonly string[] = ['one', 'two']): Promise<void> {
  const { api, sweep } = await scriptedProject(db);
  const image = (image_name: string, i: number) => imagesRecord(`i${i}`, { image_name });
  api.records = names.map((name, i) => (i === 0 ? imagesRecord('i0', { status_code: 0 }) : image(name, i)));
  await sweep();
  api.records = names.map(image);
  await sweep();
}
