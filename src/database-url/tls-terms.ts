/** The TLS part of a database URL. */
import { DatabaseUrlError, oneOf } from './parameters.ts';

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

/** Files are paths, read at every connection, so that a renewed certificate needs no restart. */
export interface TlsTerms {
  readonly mode: (typeof MODES)[number];
  /** Whether to begin with TLS without asking the server for it. */
  readonly direct: boolean;
  /** Of the authorities to trust; `system` for those that Node comes with, null for none. */
  readonly rootCert: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** Of the key. */
  readonly password: string | null;
  readonly crl: string | null;
  /** Whether the server is told the name by which we look for it. */
  readonly sendName: boolean;
  readonly minVersion: (typeof VERSIONS)[number] | null;
  readonly maxVersion: (typeof VERSIONS)[number] | null;
}

/** @throws DatabaseUrlError */
export function tlsTerms(parameters: ReadonlyMap<string, string>): TlsTerms {
  const of = (name: string) => parameters.get(name) || null;
  const rootCert = of('sslrootcert');
  const mode = modeOf(parameters, rootCert);
  const cert = of('sslcert');
  const key = of('sslkey');
  if ((cert === null) !== (key === null))
    throw new DatabaseUrlError('with both sslcert and sslkey, or neither');
  const direct = oneOf(parameters, 'sslnegotiation', ['postgres', 'direct']) === 'direct';
  if (direct && ['disable', 'allow', 'prefer'].includes(mode)) {
    throw new DatabaseUrlError('whose sslmode is at least require where sslnegotiation is direct');
  }
  return {
    mode,
    direct,
    // psql would ask for a file of the user's; what Node comes with is what sslrootcert=system says there.
    rootCert: mode === 'verify-full' ? (rootCert ?? 'system') : rootCert,
    cert,
    key,
    password: of('sslpassword'),
    crl: of('sslcrl'),
    sendName: oneOf(parameters, 'sslsni', ['0', '1']) !== '0',
    minVersion: oneOf(parameters, 'ssl_min_protocol_version', VERSIONS),
    maxVersion: oneOf(parameters, 'ssl_max_protocol_version', VERSIONS),
  };
}

function modeOf(parameters: ReadonlyMap<string, string>, rootCert: string | null): TlsTerms['mode'] {
  // As libpq reads it, for URLs of JDBC.
  if (oneOf(parameters, 'ssl', ['true']) && !parameters.has('sslmode')) return 'require';
  const mode = oneOf(parameters, 'sslmode', MODES) ?? (rootCert === 'system' ? 'verify-full' : 'prefer');
  if (rootCert === 'system' && mode !== 'verify-full') {
    throw new DatabaseUrlError('whose sslmode is verify-full where sslrootcert is system');
  }
  if (mode === 'verify-ca' && rootCert === null) {
    throw new DatabaseUrlError('with sslrootcert, the file of the authority that sslmode=verify-ca trusts');
  }
  return mode;
}
