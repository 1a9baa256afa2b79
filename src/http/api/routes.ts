/** The routes under /api: each question checked, answered as JSON or CSV, or refused in words. */
import { type Context, Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { takeParameters } from '../../answers/parameters.ts';
import { QueryFault } from '../../queries/run.ts';
import type { Database } from '../../store/database.ts';
import { csvStream } from './csv.ts';
import { type Endpoint, parametersOf } from './endpoint.ts';
import { ENDPOINTS } from './endpoints.ts';
import { NOT_FOUND, refusalOf, refuse, TOO_MANY } from './faults.ts';
import { openapiOf } from './openapi.ts';

export interface ApiOptions {
  /** For readers: looks have connections of their own. */
  readonly db: Database;
  readonly now: () => Date;
  readonly baselineAlerts: boolean;
  /** What comes before every address, such as `/cph`; empty at the root of a host. */
  readonly prefix: string;
  /** Told of what could not be answered though it should have been. */
  readonly onError: (error: unknown) => void;
}

/** Questions that are worked on or wait for a connection; more are told to come again. */
const MOST_AT_ONCE = 50;

/** All endpoints, the document about them, and what becomes of any other address. */
export function apiRoutes(options: ApiOptions): Hono {
  const app = new Hono();
  app.use(apiHeaders());
  const bounded = atMost(MOST_AT_ONCE);
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replace(/\{(\w+)\}/g, ':$1');
    app.get(path, (c) => bounded(c, () => answer(c, endpoint, options)));
  }
  app.get('/openapi.json', (c) => c.json(openapiOf(ENDPOINTS, options)));
  app.all('*', (c) => refuse(c, NOT_FOUND));
  app.onError((error, c) => {
    const refusal = refusalOf(error);
    if (refusal.status === 500) options.onError(error);
    return refuse(c, refusal);
  });
  return app;
}

/** Nothing is kept, framed, or given to other origins; what is read as a page does nothing. */
function apiHeaders() {
  const headers = secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    crossOriginResourcePolicy: 'same-origin',
    referrerPolicy: 'no-referrer',
    xFrameOptions: 'DENY',
    // Whether a host is only ever reached over TLS is for the proxy in front to say.
    strictTransportSecurity: false,
  });
  return async (c: Context, next: () => Promise<void>) => {
    c.header('cache-control', 'no-store');
    return await headers(c, next);
  };
}

function atMost(most: number) {
  let underWay = 0;
  return async (c: Context, work: () => Promise<Response>): Promise<Response> => {
    if (underWay >= most) return refuse(c, TOO_MANY);
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };
}

async function answer(c: Context, endpoint: Endpoint, options: ApiOptions): Promise<Response> {
  const { db, baselineAlerts } = options;
  const asking = { db, baselineAlerts, now: options.now() };
  const parts = takeParameters(endpoint.parts, c.req.param());
  const { format, ...parameters } = takeParameters(parametersOf(endpoint), askedOnce(c));
  const given = { parts, parameters };
  if (endpoint.table && format === 'csv') {
    return c.body(await csvStream(endpoint.table, asking, given), 200, csvHeaders(endpoint));
  }
  const found = await endpoint.answer(asking, given);
  return found === null ? refuse(c, NOT_FOUND) : c.json(found);
}

/** @throws QueryFault for a parameter that comes twice: which one is meant, nobody can tell. */
function askedOnce(c: Context): Record<string, string> {
  const given = Object.entries(c.req.queries());
  const repeated = given.find(([, values]) => values.length > 1);
  if (repeated) throw new QueryFault(repeated[0], `${repeated[0]} is given more than once`);
  return Object.fromEntries(given.map(([name, [value = '']]) => [name, value]));
}

function csvHeaders({ path }: Endpoint): Record<string, string> {
  return {
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="cph${path.replaceAll('/', '-')}.csv"`,
  };
}
