import { vi } from 'vitest';

/** Waits until `condition` gives something true, and returns it; fails after ten seconds. */
export function until<T>(
  condition: () => T | Promise<T>,
): Promise<Exclude<Awaited<T>, false | 0 | '' | null | undefined>>;
export async function until(condition: () => unknown): Promise<unknown> {
  return await vi.waitUntil(condition, { timeout: 10_000, interval: 10 });
}
