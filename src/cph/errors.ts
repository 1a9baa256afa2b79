/**
 * What a caller may want to know of a failed request:
 * - `unauthorized`: the credential itself was rejected. Trying it again can lock it.
 * - `denied`: the credential is good and may not do this.
 * - `suspended`: the account is in arrears or frozen; a person has to settle that.
 * - `throttled`: asked too fast.
 * - `unavailable`: the service failed and says nothing about the request.
 * - `refused`: the request is one the API does not accept.
 * - `malformed`: what came back is no answer of this API.
 * - `unreachable`: nothing came back, or not all of it.
 */
export type CphErrorKind =
  | 'unauthorized'
  | 'denied'
  | 'suspended'
  | 'throttled'
  | 'unavailable'
  | 'refused'
  | 'malformed'
  | 'unreachable';

export interface CphErrorFacts {
  readonly kind: CphErrorKind;
  readonly code: string;
  readonly status?: number;
  readonly requestId?: string | null;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number | null;
  readonly hint?: string | null;
  readonly listless?: boolean;
  readonly clockAheadMs?: number | null;
  readonly cause?: unknown;
}

/**
 * A request to the API (or a login at IAM) that failed. Its texts hold no secret and are fit for logs and
 * tables.
 */
export class CphError extends Error {
  override readonly name = 'CphError';
  readonly kind: CphErrorKind;
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /**
   * The API's own code (`CPS.0003`, `APIGW.0308`, `IAM.401`), `http_` and the status where the answer names
   * none, or one of ours: `timeout`, `connection`, `proxy`, `tls`, `truncated`, `too_large`, `closed`,
   * `not_http`, `not_json`, `broken`, `unreadable`, `redirect`, `invalid_answer`, `invalid_request`,
   * `unreadable_code`, `credential_rejected` (kept back, and not sent), `endpoint_denied` (by this endpoint,
   * while others take the credential).
   */
  readonly code: string;
  /** The id the vendor's support asks for. */
  readonly requestId: string | null;
  /** Whether the same request may succeed a little later. */
  readonly retryable: boolean;
  /** How long the API asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** What a person should do about it. */
  readonly hint: string | null;
  /**
   * The answer was a success without its list, or without anything, and says nothing of a failure. Behind rows it may
   * be how an edition says that there are no more.
   */
  readonly listless: boolean;
  /** How far the clock here is ahead of the one that answered; null where the answer did not tell. */
  readonly clockAheadMs: number | null;

  constructor(message: string, facts: CphErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = facts.kind;
    this.status = facts.status ?? null;
    this.code = facts.code;
    this.requestId = facts.requestId ?? null;
    this.retryable = facts.retryable ?? false;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.hint = facts.hint ?? null;
    this.listless = facts.listless ?? false;
    this.clockAheadMs = facts.clockAheadMs ?? null;
  }
}
