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

/** A password in which somebody left a bare % is meant as it stands. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
