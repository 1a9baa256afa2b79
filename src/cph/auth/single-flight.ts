import { createController, orAborted } from '../../waiting/deadline.ts';

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Runs `work` once for everyone who asks while it runs. Each waits only as long as its own signal lets it;
 * when nobody waits any more, the work is aborted.
 */
export function singleFlight<T>(
  work: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let flight: Flight<T> | null = null;
  const begin = (): Flight<T> => {
    const controller = createController();
    const result = work(controller.signal);
    // Whoever still waits hears of a failure; with nobody left it must not count as unhandled.
    result.catch(() => {});
    return { result, controller, waiting: 0 };
  };
  return async (signal) => {
    signal.throwIfAborted();
    flight ??= begin();
    const mine = flight;
    mine.waiting += 1;
    try {
      return await orAborted(mine.result, signal);
    } finally {
      mine.waiting -= 1;
      if (mine.waiting === 0) {
        mine.controller.abort();
        if (flight === mine) flight = null;
      }
    }
  };
}
