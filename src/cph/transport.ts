import { Agent } from 'undici';
import { withDeadline } from '../waiting/deadline.ts';
import type { Answer } from './classify.ts';
import { transportError } from './transport-error.ts';

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** What is asked, for messages. */
  readonly endpoint: string;
  /** From connecting to the last byte, however slowly those drip in. */
  readonly timeoutMs: number;
}

/** Connections to any number of origins, kept for whoever asks next. */
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

/** To be shared: a connection of one project's sweep serves the next project's, which saves it the TLS handshakes. */
export function openTransport(): Transport {
  // The number of connections is not bounded here: callers bound what is in flight, and a request that waited for a
  // connection would use up its time without having been sent. So no project waits for another one's either.
  const agent = new Agent({
    // Stated, so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot take it away.
    connect: { timeout: LONGEST_CONNECT_MS, rejectUnauthorized: true },
    maxHeaderSize: MAX_HEADER_BYTES,
    maxResponseSize: MAX_BODY_BYTES,
  });
  return {
    send: (request, signal) =>
      withDeadline(signal, {
        ms: request.timeoutMs,
        work: (bounded) => exchange(agent, { request, signal, bounded }),
      }),
    close: () => agent.destroy(),
  };
}

async function exchange(
  agent: Agent,
  { request, signal, bounded }: { request: WireRequest; signal: AbortSignal; bounded: AbortSignal },
): Promise<Answer> {
  const { method, url, headers, body, endpoint, timeoutMs } = request;
  let status: number | null = null;
  try {
    const { origin, pathname, search } = url;
    const response = await agent.request({
      origin,
      path: pathname + search,
      method,
      headers,
      body,
      signal: bounded,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    status = response.statusCode;
    return { status, headers: response.headers, text: await response.body.text() };
  } catch (cause) {
    signal.throwIfAborted();
    throw transportError(bounded.aborted ? bounded.reason : cause, { endpoint, status });
  }
}
