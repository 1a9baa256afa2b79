import { ProxyError } from '../network/proxy-error.ts';
import { UnreadableBody } from './content-coding.ts';
import { CphError, type CphErrorFacts } from './errors.ts';
import { hintFor } from './hints.ts';

const CHECK_NETWORK =
  'Check the endpoint, and that this machine may reach it (name service, firewall, proxy).';
const TIMEOUTS = [
  'TimeoutError',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
];
const TOO_LARGE = ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'UND_ERR_HEADERS_OVERFLOW', 'HPE_HEADER_OVERFLOW'];
const CLOSED = ['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'];
const CERTIFICATE =
  /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH|INVALID_CA)/;

/**
 * What a failure of the connection means. `status` is that of an answer whose body had begun to arrive, else
 * null.
 */
export function transportError(
  cause: unknown,
  { endpoint, status }: { endpoint: string; status: number | null },
): CphError {
  if (cause instanceof ProxyError) return proxyError(cause, endpoint);
  if (cause instanceof UnreadableBody) return bodyError(cause, { endpoint, status });
  const label = labelOf(cause);
  const { what, ...facts } = meaningOf(label, status !== null);
  return new CphError(`${endpoint}: ${what}${label && ` (${label})`}`, {
    kind: 'unreachable',
    ...facts,
    cause,
  });
}

/** A proxy that says no goes on saying so until somebody changes something. */
function proxyError(cause: ProxyError, endpoint: string): CphError {
  const advice = cause.status === 407 ? 'the user and password in' : 'the address in';
  return new CphError(`${endpoint}: ${cause.message}`, {
    kind: 'unreachable',
    code: 'proxy',
    retryable: cause.status === null || cause.status >= 500,
    hint: `Check ${advice} HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY.`,
    cause,
  });
}

function bodyError(
  cause: UnreadableBody,
  { endpoint, status }: { endpoint: string; status: number | null },
): CphError {
  const code = { UNREADABLE: 'unreadable', BROKEN: 'broken', TOO_LARGE: 'too_large' }[cause.code];
  return new CphError(`${endpoint}: ${cause.message}`, {
    kind: cause.code === 'TOO_LARGE' ? 'unreachable' : 'malformed',
    code,
    ...(status === null ? {} : { status }),
    retryable: cause.code === 'BROKEN',
    hint: hintFor('malformed', { code, endpoint }),
    cause,
  });
}

type Meaning = Omit<CphErrorFacts, 'kind'> & { readonly kind?: CphErrorFacts['kind']; readonly what: string };

function meaningOf(label: string, answering: boolean): Meaning {
  if (TIMEOUTS.includes(label)) {
    return { code: 'timeout', what: 'no whole answer in time', retryable: true, hint: CHECK_NETWORK };
  }
  if (TOO_LARGE.includes(label)) return { code: 'too_large', what: 'the answer is too large' };
  if (CLOSED.includes(label)) return { code: 'closed', what: 'the client is closed' };
  if (label === 'UND_ERR_INVALID_ARG') {
    const hint = 'A header cannot be sent as it is: look for line breaks in the token or key.';
    return { kind: 'refused', code: 'invalid_request', what: 'the request cannot be sent', hint };
  }
  if (CERTIFICATE.test(label)) {
    const hint = 'Check the endpoint; a private certificate authority goes into NODE_EXTRA_CA_CERTS.';
    return { code: 'tls', what: 'the certificate is not trusted', hint };
  }
  if (answering) return { code: 'truncated', what: 'the answer broke off', retryable: true };
  if (/^(HPE_|HTTPParserError)/.test(label))
    return { code: 'not_http', what: 'the answer is not HTTP', hint: CHECK_NETWORK };
  return { code: 'connection', what: 'no connection', retryable: true, hint: CHECK_NETWORK };
}

/**
 * The stable name of a failure: Node's and undici's codes, or the error's name where it has no code of text.
 */
function labelOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
