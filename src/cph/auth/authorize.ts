import type { Advise } from './advice.ts';
import type { Standing } from './standing.ts';

/** A request about to be sent, as far as a signature covers it. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type AuthorizingHeaders = Readonly<Record<string, string>>;

/** A credential as it is now. */
export interface Presented {
  readonly standing: Standing;
  /** What to do should it be rejected. */
  readonly advise: Advise;
  /** The headers that let a request through. */
  readonly headersFor: (request: OutgoingRequest) => AuthorizingHeaders;
}

/** What lets the requests of one project through. */
export interface Authorizer {
  /** Throws a `CphError` when there is nothing to present, as when a login fails. */
  readonly present: (signal: AbortSignal) => Promise<Presented>;
  /** Another one in place of one that the API rejected; null when there is none. */
  readonly renew: (rejected: Presented, signal: AbortSignal) => Promise<Presented | null>;
}

/**
 * What no text may be quoted with that answers these headers: their values, and the access key that signs.
 */
export function secretsOf(headers: AuthorizingHeaders): string[] {
  return Object.values(headers).flatMap((value) => {
    const [, accessKey = ''] = /\bAccess=([^,\s]+)/.exec(value) ?? [];
    return [value, accessKey];
  });
}
