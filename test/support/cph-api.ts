import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { ON_TOKEN } from '../../src/cph/auth/advice.ts';
import type { AuthorizingHeaders } from '../../src/cph/auth/authorize.ts';
import { createStanding, TOKEN } from '../../src/cph/auth/standing.ts';
import { type CphClient, type CphClientOptions, createCphClient } from '../../src/cph/client.ts';
import type { RequestScope } from '../../src/cph/listing.ts';
import { openTransport } from '../../src/cph/transport.ts';
import { createUpstreamMemory } from '../../src/cph/upstream-memory.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ApiStub {
  readonly url: string;
  readonly requests: ReceivedRequest[];
  close(): Promise<void>;
}

/** A server that answers as the test says and remembers what it was asked. */
export async function startApi(
  respond: (request: ReceivedRequest, response: ServerResponse, count: number) => void,
): Promise<ApiStub> {
  const requests: ReceivedRequest[] = [];
  const server = createServer({ maxHeaderSize: 64 * 1024 }, async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url = '/', headers } = incoming;
    const request = {
      method,
      url: new URL(url, 'http://api.test'),
      headers,
      body: Buffer.concat(chunks).toString(),
    };
    requests.push(request);
    respond(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function newLook(signal: AbortSignal = new AbortController().signal): RequestScope {
  return { signal, trace: { requests: 0, requestIds: new Set() } };
}

/** A client with connections of its own. */
export interface OwnClient extends CphClient {
  readonly close: () => Promise<void>;
}

export interface ClientOptions extends Partial<CphClientOptions> {
  /** Headers that let requests through, in place of an authorizer. */
  readonly authorize?: () => AuthorizingHeaders;
}

/** A client that never waits between retries and is not slowed down, unless a test wants it otherwise. */
export function clientFor(
  endpoint: string,
  { authorize = () => ({ 'X-Auth-Token': 'a-token' }), ...options }: ClientOptions = {},
): OwnClient {
  const transport = openTransport();
  const now = options.now ?? (() => new Date());
  const presented = { standing: createStanding(TOKEN, now), advise: ON_TOKEN, headersFor: authorize };
  const client = createCphClient({
    endpoint,
    transport,
    projectId: 'p1',
    authorizer: { present: async () => presented, renew: async () => null },
    memory: createUpstreamMemory(now),
    requestTimeoutMs: 5000,
    maxRetries: 4,
    rateLimit: 100_000,
    now,
    random: () => 0,
    ...options,
  });
  return { ...client, close: () => transport.close() };
}
