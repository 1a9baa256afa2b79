/**
 * Milliseconds a `Retry-After` header asks for, in whole seconds or as an HTTP date (RFC 9110, 10.2.3). A
 * date that is past asks for 0. Null when the header is absent or is neither.
 */
export function retryAfter(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime());
}
