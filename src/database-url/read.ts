/** DATABASE_URL, read as libpq reads it, so that it means what it means to psql. */
import { type Address, addressOf, type Parts } from './address.ts';
import { DatabaseUrlError } from './parameters.ts';

/**
 * Takes a URL apart. Knows the forms of libpq's URIs, several hosts included, and two of this driver for
 * unix sockets: `/folder database` and `socket:/folder?db=database`.
 *
 * @throws DatabaseUrlError, whose message holds nothing of the text
 */
export function readDatabaseUrl(text: string): Address {
  const [, rest] = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text) ?? [];
  return addressOf(rest === undefined ? socketParts(text) : uriParts(rest));
}

function socketParts(text: string): Parts {
  const [, folder, database] = /^(\/\S*)(?: (\S+))?$/.exec(text) ?? [];
  if (folder) return { ...EMPTY, hosts: [{ host: folder, port: '' }], database: database ?? '' };
  const [, path, query = ''] = /^socket:(\/[^?@]*)(?:\?([^@]*))?$/.exec(text) ?? [];
  if (!path) throw new DatabaseUrlError('which begins with postgres://');
  const { db = '', encoding: _, ...parameters } = Object.fromEntries(parametersOf(query));
  return {
    ...EMPTY,
    hosts: [{ host: decoded(path), port: '' }],
    database: db,
    parameters: new Map(Object.entries(parameters)),
  };
}

const EMPTY = { user: '', password: '', parameters: new Map<string, string>() };

/**
 * libpq takes what is before the first `@` for user and password, unless a `/` comes first. An `@` in what
 * follows belongs to a password that should have been encoded. A part of that password would be taken for a
 * host, and be shown.
 */
function uriParts(text: string): Parts {
  const mark = text.search(/[@/]/);
  const hasUser = text[mark] === '@';
  const [user = '', password = ''] = hasUser ? split(text.slice(0, mark), ':') : [];
  const place = hasUser ? text.slice(mark + 1) : text;
  if (place.includes('@')) throw new DatabaseUrlError(ENCODED);
  const [address = '', query = ''] = split(place, '?');
  const [authority = '', database = ''] = split(address, '/');
  return {
    user: decoded(user),
    password: decoded(password),
    hosts: authority.split(',').map(hostOf),
    database: decoded(database),
    parameters: parametersOf(query),
  };
}

const ENCODED = 'in which special characters of user and password are percent-encoded (@ is %40, / is %2F)';

function hostOf(text: string): Parts['hosts'][number] {
  const found = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^[\]:]*))(?::(\d*))?$/.exec(text);
  // Its port may be the beginning of a password.
  if (!found) throw new DatabaseUrlError(`with host and port as in host:5432, and ${ENCODED}`);
  const [, address, name = '', port = ''] = found;
  return { host: address ?? decoded(name), port };
}

function parametersOf(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query === '' ? [] : query.split('&')) {
    const [name = '', value] = split(part, '=');
    if (value === undefined) throw new DatabaseUrlError('whose parameters are written as name=value');
    parameters.set(decoded(name), decoded(value));
  }
  return parameters;
}

/** In two, at the first mark; the second is undefined without one. */
function split(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  let result: string;
  try {
    result = decodeURIComponent(text);
  } catch {
    throw new DatabaseUrlError('in which every % begins a percent-encoded character (% itself is %25)');
  }
  if (result.includes('\0')) throw new DatabaseUrlError('without a zero byte');
  return result;
}
