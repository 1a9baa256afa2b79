import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type PeriodicOptions, startPeriodic } from '../src/waiting/periodic.ts';
import { Stopped } from '../src/waiting/stopped.ts';
import { moment } from './support/moment.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Periodic work that counts its pieces. Pauses are 100 ms after a piece and 10 ms after a failure. */
function counted(work: (piece: number, signal: AbortSignal) => Promise<void> | void, firstMs?: number) {
  const seen = { begun: 0, done: [] as number[], failures: [] as unknown[] };
  const options: PeriodicOptions<number> = {
    ...(firstMs !== undefined && { firstMs }),
    work: async (signal) => {
      seen.begun += 1;
      const piece = seen.begun;
      await work(piece, signal);
      return piece;
    },
    onDone: (piece) => {
      seen.done.push(piece);
      return 100;
    },
    onFailure: (error) => {
      seen.failures.push(error);
      return 10;
    },
  };
  const periodic = startPeriodic(options);
  onTestFinished(() => periodic.stop());
  return { ...periodic, seen };
}

test('the first piece begins after the start, so that it may use what the start returned', async () => {
  const { seen } = counted(() => undefined);
  expect(seen.begun).toBe(0);
  await pass(0);
  expect(seen).toEqual({ begun: 1, done: [1], failures: [] });
});

test('the pause is counted from the end of a piece', async () => {
  const slow = moment();
  const { seen } = counted((piece) => (piece === 1 ? slow.come : undefined));
  await pass(1_000);
  expect(seen.begun).toBe(1);
  slow.now();
  await pass(99);
  expect(seen.begun).toBe(1);
  await pass(1);
  expect(seen.begun).toBe(2);
});

test('a failure is told and followed by a pause of its own', async () => {
  const failure = new Error('broken');
  const { seen } = counted((piece) => {
    if (piece === 1) throw failure;
  });
  await pass(9);
  expect(seen).toEqual({ begun: 1, done: [], failures: [failure] });
  await pass(1);
  expect(seen.done).toEqual([2]);
});

test('a listener that throws counts as a failure of its piece, and the work goes on', async () => {
  const failures: unknown[] = [];
  let pieces = 0;
  const { stop } = startPeriodic({
    work: async () => {
      pieces += 1;
    },
    onDone: () => {
      throw new Error('of the listener');
    },
    onFailure: (error) => failures.push(error),
  });
  onTestFinished(() => stop());
  await pass(50);
  expect(failures.length).toBeGreaterThan(1);
  expect(failures.length).toBe(pieces);
});

test('a first pause, and one without an end, last until somebody wakes it', async () => {
  const { seen, wake } = counted(() => undefined, Number.POSITIVE_INFINITY);
  await pass(3_600_000);
  expect(seen.begun).toBe(0);
  wake();
  await pass(0);
  expect(seen.begun).toBe(1);
});

test('news that come during a piece, however many, are one more piece right after it', async () => {
  const slow = moment();
  const { seen, wake } = counted((piece) => (piece === 1 ? slow.come : undefined));
  await pass(0);
  for (let news = 0; news < 3; news += 1) wake();
  slow.now();
  await pass(0);
  expect(seen.begun).toBe(2);
  await pass(99);
  expect(seen.begun).toBe(2);
});

test('stop ends the pause, begins nothing more, and leaves no timer', async () => {
  const { seen, stop, wake } = counted(() => undefined);
  await pass(0);
  await stop();
  wake();
  await pass(1_000);
  expect(seen.begun).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('stop before the first piece begins none', async () => {
  const { seen, stop } = counted(() => undefined);
  await stop();
  expect(seen.begun).toBe(0);
});

test('stop waits for the piece under way and hears what it did', async () => {
  const slow = moment();
  const { seen, stop } = counted(() => slow.come);
  await pass(0);
  let stopped = false;
  const stopping = stop(1_000).then(() => {
    stopped = true;
  });
  await pass(999);
  expect(stopped).toBe(false);
  slow.now();
  await stopping;
  expect(seen).toEqual({ begun: 1, done: [1], failures: [] });
  expect(vi.getTimerCount()).toBe(0);
});

/** Ends only when it is told to, as a failure. */
const endless = (_piece: number, signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

test.each([
  ['at once', undefined],
  ['once its grace is over', 1_000],
])('a piece under way is told to end early %s, and that is no failure', async (_, graceMs) => {
  const signals: AbortSignal[] = [];
  const { seen, stop } = counted((piece, signal) => {
    signals.push(signal);
    return endless(piece, signal);
  });
  await pass(0);
  const stopping = stop(graceMs);
  if (graceMs !== undefined) await pass(graceMs - 1);
  expect(signals.map(({ aborted }) => aborted)).toEqual([graceMs === undefined]);
  await pass(1);
  await stopping;
  expect(signals[0]?.reason).toBeInstanceOf(Stopped);
  expect(seen).toEqual({ begun: 1, done: [], failures: [] });
});

test('a second stop changes nothing', async () => {
  const { stop } = counted(endless);
  await pass(0);
  const first = stop(1_000);
  expect(stop(0)).toBe(first);
  await pass(1_000);
  await first;
});

test('a failure while stopping is told, as long as the piece was not ended early', async () => {
  const slow = moment();
  const failure = new Error('broken');
  const { seen, stop } = counted(async () => {
    await slow.come;
    throw failure;
  });
  await pass(0);
  const stopping = stop(1_000);
  slow.now();
  await stopping;
  expect(seen.failures).toEqual([failure]);
});
