import { type Connections, openConnections } from '../network/connections.ts';
import type { Proxies } from '../network/proxies.ts';
import { withDeadline } from '../waiting/deadline.ts';
import type { Answer } from './classify.ts';
import { READABLE_CODINGS, textOf, UnreadableBody } from './content-coding.ts';
import { transportError } from './transport-error.ts';

interface WireRequest {
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
   * One request, one answer of any status, read to its end. Rejects with the signal's reason when that is
   * aborted, and with a {@link CphError} when no whole answer came in time, or one that is no text.
   */
  send(request: WireRequest, signal: AbortSignal): Promise<Answer>;
  /** What no text may be quoted with that answers: passwords of proxies. */
  readonly secrets: readonly string[];
  /** Drops every connection, requests in flight included. */
  close(): Promise<void>;
}

const LONGEST_CONNECT_MS = 10_000;
/** Tokens travel in headers and can be larger than Node's 16 KiB. */
const MAX_HEADER_BYTES = 64 * 1024;
/**
 * Compressed or not. A page of 100 images is about 50 KiB; phone-images without paging grows with the
 * project.
 */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * To be shared: a connection of one project's sweep serves the next project's, which saves it the TLS
 * handshakes.
 */
export function openTransport({ proxies }: { proxies?: Proxies | undefined } = {}): Transport {
  // The number of connections is not bounded here: callers bound what is in flight, and a request that waited
  // for a connection would use up its time without having been sent. So no project waits for another one's
  // either.
  const connections = openConnections({
    connectTimeoutMs: LONGEST_CONNECT_MS,
    proxies,
    maxHeaderBytes: MAX_HEADER_BYTES,
    maxBodyBytes: MAX_BODY_BYTES,
  });
  return {
    send: (request, signal) =>
      withDeadline(signal, {
        ms: request.timeoutMs,
        work: (bounded) => exchange(connections, { request, signal, bounded }),
      }),
    secrets: connections.secrets,
    close: connections.close,
  };
}

async function exchange(
  connections: Connections,
  { request, signal, bounded }: { request: WireRequest; signal: AbortSignal; bounded: AbortSignal },
): Promise<Answer> {
  const { method, url, body, endpoint, timeoutMs } = request;
  let status: number | null = null;
  try {
    const response = await connections.request(url, {
      method,
      body,
      headers: { 'accept-encoding': READABLE_CODINGS, ...request.headers },
      signal: bounded,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    status = response.statusCode;
    const { headers } = response;
    const bytes = await response.body.bytes();
    return { status, headers, text: await readText(bytes, { status, headers }) };
  } catch (cause) {
    signal.throwIfAborted();
    throw transportError(bounded.aborted ? bounded.reason : cause, { endpoint, status, host: url.host });
  }
}

/**
 * An error stays the error its status says, though its text cannot be read: taken for a broken answer, a
 * rejected credential would be sent again.
 */
async function readText(bytes: Uint8Array, { status, headers }: Omit<Answer, 'text'>): Promise<string> {
  const named = (name: string) => [headers[name] ?? []].flat().join(', ');
  const said = { contentEncoding: named('content-encoding'), contentType: named('content-type') };
  try {
    return await textOf(bytes, said, MAX_BODY_BYTES);
  } catch (error) {
    if (error instanceof UnreadableBody && status >= 400) return '';
    throw error;
  }
}
