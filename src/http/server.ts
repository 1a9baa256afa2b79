/** What the daemon shows of itself over HTTP. Nothing here changes state. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import { pageRoutes } from '../page/app.tsx';
import { readAssets } from '../page/assets.ts';
import type { Database } from '../store/database.ts';
import { shared } from '../waiting/shared.ts';
import { apiRoutes } from './api/routes.ts';
import { eventStreamRoutes } from './event-stream.ts';
import { gate } from './gate.ts';
import { followLog, type LogFollower } from './log-follower.ts';

/** Whether the daemon can do its work, part by part; a part that cannot says why. */
export type Readiness = Readonly<Record<'database' | 'migrations' | 'schedules', string>>;

/** What a part that works says. */
export const READY = 'ok';

interface HttpOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: { readonly contentType: string; readonly page: () => Promise<string> };
  readonly site: Site;
}

/** What is shown of the inventory, and to whom. */
export interface Site {
  /** For readers: looks have connections of their own. */
  readonly db: Database;
  readonly now: () => Date;
  /** Where people reach it; its path comes before every address. */
  readonly publicUrl: URL | null;
  /** Whether images that had failed before their project was first read need attention. */
  readonly baselineAlerts: boolean;
  /** Told of what could not be answered though it should have been. */
  readonly onError: (error: unknown) => void;
}

export interface HttpServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Listens, and resolves once it does. Rejects when the address cannot be had. */
export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { host, port, site } = options;
  const follower = followLog(site.db);
  const server = serve({ fetch: routes(options, follower).fetch, hostname: host, port }) as Server;
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
      await follower.stop();
    },
  };
}

/**
 * The routes, apart from the socket they are served on. However many ask for the same at once, the database
 * is asked once.
 */
export function routes(
  { readiness, metrics, site }: Omit<HttpOptions, 'host' | 'port'>,
  follower: LogFollower,
): Hono {
  const prefix = site.publicUrl?.pathname.replace(/\/+$/, '') ?? '';
  // A proxy may have taken the prefix away, or passed it on: both are answered.
  const app = new Hono({ getPath: (request) => withoutPrefix(getPath(request), prefix) });
  const ready = shared(readiness);
  const page = shared(metrics.page);
  app.get('/livez', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const parts = await ready();
    const all = Object.values(parts).every((part) => part === READY);
    return c.json({ ready: all, ...parts }, all ? 200 : 503);
  });
  app.get('/metrics', async (c) => c.body(await page(), 200, { 'content-type': metrics.contentType }));
  app.use(gate(site));
  app.route('/api/events/stream', eventStreamRoutes({ db: site.db, follower }));
  app.route('/api', apiRoutes({ ...site, prefix }));
  app.route('/', pageRoutes({ ...site, prefix, assets: readAssets() }));
  app.onError((error, c) => {
    site.onError(error);
    return c.text('This could not be answered; the log says why.\n', 500);
  });
  return app;
}

function withoutPrefix(path: string, prefix: string): string {
  if (prefix === '' || !(path === prefix || path.startsWith(`${prefix}/`))) return path;
  return path.slice(prefix.length) || '/';
}
