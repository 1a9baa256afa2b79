/** What a failure of Postgres, or of the way to it, means to somebody who reads it for the first time. */
import { serverOf } from './connection/server-name.ts';
import { HandshakeError } from './connection/tls.ts';

/** By SQLSTATE (appendix "Error Codes" of Postgres' manual), by its class, or by the system's and Node's codes. */
const ADVICE: Readonly<Record<string, string>> = {
  '08': 'The connection broke: look whether the server, or a pooler in between, was restarted, then try again.',
  '0A000': 'The server cannot do what Postgres 15 and later can: see which one DATABASE_URL leads to.',
  '25006':
    'The server is a standby, or read-only for this role or database (default_transaction_read_only): name the primary in DATABASE_URL.',
  '28000':
    'The server does not let this user in from here: check user, database and sslmode in DATABASE_URL, then pg_hba.conf and the role.',
  '28P01':
    'Check user and password in DATABASE_URL; special characters in them are percent-encoded (@ is %40).',
  '3D000': 'Check the name behind the last slash of DATABASE_URL, or make the database (createdb).',
  '3F000': 'Something of schema cph is missing: run `cph-inventory migrate`.',
  '40': 'Other transactions got in the way each time: try again.',
  '42501':
    'The user in DATABASE_URL lacks this right: grant it, or connect as the owner of the database and of schema cph.',
  '42P01':
    'Something of schema cph is missing: run `cph-inventory migrate`, or bring the schema back from a backup.',
  '53100': 'The disk of the server is full: make room there; nothing was written.',
  '53200': 'The server is out of memory: give it more, or lower its limits.',
  '53300':
    'No connection is left: end idle ones, or raise max_connections, or the limit of the role or database.',
  '55P03':
    'Somebody else holds a lock for long: look in pg_stat_activity for a transaction that is open and idle.',
  '57014': 'The statement took longer than its limit, or somebody cancelled it: see what keeps the server.',
  '57P01': 'The server is being stopped or restarted: try again once it is up.',
  '57P02': 'The server crashed and recovers: try again in a moment.',
  '57P03': 'The server is starting, stopping or recovering: try again in a moment.',
  '58': 'The server cannot use its own disk: see its log.',
  XX: 'The server found its own data damaged: see its log, and have a backup at hand.',
  ECONNREFUSED: 'Nothing listens there: see whether Postgres runs, then check host and port in DATABASE_URL.',
  ENOTFOUND: 'The name service does not know this host: check it in DATABASE_URL for a slip.',
  EAI_AGAIN:
    'The name service gave no answer: check the network of this machine, then the host in DATABASE_URL.',
  ETIMEDOUT: 'No answer: check the host in DATABASE_URL, and any firewall in between.',
  EHOSTUNREACH: 'No way leads there: check the host in DATABASE_URL, and the network.',
  ENETUNREACH: 'No way leads there: check the host in DATABASE_URL, and the network.',
  ECONNRESET: 'The connection broke: look whether a Postgres answers there, and try again.',
  EPIPE: 'The connection broke: look whether the server was restarted, and try again.',
  ENOENT: 'No server has its socket there: see whether Postgres runs, and in which folder its socket is.',
  EACCES: 'This account may not open that socket: run as another, or connect by host and port.',
  CERT_HAS_EXPIRED: 'Renew the certificate of the server, unless the clock of this machine is wrong.',
  CERT_NOT_YET_VALID: 'Check the clock of this machine, then the certificate of the server.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The certificate is of another name: use that name as host in DATABASE_URL, or sslmode=verify-ca.',
};

const UNTRUSTED = /^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER))/;
const UNTRUSTED_ADVICE =
  'The certificate is of an authority that is not known here: sslrootcert=FILE in DATABASE_URL names its certificate.';

/** What went wrong, with the server where it is known, and what to do about it; null where nobody knows. */
export function databaseFailure(failure: Error): { message: string; advice: string | null } {
  const server = serverOf(failure);
  return {
    message: `Postgres${server === null ? '' : ` at ${server}`}: ${saidBy(failure)}`,
    advice: adviceOn(codeOf(failure)),
  };
}

/** Node says nothing but a code where a host has several addresses, and repeats the address where it has one. */
function saidBy(failure: Error): string {
  const { message } = failure;
  if (message === '' || /^(?:connect|getaddrinfo|read|write) E/.test(message))
    return `no connection (${codeOf(failure)})`;
  return message;
}

function adviceOn(code: string): string | null {
  if (UNTRUSTED.test(code)) return UNTRUSTED_ADVICE;
  return ADVICE[code] ?? ADVICE[code.slice(0, 2)] ?? null;
}

/** A handshake of TLS has the code of what caused it, such as that of the certificate. */
function codeOf(failure: Error): string {
  if ('code' in failure && typeof failure.code === 'string') return failure.code;
  return failure instanceof HandshakeError && failure.cause instanceof Error ? codeOf(failure.cause) : '';
}
