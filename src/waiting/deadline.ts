/**
 * Waiting that can be called off. Rejections carry the reason of the signal, so that a caller can tell being
 * stopped from failing. A timer ends with the work it was for. Until then it keeps the process alive: an
 * unreferenced timer would let a one-off sync exit silently in the middle of a pause.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after `ms`, or rejects with the signal's reason as soon as that is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return signal.throwIfAborted();
  try {
    await sleep(ms, undefined, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw cause;
  }
}

/**
 * A controller whose signal any number may listen to: past ten, Node would print a warning between the lines
 * of the log.
 */
export function createController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/**
 * Runs `work` with a controller that follows `signal` and can also be aborted alone; nothing of it outlives
 * `work`.
 */
export async function following<T>(
  signal: AbortSignal,
  work: (controller: AbortController) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const controller = createController();
  const follow = () => controller.abort(signal.reason);
  signal.addEventListener('abort', follow, { once: true });
  try {
    return await work(controller);
  } finally {
    signal.removeEventListener('abort', follow);
  }
}

/**
 * Runs `work` with a signal that follows `signal` and is aborted after `ms` with a `TimeoutError`. It has a
 * timer of its own: Node 20 may collect an `AbortSignal.timeout` that only `AbortSignal.any` refers to before
 * it has fired.
 */
export function withDeadline<T>(
  signal: AbortSignal,
  { ms, work }: { ms: number; work: (bounded: AbortSignal) => Promise<T> },
): Promise<T> {
  return following(signal, async (controller) => {
    const expire = () => controller.abort(new DOMException(`Not done after ${ms} ms`, 'TimeoutError'));
    const timer = setTimeout(expire, ms);
    try {
      return await work(controller.signal);
    } finally {
      clearTimeout(timer);
    }
  });
}

/**
 * Waits for `promise`, or rejects with the signal's reason. `promise` goes on for whoever else waits for it.
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return following(signal, ({ signal: own }) =>
    Promise.race([
      promise,
      new Promise<never>((_resolve, reject) => {
        own.addEventListener('abort', () => reject(own.reason), { once: true });
      }),
    ]),
  );
}
