import { createHash, createHmac } from 'node:crypto';
import type { ApiRequest } from './request.ts';

/** What an `Authorization: SDK-HMAC-SHA256 …` header says. */
export interface SignatureClaim {
  readonly access: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Null when `authorization` has another form. */
export function signatureClaim(authorization: string | undefined): SignatureClaim | null {
  const form = /^SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;
  const match = form.exec(authorization ?? '');
  if (!match?.[1] || !match[2] || !match[3]) return null;
  return { access: match[1], signedHeaders: match[2].split(';'), signature: match[3] };
}

type Signable = Pick<ApiRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>;

/** The hex signature the request must carry when `secret` signs the headers named. */
export function signatureOf(request: Signable, signedHeaders: readonly string[], secret: string): string {
  const date = headerText(request, 'x-sdk-date');
  const toSign = ['SDK-HMAC-SHA256', date, sha256(canonicalRequest(request, signedHeaders))].join('\n');
  return createHmac('sha256', secret).update(toSign).digest('hex');
}

/** The instant `X-Sdk-Date` (`20191115T033655Z`) names; null when it names none. */
export function signingTime(request: Signable): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headerText(request, 'x-sdk-date'));
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

function canonicalRequest(request: Signable, signedHeaders: readonly string[]): string {
  const names = signedHeaders.map((name) => name.toLowerCase()).sort();
  const headers = names.map((name) => `${name}:${headerText(request, name)}\n`).join('');
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers,
    names.join(';'),
    sha256(request.body),
  ].join('\n');
}

/** Signed with a slash at the end, whether or not it was asked for with one. */
function canonicalPath(path: string): string {
  const encoded = path
    .split('/')
    .map((segment) => encode(decodeURIComponent(segment)))
    .join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .sort(
      ([name, value], [otherName, otherValue]) =>
        byCodePoint(name, otherName) || byCodePoint(value, otherValue),
    )
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
}

/** UTF-8 sorts by code point. JavaScript's own order is by UTF-16 unit. */
function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** RFC 3986: only letters, digits and `-._~` stay as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function headerText({ headers }: Signable, name: string): string {
  const value = headers[name] ?? '';
  return (Array.isArray(value) ? value.join(',') : value).trim();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
