/** Which parameters a database URL may have. */
/** The URL cannot be used. The message completes "a Postgres URL" and holds no value of it. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
}

/** What they say is done. */
const HONOURED = [
  ...['host', 'hostaddr', 'port', 'dbname', 'user', 'password', 'application_name', 'options'],
  ...['connect_timeout', 'keepalives', 'keepalives_idle', 'target_session_attrs', 'load_balance_hosts'],
  ...[
    'channel_binding',
    'sslmode',
    'ssl',
    'sslnegotiation',
    'sslrootcert',
    'sslcert',
    'sslkey',
    'sslpassword',
  ],
  ...['sslcrl', 'sslsni', 'ssl_min_protocol_version', 'ssl_max_protocol_version'],
];

/** What they ask for is done anyway, or makes no difference to whom we talk to. */
const WITHOUT_EFFECT = [
  ...['fallback_application_name', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...['sslcompression', 'krbsrvname', 'gsslib', 'gssdelegation', 'client_encoding', 'gssencmode'],
];

/** Of libpq, and not here. To ignore them would be to connect on other terms than were asked for. */
const UNSUPPORTED = [
  ...['passfile', 'service', 'servicefile', 'require_auth', 'requirepeer', 'requiressl', 'replication'],
  ...['sslcertmode', 'sslcrldir', 'sslkeylogfile', 'min_protocol_version', 'max_protocol_version'],
  ...['scram_client_key', 'scram_server_key'],
];

/** @throws DatabaseUrlError */
export function judgeParameters(parameters: ReadonlyMap<string, string>): void {
  for (const name of parameters.keys()) {
    if (UNSUPPORTED.includes(name))
      throw new DatabaseUrlError(`without ${name}, which is not supported here`);
    if (!HONOURED.includes(name) && !WITHOUT_EFFECT.includes(name)) throw unknown(name);
  }
  const encoding = parameters.get('client_encoding')?.toLowerCase().replace('-', '') ?? 'auto';
  if (encoding !== 'auto' && encoding !== 'utf8') {
    throw new DatabaseUrlError('without client_encoding: it is always UTF8');
  }
  if (parameters.get('gssencmode') === 'require') {
    throw new DatabaseUrlError('whose gssencmode is not require, which is not supported here');
  }
}

/** A word like those of libpq may be shown. */
function unknown(name: string): DatabaseUrlError {
  const shown = /^[a-z_]{1,40}$/i.test(name) ? ` ${name}` : '';
  return new DatabaseUrlError(`without the parameter${shown}, which psql does not know`);
}

/** A whole number; null where the parameter is not there. */
export function numberOf(parameters: ReadonlyMap<string, string>, name: string): number | null {
  const text = parameters.get(name);
  if (text === undefined) return null;
  if (!/^\d{1,6}$/.test(text)) throw new DatabaseUrlError(`whose ${name} is a whole number`);
  return Number(text);
}

/** One of the words that a parameter takes; null where it is not there. */
export function oneOf<const Word extends string>(
  parameters: ReadonlyMap<string, string>,
  name: string,
  words: readonly Word[],
): Word | null {
  const text = parameters.get(name);
  if (text === undefined) return null;
  const found = words.find((word) => word === text);
  if (!found) throw new DatabaseUrlError(`whose ${name} is one of ${words.join(', ')}`);
  return found;
}
