/** How a rejected credential is told: what was rejected, that nothing is sent, and when it is tried again. */
import { CphError, type CphErrorKind } from '../errors.ts';
import type { Hold } from './standing.ts';

/** What a request fails with that was sent and rejected. What matters first: alerts cut long texts. */
export function rejected(hold: Hold): CphError {
  const { by, failure, until } = hold;
  const what =
    by === 'endpoint'
      ? 'the endpoint rejects a credential that others take'
      : 'the credential is rejected, and nothing more is sent';
  const code = by === 'endpoint' ? ENDPOINT_DENIED : failure.code;
  return failureOf(hold, { message: `${what}, ${nextTry(until)}: ${failure.message}`, code });
}

/** What a request to `endpoint` fails with that is not sent at all. */
export function notSent(hold: Hold, endpoint: string): CphError {
  const { by, failure, until } = hold;
  const why =
    by === 'endpoint' ? 'the endpoint rejected a credential that others take' : 'the credential was rejected';
  const code = by === 'endpoint' ? ENDPOINT_DENIED : 'credential_rejected';
  const message = `${endpoint}: not sent, ${nextTry(until)}: ${why} (${failure.message})`;
  return failureOf(hold, { message, code });
}

const ENDPOINT_DENIED = 'endpoint_denied';

function nextTry(until: Date | null): string {
  if (until === null) return 'not tried again until it changes';
  return `next try at ${until.toISOString().replace(/\.\d+/, '')}`;
}

function failureOf({ by, failure }: Hold, { message, code }: { message: string; code: string }): CphError {
  const { status, requestId, hint } = failure;
  const kind: CphErrorKind = by === 'endpoint' ? 'denied' : 'unauthorized';
  const advice = by === 'endpoint' ? ENDPOINT_HINT : hint;
  const answered = status === null ? {} : { status };
  return new CphError(message, { kind, code, requestId, hint: advice, cause: failure, ...answered });
}

/** The same failure with better advice. */
export function withHint(cause: CphError, hint: string): CphError {
  const { kind, code, status, requestId, clockAheadMs } = cause;
  const answered = status === null ? {} : { status };
  return new CphError(cause.message, { kind, code, requestId, hint, clockAheadMs, cause, ...answered });
}

const ENDPOINT_HINT =
  'The credential is good elsewhere: ask the vendor why this endpoint refuses it, or leave the endpoint out of CPH_SOURCES.';
