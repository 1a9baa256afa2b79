/** Shorter parts of a URL are words; tokens are longer. */
const SHORTEST_TOKEN = 12;

/** The `authorization` header for a URL's user and password; null when it has none. */
export function basicCredential({ username, password }: URL): string | null {
  if (!username && !password) return null;
  const plain = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

/** Every part of a URL that may be a secret, in whatever form a receiver may repeat it. */
export function secretsOf(url: URL): string[] {
  const credential = basicCredential(url)?.replace('Basic ', '') ?? '';
  const parts = [...url.pathname.split('/'), ...url.searchParams.values()];
  const tokens = parts.filter((part) => part.length >= SHORTEST_TOKEN);
  return [url.password, decoded(url.password), credential, ...tokens].filter(Boolean);
}

/** More headers for each request of a receiver, with the values of the moment; names in lower case. */
export type HeaderSource = () => Readonly<Record<string, string>>;

/** Shorter values of headers would be found in any text. */
const SHORTEST_VALUE = 4;

/** Every part of headers that may be a secret: `Bearer abc` as a whole, and what follows the blank. */
export function secretsIn(headers: Readonly<Record<string, string>>): string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => (name === 'user-agent' ? [] : [value]));
  const tokens = values
    .flatMap((value) => value.split(/\s+/))
    .filter((part) => part.length >= SHORTEST_TOKEN);
  return [...values.filter((value) => value.length >= SHORTEST_VALUE), ...tokens];
}

const API = '/api/v2';

/** Where an Alertmanager's API has its `alerts` or `status`. People give its pages' URL, or that of its alerts. */
export function alertmanagerApi(url: URL, what: 'alerts' | 'status'): URL {
  const api = new URL(url);
  const pages = api.pathname
    .replace(/\/+$/, '')
    .replace(/\/api\/v2(?:\/alerts)?$/, '')
    .replace(/\/+$/, '');
  api.pathname = `${pages}${API}/${what}`;
  return api;
}

/** A password in which somebody left a bare % is meant as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
