import { vi } from 'vitest';

/** Waits until `condition` gives something true, and returns it; fails after ten seconds, or `ms`. */
export function until<T>(
  condition: () => T | Promise<T>,
  ms?: number,
): Promise<Exclude<Awaited<T>, false | 0 | '' | null | undefined>>;
export async function until(condition: () => unknown, ms = 10_000): Promise<unknown> {
  return await vi.waitUntil(condition, { timeout: ms, interval: 10 });
}
