import { ProxyError } from '../network/proxy-error.ts';
import { UnreadableBody } from './content-coding.ts';
import { CphError, type CphErrorFacts } from './errors.ts';
import { hintFor, settingOf } from './hints.ts';

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
  { endpoint, status, host = 'the host' }: { endpoint: string; status: number | null; host?: string },
): CphError {
  if (cause instanceof ProxyError) return proxyError(cause, endpoint);
  if (cause instanceof UnreadableBody) return bodyError(cause, { endpoint, status, host });
  const label = labelOf(cause);
  const variable = settingOf(endpoint);
  const { what, ...facts } = meaningOf(label, { answering: status !== null, host, variable });
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
  { endpoint, status, host }: { endpoint: string; status: number | null; host: string },
): CphError {
  const code = { UNREADABLE: 'unreadable', BROKEN: 'broken', TOO_LARGE: 'too_large' }[cause.code];
  return new CphError(`${endpoint}: ${cause.message}`, {
    kind: cause.code === 'TOO_LARGE' ? 'unreachable' : 'malformed',
    code,
    ...(status === null ? {} : { status }),
    retryable: cause.code === 'BROKEN',
    hint: hintFor('malformed', { code, endpoint, host }),
    cause,
  });
}

type Meaning = Omit<CphErrorFacts, 'kind'> & { readonly kind?: CphErrorFacts['kind']; readonly what: string };

interface Where {
  readonly answering: boolean;
  readonly host: string;
  /** The setting that says where the host is. */
  readonly variable: string;
}

const checkNetwork = ({ variable }: Where) =>
  `Check ${variable}, and that this machine may reach it (name service, firewall, proxy).`;

function meaningOf(label: string, where: Where): Meaning {
  const { answering, host } = where;
  if (TIMEOUTS.includes(label)) {
    return {
      code: 'timeout',
      what: `no whole answer of ${host} in time`,
      retryable: true,
      hint: checkNetwork(where),
    };
  }
  if (TOO_LARGE.includes(label)) return { code: 'too_large', what: 'the answer is too large' };
  if (CLOSED.includes(label)) return { code: 'closed', what: 'the client is closed' };
  if (label === 'UND_ERR_INVALID_ARG') {
    const hint = 'A header cannot be sent as it is: look for line breaks in the token or key.';
    return { kind: 'refused', code: 'invalid_request', what: 'the request cannot be sent', hint };
  }
  const tls = tlsMeaning(label, where);
  if (tls) return { code: 'tls', ...tls };
  if (answering) return { code: 'truncated', what: `the answer of ${host} broke off`, retryable: true };
  if (/^(HPE_|HTTPParserError)/.test(label))
    return { code: 'not_http', what: `the answer of ${host} is not HTTP`, hint: checkNetwork(where) };
  return { code: 'connection', retryable: true, ...connectionMeaning(label, where) };
}

/** What keeps TLS from being spoken; null for what is not about TLS. */
function tlsMeaning(label: string, { host, variable }: Where): Pick<Meaning, 'what' | 'hint'> | null {
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|^EPROTO$/.test(label)) {
    const hint = `Set ${variable} to its http:// address, or to the port that speaks TLS.`;
    return { what: `${host} answers without TLS`, hint };
  }
  if (!CERTIFICATE.test(label)) return null;
  if (label === 'CERT_HAS_EXPIRED' || label === 'CERT_NOT_YET_VALID') {
    const when = label === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return {
      what: `the certificate of ${host} ${when}`,
      hint: 'Renew it, unless the clock of this machine is wrong.',
    };
  }
  if (/ALTNAME|HOSTNAME/.test(label)) {
    const hint = `Check the host in ${variable}: something else answers there.`;
    return { what: `the certificate is of another name than ${host}`, hint };
  }
  const hint =
    'Put the certificate authority, or that of a proxy which opens TLS, into NODE_EXTRA_CA_CERTS; else check the host.';
  return { what: `the certificate of ${host} is not trusted`, hint };
}

function connectionMeaning(label: string, where: Where): Pick<Meaning, 'what' | 'hint'> {
  const { host, variable } = where;
  if (label === 'ENOTFOUND') {
    const hint = `Check HW_REGION_NAME and ${variable} for a slip, then the name service of this machine.`;
    return { what: `no connection, the name service does not know ${host}`, hint };
  }
  if (label === 'ECONNREFUSED') {
    const hint = `Nothing listens there: check host and port in ${variable}.`;
    return { what: `no connection, ${host} refuses it`, hint };
  }
  if (label === 'ECONNRESET' || label === 'UND_ERR_SOCKET') {
    const hint = `Where the port speaks TLS, ${variable} has to begin with https://; else a firewall or proxy may be in between.`;
    return { what: `no connection, ${host} broke it off`, hint };
  }
  return { what: `no connection to ${host}`, hint: checkNetwork(where) };
}

/**
 * The stable name of a failure: Node's and undici's codes, or the error's name where it has no code of text.
 */
function labelOf(cause: unknown): string {
  if (!(cause instanceof Error)) return '';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
