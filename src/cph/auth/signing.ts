import { createHash, createHmac } from 'node:crypto';
import { encodeStrict } from '../url.ts';
import type { AuthorizingHeaders, OutgoingRequest } from './authorize.ts';

const ALGORITHM = 'SDK-HMAC-SHA256';

interface SigningKey {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Comes with temporary keys. */
  readonly securityToken?: string;
}

/**
 * The headers that sign a request with an access key, by the vendor's API Request Signing Guide
 * (SDK-HMAC-SHA256). The signature covers method, URL, body, all headers of `request`, the host and the time,
 * which may be 15 minutes off.
 */
export function signRequest(
  request: OutgoingRequest,
  { key, date }: { key: SigningKey; date: Date },
): AuthorizingHeaders {
  const stamp = date.toISOString().replace(/[-:]|\.\d+/g, '');
  const added = {
    'X-Sdk-Date': stamp,
    ...(key.securityToken === undefined ? {} : { 'X-Security-Token': key.securityToken }),
  };
  const headers = canonicalHeaders({ ...request.headers, ...added, Host: request.url.host });
  const names = headers.map(([name]) => name).join(';');
  const canonicalRequest = [
    request.method,
    canonicalPath(request.url.pathname),
    canonicalQuery(request.url.searchParams),
    headers.map(([name, value]) => `${name}:${value}\n`).join(''),
    names,
    sha256(request.body),
  ].join('\n');
  const toSign = [ALGORITHM, stamp, sha256(canonicalRequest)].join('\n');
  const signature = createHmac('sha256', key.secretKey).update(toSign).digest('hex');
  const Authorization = `${ALGORITHM} Access=${key.accessKey}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...added, Authorization };
}

/** Encoded once, whatever the URL was spelled like, and ending in a slash, which the URL sent need not. */
function canonicalPath(pathname: string): string {
  const path = pathname.split('/').map((segment) => encodeStrict(decodeLeniently(segment)));
  return path.at(-1) === '' ? path.join('/') : `${path.join('/')}/`;
}

function canonicalQuery(query: URLSearchParams): string {
  return Array.from(query)
    .sort(([a, x], [b, y]) => byCodePoint(a, b) || byCodePoint(x, y))
    .map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`)
    .join('&');
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): [name: string, value: string][] {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim()])
    .sort(([a], [b]) => byCodePoint(a, b));
}

/** UTF-8 sorts by code point; JavaScript's own comparison, by UTF-16 unit, puts some characters elsewhere. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A `%` that encodes nothing stands for itself. */
function decodeLeniently(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
