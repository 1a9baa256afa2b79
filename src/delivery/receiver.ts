import type { Dispatcher } from 'undici';
import { type Connections, openConnections } from '../network/connections.ts';
import type { Proxies } from '../network/proxies.ts';
import { ProxyError } from '../network/proxy-error.ts';
import { withDeadline } from '../waiting/deadline.ts';
import { type Acceptance, disagreement } from './acceptance.ts';
import { type Answer, type Verdict, verdictOn } from './receiver-answer.ts';
import { basicCredential, type HeaderSource, secretsIn, secretsOf } from './receiver-url.ts';

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
/** Of an answer that is no acceptance, only the beginning is ever told. */
const ANSWER_BYTES = 16 * 1024;
/** What of an answer is read to find whether it is an acceptance. One that is longer is none. */
const JUDGED_BYTES = 1024 * 1024;

/**
 * One connection, kept alive, one request at a time. `timeoutMs` bounds a request from connecting to the end
 * of the answer. A user and password in the URL become basic authentication. Redirects are not followed, so
 * that neither credentials nor events go anywhere else. Of the URL only the origin is ever shown, because
 * some put their tokens into paths; of `headers`, nothing.
 */
export function openReceiver(options: ReceiverOptions): Receiver {
  const { url, timeoutMs, proxies, headers = () => ({}), accept = null } = options;
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
    headers: () => ({ 'user-agent': 'cph-inventory', ...(authorization && { authorization }), ...headers() }),
    accept,
    secrets: [...secretsOf(parsed), ...connections.secrets],
    timeoutMs,
  };
  return {
    post: (request, control) => post(connections, target, { request, control }),
    close: connections.close,
  };
}

export interface ReceiverOptions {
  /** Shown to nobody. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly proxies?: Proxies | undefined;
  /** More headers, asked for at each request; names in lower case. None where it is left out. */
  readonly headers?: HeaderSource | undefined;
  /** What an answer has to say besides its status; null for nothing. */
  readonly accept?: Acceptance | null;
}

interface Target {
  readonly url: URL;
  readonly headers: HeaderSource;
  readonly accept: Acceptance | null;
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
}

interface Post {
  readonly request: PostRequest;
  readonly control: PostControl;
}

async function post(connections: Connections, target: Target, { request, control }: Post): Promise<Verdict> {
  const { signal, now } = control;
  const { timeoutMs: ms } = target;
  const from = target.url.origin;
  const own = target.headers();
  const secrets = [...target.secrets, ...secretsIn(own)];
  const sent = { ...request, headers: { ...own, ...request.headers } };
  const work = (bounded: AbortSignal) => exchange(connections, target, { request: sent, signal: bounded });
  try {
    const answer = await withDeadline(signal, { ms, work });
    return answer === null ? { kind: 'accepted' } : verdictOn(answer, { from, secrets, now: now() });
  } catch (cause) {
    signal.throwIfAborted();
    const error = `${from} gave no answer (${reasonOf(cause, ms)})`;
    return { kind: 'failed', error, retry_after_ms: null, doubtful: false };
  }
}

/** Null when the receiver took it. */
async function exchange(
  connections: Connections,
  target: Target,
  { request, signal }: { readonly request: PostRequest; readonly signal: AbortSignal },
): Promise<Answer | null> {
  const { headers, body: text } = request;
  const response = await connections.request(target.url, { method: 'POST', headers, body: text, signal });
  const { statusCode: status, body } = response;
  const success = status >= 200 && status < 300;
  if (success && target.accept === null) {
    // The status is the acceptance: an answer that breaks off after it changes nothing.
    await body.dump().catch(() => undefined);
    return null;
  }
  const said = await beginningOf(body, success ? JUDGED_BYTES : ANSWER_BYTES);
  const lacks = success && target.accept ? disagreement(said, target.accept) : null;
  if (success && lacks === null) return null;
  return {
    status,
    location: firstValue(response.headers.location),
    retryAfter: firstValue(response.headers['retry-after']),
    text: said,
    lacks,
  };
}

async function beginningOf(body: Dispatcher.ResponseData['body'], most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= most) break;
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
