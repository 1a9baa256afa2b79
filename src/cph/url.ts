export type Query = Readonly<Record<string, string | number>>;

/**
 * The URL of something below `/v1/{project_id}/` of an endpoint, which may have a path of its own and end in
 * a slash. Everything is encoded by RFC 3986 (no `+` for a space), the way signatures spell it.
 */
export function apiUrl(
  endpoint: string,
  { projectId, path, query }: { projectId: string; path: string; query: Query },
): URL {
  const { origin, pathname } = new URL(endpoint);
  const search = Object.entries(query).map(
    ([name, value]) => `${encodeStrict(name)}=${encodeStrict(String(value))}`,
  );
  // The version is ours to add; many give it with the endpoint, as it is in the reference.
  const base = origin + pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  return new URL(
    `${base}/v1/${encodeStrict(projectId)}/${path}${search.length > 0 ? `?${search.join('&')}` : ''}`,
  );
}

/** RFC 3986: everything but letters, digits and `-._~`. */
export function encodeStrict(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
