import { Pool } from 'undici';
import { withDeadline } from './cancellation.ts';
import type { Answer } from './classify.ts';
import { transportError } from './transport-error.ts';

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** What is asked, for messages. */
  readonly endpoint: string;
}

/** One origin's connections. */
export interface Transport {
  /**
   * One request, one answer of any status, read to its end. Rejects with the signal's reason when that is aborted, and
   * with a {@link CphError} of kind `unreachable` when no whole answer came in time.
   */
  send(request: WireRequest, signal: AbortSignal): Promise<Answer>;
  /** Drops every connection, requests in flight included. */
  close(): Promise<void>;
}

const LONGEST_CONNECT_MS = 10_000;
/** Tokens travel in headers and can be larger than Node's 16 KiB. */
const MAX_HEADER_BYTES = 64 * 1024;
/** A page of 100 images is about 50 KiB; phone-images without paging grows with the project. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** `requestTimeoutMs` bounds a request from connecting to the last byte, however slowly those drip in. */
export function openTransport(origin: string, { requestTimeoutMs }: { requestTimeoutMs: number }): Transport {
  // The number of connections is not bounded here: callers bound what is in flight, and a request that waited for a
  // connection would use up its time without having been sent.
  const pool = new Pool(origin, {
    // Stated, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot take it away.
    connect: { timeout: Math.min(LONGEST_CONNECT_MS, requestTimeoutMs), rejectUnauthorized: true },
    headersTimeout: requestTimeoutMs,
    bodyTimeout: requestTimeoutMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxResponseSize: MAX_BODY_BYTES,
  });
  return {
    send: (request, signal) =>
      withDeadline(signal, {
        ms: requestTimeoutMs,
        work: (bounded) => exchange(pool, { request, signal, bounded }),
      }),
    close: () => pool.destroy(),
  };
}

async function exchange(
  pool: Pool,
  { request, signal, bounded }: { request: WireRequest; signal: AbortSignal; bounded: AbortSignal },
): Promise<Answer> {
  const { method, url, headers, body, endpoint } = request;
  let status: number | null = null;
  try {
    const path = url.pathname + url.search;
    const response = await pool.request({ method, path, headers, body, signal: bounded });
    status = response.statusCode;
    return { status, headers: response.headers, text: await response.body.text() };
  } catch (cause) {
    signal.throwIfAborted();
    throw transportError(bounded.aborted ? bounded.reason : cause, { endpoint, status });
  }
}
