/**
 * JSON text that is the same for equal values whatever the order of their keys, so that it can be compared
 * and hashed. Postgres reorders the keys of `jsonb`, so what we wrote and what we read back differ in nothing
 * but that.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isPlainObject(inner) ? sortKeys(inner) : inner));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(object: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(object);
  if (keys.length < 2) return object;
  // A null prototype keeps a field that upstream named `__proto__` an ordinary field.
  const sorted: Record<string, unknown> = Object.create(null);
  for (const key of keys.sort()) sorted[key] = object[key];
  return sorted;
}
