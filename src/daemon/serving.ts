/** What a daemon shows over HTTP: as soon as its address is free, and from database connections of its own. */
import type { Config } from '../config/config.ts';
import type { Metrics } from '../http/metrics.ts';
import { type HttpServer, startHttpServer } from '../http/server.ts';
import { type Database, openDatabase } from '../store/database.ts';
import { errorText } from '../sync/trouble.ts';
import { startPeriodic } from '../waiting/periodic.ts';
import type { Log } from './log.ts';
import { readinessOf } from './readiness.ts';
import { describeError } from './run-log.ts';

/** For everybody who only reads. Looks have others, so that no number of readers keeps them waiting. */
const READER_CONNECTIONS = 3;
/** Longer than any answer takes, so that one that got out of hand leaves its connection to others. */
const READ_MS = 10_000;
/** Whoever has our port is mostly our predecessor, which is about to end. */
const LISTEN_AGAIN_MS = 1_000;

/** Two settings say where; which of them is wrong, the system's code tells. */
function refusalText({ host, port }: { host: string; port: number }, error: unknown): string {
  const code = Object(error).code;
  const again = 'and it is tried again until that works';
  const place = `no page, probes or metrics on ${host}:${port}`;
  if (code === 'EADDRINUSE')
    return `${place}: another program has the port; end it or set another CPH_HTTP_PORT, ${again}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${place}: CPH_HTTP_HOST is no address of this machine (${code}), ${again}`;
  if (code === 'EACCES')
    return `${place}: this account may not use the port; set a CPH_HTTP_PORT above 1023, ${again}`;
  return `${place}: ${errorText(error)}, ${again}`;
}

interface ServingOptions {
  /** What the daemon works with: whether it answers is what probes ask. */
  readonly db: Database;
  /** The same database. */
  readonly url: string;
  readonly log: Log;
  readonly now: () => Date;
  readonly metrics: Metrics;
  /** Whether the schedules are running. */
  readonly scheduled: () => boolean;
}

interface Serving {
  /** Where it is served, once it is. */
  readonly url: () => string | null;
  /** Ends the server, or the attempts to start one, and waits for what readers have asked. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts serving, and resolves after the first attempt. A port that somebody else has is no reason not to keep
 * the inventory: it is tried again until it is free. The log says so once, and again when it was got.
 */
export async function startServing({ http, ...config }: Config, options: ServingOptions): Promise<Serving> {
  if (!http) return { url: () => null, stop: async () => {} };
  const { db, url, log, now, metrics, scheduled } = options;
  const readers = openDatabase({
    url,
    applicationName: 'cph-inventory readers',
    maxConnections: READER_CONNECTIONS,
    readsForMs: READ_MS,
  });
  const page = () => metrics.page(readers.db, config);
  const routes = {
    readiness: () => readinessOf(db, { scheduled: scheduled() }),
    metrics: { contentType: metrics.contentType, page },
    site: {
      ...{ db: readers.db, now, publicUrl: config.publicUrl, baselineAlerts: config.baselineAlerts },
      onError: (error: unknown) =>
        log.error({ error: describeError(error) }, 'a reader could not be answered'),
    },
  };
  let refused = false;
  let server: HttpServer | null = null;
  const listen = async () => {
    server = await startHttpServer({ ...http, ...routes });
    log.info(`page, probes and metrics on ${server.url}`);
  };
  const refuse = (error: unknown) => {
    if (!refused) log.error(refusalText(http, error));
    refused = true;
    return LISTEN_AGAIN_MS;
  };
  const firstMs = await listen().then(() => Number.POSITIVE_INFINITY, refuse);
  const listening = startPeriodic({
    firstMs,
    work: listen,
    onDone: () => Number.POSITIVE_INFINITY,
    onFailure: refuse,
  });
  return {
    url: () => server?.url ?? null,
    stop: async () => {
      await listening.stop();
      await server?.close();
      await readers.close();
    },
  };
}
