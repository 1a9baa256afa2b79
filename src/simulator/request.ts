import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { ImageEndpoint } from './image.ts';

/** What is asked for; null for any path that is none of the API's. */
export type Target =
  | { readonly endpoint: ImageEndpoint; readonly project_id: string }
  | { readonly endpoint: 'tokens' }
  | null;

export interface ApiRequest {
  readonly method: string;
  /** Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly target: Target;
}

export async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const method = message.method ?? 'GET';
  const [path = '/', search = ''] = (message.url ?? '/').split('?', 2);
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return {
    method,
    path,
    query: new URLSearchParams(search),
    headers: message.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    target: targetOf(method, path),
  };
}

function targetOf(method: string, path: string): Target {
  if (method === 'POST' && path === '/v3/auth/tokens') return { endpoint: 'tokens' };
  const match = /^\/v1\/([\w-]+)\/cloud-phone\/(images|phone-images)$/.exec(path);
  if (method !== 'GET' || !match?.[1]) return null;
  return { endpoint: match[2] === 'images' ? 'images' : 'phone-images', project_id: match[1] };
}
