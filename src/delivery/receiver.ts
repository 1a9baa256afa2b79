import type { Dispatcher } from 'undici';
import { type Connections, openConnections } from '../network/connections.ts';
import type { Proxies } from '../network/proxies.ts';
import { ProxyError } from '../network/proxy-error.ts';
import { withDeadline } from '../waiting/deadline.ts';
import { type Answer, type Verdict, verdictOn } from './receiver-answer.ts';
import { basicCredential, secretsOf } from './receiver-url.ts';

/** Where a sink posts to. */
export interface Receiver {
  /**
   * Posts one request and says what the receiver made of it. Rejects only when the signal is aborted, with
   * its reason. Then nobody knows whether the request arrived.
   */
  post(request: PostRequest, control: PostControl): Promise<Verdict>;
  /** Drops its connections, requests in flight included. */
  close(): Promise<void>;
}

interface PostRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface PostControl {
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

const LONGEST_CONNECT_MS = 5_000;
/** Of an answer only its beginning is ever told. */
const ANSWER_BYTES = 16 * 1024;

/**
 * One connection, kept alive, one request at a time. `timeoutMs` bounds a request from connecting to the end
 * of the answer. A user and password in the URL become basic authentication. Redirects are not followed, so
 * that neither credentials nor events go anywhere else. Of the URL only the origin is ever shown, because
 * some put their tokens into paths.
 */
export function openReceiver({ url, timeoutMs, proxies }: ReceiverOptions): Receiver {
  const parsed = new URL(url);
  const { origin, pathname, search } = parsed;
  const authorization = basicCredential(parsed);
  const connections = openConnections({
    connectTimeoutMs: Math.min(LONGEST_CONNECT_MS, timeoutMs),
    connections: 1,
    proxies,
  });
  const target: Target = {
    url: new URL(`${origin}${pathname}${search}`),
    headers: { 'user-agent': 'cph-inventory', ...(authorization && { authorization }) },
    secrets: [...secretsOf(parsed), ...connections.secrets],
    timeoutMs,
  };
  return {
    post: (request, control) => post(connections, target, { request, control }),
    close: connections.close,
  };
}

interface ReceiverOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly proxies?: Proxies | undefined;
}

interface Target {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
}

interface Post {
  readonly request: PostRequest;
  readonly control: PostControl;
}

async function post(connections: Connections, target: Target, { request, control }: Post): Promise<Verdict> {
  const { signal, now } = control;
  const { secrets, timeoutMs: ms } = target;
  const from = target.url.origin;
  const work = (bounded: AbortSignal) => exchange(connections, target, { request, signal: bounded });
  try {
    const answer = await withDeadline(signal, { ms, work });
    return answer === null ? { kind: 'accepted' } : verdictOn(answer, { from, secrets, now: now() });
  } catch (cause) {
    signal.throwIfAborted();
    return { kind: 'failed', error: `${from} gave no answer (${reasonOf(cause, ms)})`, retry_after_ms: null };
  }
}

/** Null when the receiver took it. */
async function exchange(
  connections: Connections,
  target: Target,
  { request, signal }: { readonly request: PostRequest; readonly signal: AbortSignal },
): Promise<Answer | null> {
  const headers = { ...target.headers, ...request.headers };
  const response = await connections.request(target.url, {
    method: 'POST',
    headers,
    body: request.body,
    signal,
  });
  const { statusCode: status, body } = response;
  if (status >= 200 && status < 300) {
    // The status is the acceptance: an answer that breaks off after it changes nothing.
    await body.dump().catch(() => undefined);
    return null;
  }
  return {
    status,
    location: firstValue(response.headers.location),
    retryAfter: firstValue(response.headers['retry-after']),
    text: await beginningOf(body),
  };
}

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= ANSWER_BYTES) break;
    }
  } catch {
    // The status is there, and that decides; what came of the rest is told.
  }
  return Buffer.concat(chunks).toString();
}

/** The stable name of a failure, such as ECONNREFUSED. */
function reasonOf(cause: unknown, timeoutMs: number): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof ProxyError) return cause.message;
  if (cause.name === 'TimeoutError') return `none within ${timeoutMs} ms`;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}

function firstValue(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}
