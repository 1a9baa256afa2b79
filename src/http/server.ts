/** What the daemon shows of itself over HTTP. Nothing here changes state. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { shared } from '../waiting/shared.ts';

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
}

export interface HttpServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Listens, and resolves once it does. Rejects when the address cannot be had. */
export async function startHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { host, port } = options;
  const server = serve({ fetch: routes(options).fetch, hostname: host, port }) as Server;
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

/**
 * The routes, apart from the socket they are served on. However many ask for the same at once, the database
 * is asked once.
 */
function routes({ readiness, metrics }: HttpOptions): Hono {
  const app = new Hono();
  const ready = shared(readiness);
  const page = shared(metrics.page);
  app.get('/livez', (c) => c.text('ok\n'));
  app.get('/readyz', async (c) => {
    const parts = await ready();
    const all = Object.values(parts).every((part) => part === READY);
    return c.json({ ready: all, ...parts }, all ? 200 : 503);
  });
  app.get('/metrics', async (c) => c.body(await page(), 200, { 'content-type': metrics.contentType }));
  app.notFound((c) => c.text('There are /livez, /readyz and /metrics here.\n', 404));
  app.onError((_error, c) => c.text('This could not be answered; the log says why.\n', 500));
  return app;
}
