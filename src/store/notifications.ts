/** News of the log by NOTIFY: sooner than asking, and never needed. */
import { once } from 'node:events';
import { startPeriodic } from '../waiting/periodic.ts';
import { PostgresClient } from './connection/client.ts';

/** The channel on which every appended event is announced; see `appendEvents`. */
export const LOG_CHANNEL = 'cph_events';

const RECONNECT_MS = 5_000;
/** For a server that is there and does not answer. */
const ANSWER_TIMEOUT_MS = 5_000;
/** How long we wait for Postgres to end a connection that we have said goodbye on. */
const GOODBYE_MS = 1_000;

interface LogListener {
  /** Hears nothing more, and ends the connection: soon, even when nobody is left at its other end. */
  readonly stop: () => Promise<void>;
}

/**
 * Calls `onAppend` when events were committed. Calls it after every new connection too, for events that
 * nobody heard of. It uses a connection of its own. One that fails is made again, in silence. Behind a
 * transaction-pooling proxy nothing is heard at all, so whoever listens also asks now and then, and learns
 * there what is wrong with the database.
 */
export function listenToLog(url: string, onAppend: () => void): LogListener {
  const listening = startPeriodic({
    work: (signal) => listenOnce(url, { onAppend, signal }),
    onDone: () => RECONNECT_MS,
    onFailure: () => RECONNECT_MS,
  });
  return { stop: () => listening.stop() };
}

interface Listening {
  readonly onAppend: () => void;
  readonly signal: AbortSignal;
}

/** Resolves when the connection was ended, and rejects when it fails or is called off. */
async function listenOnce(url: string, { onAppend, signal }: Listening): Promise<void> {
  const client = new PostgresClient({
    url,
    application_name: 'cph-inventory listen',
    query_timeout: ANSWER_TIMEOUT_MS,
  });
  const end = () => endWithin(client, GOODBYE_MS);
  signal.addEventListener('abort', end, { once: true });
  // Errors that come while nothing is awaited; what is awaited reports its own.
  client.on('error', () => undefined);
  try {
    await client.connect();
    client.on('notification', onAppend);
    await client.query(`listen ${LOG_CHANNEL}`);
    onAppend();
    await once(client, 'end', { signal });
  } finally {
    signal.removeEventListener('abort', end);
    await end();
  }
}

/** Ends a connection as is proper, or without the other end when that says nothing. */
async function endWithin(client: PostgresClient, ms: number): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), ms);
  await client.end();
  clearTimeout(timer);
}
