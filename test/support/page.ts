/** The page without a socket and without a browser: asked for, and read as text. */
import { onTestFinished } from 'vitest';
import { followLog } from '../../src/http/log-follower.ts';
import { READY, routes, type Site } from '../../src/http/server.ts';
import type { Database } from '../../src/store/database.ts';
import { siteOf } from './site.ts';

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
}

export interface AskedPage {
  readonly status: number;
  readonly html: string;
  /** What a person reads: without the tags, in one line. */
  readonly text: string;
  readonly headers: Headers;
}

interface PageUnderTest {
  readonly get: (path: string, asked?: Asked) => Promise<AskedPage>;
}

export function openPage(db: Database, said: Partial<Omit<Site, 'db'>> = {}): PageUnderTest {
  const follower = followLog(db);
  onTestFinished(() => follower.stop());
  const readiness = async () => ({ database: READY, migrations: READY, schedules: READY });
  const metrics = { contentType: 'text/plain', page: async () => '' };
  const app = routes({ readiness, metrics, site: siteOf(db, said) }, follower);
  const get = async (path: string, { headers = {} }: Asked = {}) => {
    const answer = await app.request(path, { headers: { host: 'localhost', ...headers } });
    const html = await answer.text();
    return { status: answer.status, html, text: textOf(html), headers: answer.headers };
  };
  return { get };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };

function textOf(html: string): string {
  const [, body = html] = html.split('<body>');
  return body
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\s+/g, ' ');
}
