/** Which server a failure is of. Neither pg's errors nor Postgres' say it, and a URL may name several. */
import type { Endpoint } from '../../database-url/address.ts';

const names = new WeakMap<object, string>();

export function noteServer(failure: unknown, { host, port }: Endpoint): void {
  if (typeof failure === 'object' && failure !== null) names.set(failure, `${host}:${port}`);
}

/** `host:port`; null where it is not known, or several have failed. */
export function serverOf(failure: Error): string | null {
  return names.get(failure) ?? null;
}
