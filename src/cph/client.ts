import { failSpan, inSpan } from '../tracing/span.ts';
import { pause } from '../waiting/deadline.ts';
import type { JsonObject } from './answer-body.ts';
import { type Authorizer, type Presented, secretsOf } from './auth/authorize.ts';
import { offer } from './auth/offer.ts';
import { type Classified, classifyAnswer } from './classify.ts';
import { CphError, type CphErrorKind } from './errors.ts';
import type { Lessons } from './lessons.ts';
import type { RequestScope } from './listing.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { notAskedBefore, noteQuiet, respectfulDelay, retryDelay } from './retry.ts';
import type { Transport } from './transport.ts';
import type { UpstreamMemory } from './upstream-memory.ts';
import { apiUrl, type Query } from './url.ts';

export interface CphClientOptions {
  /** `https://cph.{region}.myhuaweicloud.com`; a path in it is kept. */
  readonly endpoint: string;
  readonly projectId: string;
  /** Whoever opened it closes it. */
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly memory: UpstreamMemory;
  /** Bounds each attempt, from connecting to the last byte. */
  readonly requestTimeoutMs: number;
  /** How often one request is repeated, at most. */
  readonly maxRetries: number;
  /** Requests a second. */
  readonly rateLimit: number;
  readonly now: () => Date;
  readonly random: () => number;
  /** Fields of records that are kept out; none when left out. */
  readonly ignoredFields?: ReadonlySet<string>;
  /** Told of every attempt, for metrics. */
  readonly observe?: (attempt: AttemptReport) => void;
}

export interface AttemptReport {
  /** `cloud-phone/images` */
  readonly endpoint: string;
  readonly outcome: 'ok' | 'stopped' | CphErrorKind;
  readonly seconds: number;
}

export interface PageAnswer {
  readonly body: JsonObject;
  readonly paging: JsonObject;
}

/** One project at one endpoint. */
export interface CphClient {
  /**
   * The body of `GET {endpoint}/v1/{project_id}/{path}`. Counts every attempt and every upstream request id
   * in the look's trace, whatever becomes of them. Rejects with the signal's reason when the look is stopped,
   * else with a {@link CphError} once retries are used up or would not help.
   */
  get(path: string, query: Query, scope: RequestScope): Promise<JsonObject>;
  /** {@link get} with what the head of the answer says of further pages, as fields. */
  getPage(path: string, query: Query, scope: RequestScope): Promise<PageAnswer>;
  /** What listings have taught about the images endpoint. */
  readonly lessons: Lessons;
  /** Fields of records that are kept out. */
  readonly ignoredFields: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export function createCphClient(options: CphClientOptions): CphClient {
  const limit = createRateLimit(options.rateLimit, () => performance.now());
  const line: Line = { options, limit };
  const getPage: CphClient['getPage'] = (path, query, scope) =>
    askPatiently(line, { path, url: apiUrl(options.endpoint, { ...options, path, query }), scope });
  return {
    get: async (path, query, scope) => (await getPage(path, query, scope)).body,
    getPage,
    lessons: options.memory.lessonsOf(options.endpoint),
    ignoredFields: options.ignoredFields ?? NONE,
  };
}

interface Line {
  readonly options: CphClientOptions;
  readonly limit: RateLimit;
}

interface Question {
  readonly path: string;
  readonly url: URL;
  readonly scope: RequestScope;
}

async function askPatiently(line: Line, question: Question): Promise<PageAnswer> {
  const { signal } = question.scope;
  const { maxRetries, random, memory } = line.options;
  const name = `${line.options.projectId} ${endpointOf(question)}`;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askUnlessQuiet(line, question, name);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CphError) || !error.retryable) throw error;
      const delay = respectfulDelay(retryDelay(attempt, random), error.retryAfterMs);
      if (delay === null || attempt >= maxRetries) {
        if (!memory.quiet.of(name)) noteQuiet(memory.quiet, { name, error });
        throw error;
      }
      await pause(delay, signal);
    }
  }
}

/**
 * An endpoint as others may have it too: `https://cph.ap-southeast-3.myhuaweicloud.com/cloud-phone/images`.
 */
function endpointOf({ url, path }: Question): string {
  return `${url.origin}/${path}`;
}

async function askUnlessQuiet(line: Line, question: Question, name: string): Promise<PageAnswer> {
  const { authorizer, memory, projectId, now } = line.options;
  const { path: label, scope } = question;
  const quiet = memory.quiet.of(name);
  if (quiet) throw notAskedBefore(quiet, { label, now: now() });
  const answer = await offer({
    authorizer,
    place: { projectId, endpoint: endpointOf(question) },
    label,
    signal: scope.signal,
    ask: (presented) => ask(line, question, presented),
  });
  if (answer.error) throw answer.error;
  return answer;
}

async function ask(line: Line, question: Question, presented: Presented): Promise<Classified> {
  const { limit } = line;
  const { url, scope } = question;
  await pause(limit.takeTurn(), scope.signal);
  // After the wait for our turn, so that a signature's time is the time of sending.
  const headers = presented.headersFor({ method: 'GET', url, headers: {}, body: '' });
  const answer = await traced(question, () => observed(line, { ...question, headers }));
  if (answer.requestId !== null) scope.trace.requestIds.add(answer.requestId);
  if (answer.error?.kind === 'throttled') limit.slowDown(respectfulDelay(0, answer.error.retryAfterMs) ?? 0);
  else limit.speedUp();
  return answer;
}

/** The path holds no secret; the query is left out, as it says little that the listing does not. */
async function traced({ path, url }: Question, send: () => Promise<Classified>): Promise<Classified> {
  const attributes = {
    'http.request.method': 'GET',
    'server.address': url.hostname,
    'url.path': url.pathname,
  };
  return await inSpan(`GET ${path}`, { client: true, attributes }, async (span) => {
    const answer = await send();
    if (answer.requestId !== null) span.setAttribute('cph.request_id', answer.requestId);
    const { error } = answer;
    if (error?.status) span.setAttribute('http.response.status_code', error.status);
    if (error) failSpan(span, error.kind);
    return answer;
  });
}

async function observed(
  { options }: Line,
  { path: endpoint, url, scope, headers }: Question & { headers: Readonly<Record<string, string>> },
): Promise<Classified> {
  scope.trace.requests += 1;
  const started = performance.now();
  let outcome: AttemptReport['outcome'] = 'unreachable';
  try {
    const sent = { accept: 'application/json', ...headers };
    const answer = await options.transport.send(
      { method: 'GET', url, headers: sent, body: null, endpoint, timeoutMs: options.requestTimeoutMs },
      scope.signal,
    );
    const context = {
      endpoint,
      host: url.host,
      now: options.now(),
      secrets: [...secretsOf(headers), ...options.transport.secrets],
    };
    const classified = classifyAnswer(answer, context);
    outcome = classified.error?.kind ?? 'ok';
    return classified;
  } catch (error) {
    if (scope.signal.aborted) outcome = 'stopped';
    throw error;
  } finally {
    options.observe?.({ endpoint, outcome, seconds: (performance.now() - started) / 1000 });
  }
}
