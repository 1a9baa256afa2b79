import { TestRunner, vi } from 'vitest';

/** Left to the test, so that what is reported is the condition and not a test that took too long. */
const MARGIN_MS = 5_000;
const IN_HOOKS_MS = 60_000;

/** Waits until `condition` gives something true, and returns it. Gives up shortly before the test would. */
export function until<T>(
  condition: () => T | Promise<T>,
): Promise<Exclude<Awaited<T>, false | 0 | '' | null | undefined>>;
export async function until(condition: () => unknown): Promise<unknown> {
  const patience = TestRunner.getCurrentTest()?.timeout ?? IN_HOOKS_MS;
  return await vi.waitUntil(condition, { timeout: patience - MARGIN_MS, interval: 10 });
}
