import type { CphError } from '../errors.ts';

/** A request about to be sent, as far as a signature covers it. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type AuthorizingHeaders = Readonly<Record<string, string>>;

export interface Authorization {
  readonly signal: AbortSignal;
  /** Set when the API rejected the headers given before: answer with better ones, or throw `failure`. */
  readonly rejected?: { readonly headers: AuthorizingHeaders; readonly failure: CphError };
}

/**
 * The headers that let a request through. Throws a {@link CphError} when there are none: a rejected credential is not
 * offered again, since the vendor locks users and keys after about five failures.
 */
export type Authorize = (
  request: OutgoingRequest,
  authorization: Authorization,
) => Promise<AuthorizingHeaders>;

/** What no text may be quoted with that answers these headers: their values, and the access key that signs. */
export function secretsOf(headers: AuthorizingHeaders): string[] {
  return Object.values(headers).flatMap((value) => {
    const [, accessKey = ''] = /\bAccess=([^,\s]+)/.exec(value) ?? [];
    return [value, accessKey];
  });
}
