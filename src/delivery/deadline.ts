/**
 * Runs `work` with a signal that follows `signal` and is aborted after `ms` with a `TimeoutError`. A timer of our own,
 * because Node 20 may collect an `AbortSignal.timeout` that only `AbortSignal.any` refers to before it has fired.
 */
export async function withDeadline<T>(
  signal: AbortSignal,
  { ms, work }: { readonly ms: number; readonly work: (bounded: AbortSignal) => Promise<T> },
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const follow = () => controller.abort(signal.reason);
  const expire = () => controller.abort(new DOMException(`not done after ${ms} ms`, 'TimeoutError'));
  const timer = setTimeout(expire, ms);
  signal.addEventListener('abort', follow, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    signal.removeEventListener('abort', follow);
    clearTimeout(timer);
  }
}
