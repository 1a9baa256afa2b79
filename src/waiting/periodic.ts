/**
 * The anatomy of everything that runs again and again: one piece of work, a pause, the next piece. A service
 * names its piece, says what follows from each outcome, and is stopped in one way:
 *
 *     const renewing = startPeriodic({
 *       firstMs: 5_000,
 *       work: (signal) => renew(signal),      // one piece; returns what it did
 *       onDone: (renewed) => 5_000,           // hears that, and says how long to pause
 *       onFailure: (error) => 1_000,          // hears why it failed, and says the same
 *     });
 *     renewing.wake();                        // cuts the pause short
 *     await renewing.stop();                  // nothing of it runs any more
 *
 * Two pieces never run at the same time. So a piece needs no guard against itself, and a slow database is not
 * asked more often because it is slow.
 */
import { setMaxListeners } from 'node:events';
import { createAlarm } from './alarm.ts';
import { createController } from './deadline.ts';
import { Stopped } from './stopped.ts';

export interface PeriodicOptions<Done> {
  /**
   * One piece of work. `signal` is aborted, with a {@link Stopped}, when the piece should end early. The
   * first piece begins after `startPeriodic` has returned.
   */
  readonly work: (signal: AbortSignal) => Promise<Done>;
  /** Hears what a piece did. Returns the milliseconds until the next one; `Infinity` waits for `wake`. */
  readonly onDone: (done: Done) => number;
  /**
   * Hears what a piece rejected with, or `onDone` threw. Returns the pause before the next piece. Not called
   * for a piece that was ended early: being stopped is not a failure.
   */
  readonly onFailure: (error: unknown) => number;
  /** The pause before the first piece; none by default. */
  readonly firstMs?: number;
}

export interface Periodic {
  /**
   * Ends the pause. During a piece of work, the next one follows without a pause: news that come meanwhile
   * count.
   */
  readonly wake: () => void;
  /**
   * Begins no further piece and resolves once the one under way has ended. A piece that takes longer than
   * `graceMs` is told to end early. Without `graceMs` it is told at once. Only the first call counts.
   */
  readonly stop: (graceMs?: number) => Promise<void>;
}

/** Starts periodic work. Pauses that end by themselves keep the process alive. */
export function startPeriodic<Done>(options: PeriodicOptions<Done>): Periodic {
  const alarm = createAlarm();
  const dropping = createController();
  // A piece may send any number of requests; Node would warn of a leak when the eleventh listens.
  setMaxListeners(0, dropping.signal);
  let stopping = false;
  const run = async () => {
    await alarm.sleep(options.firstMs ?? 0);
    while (!stopping) await alarm.sleep(await pieceOf(options, dropping.signal));
  };
  const ended = run();
  const stop = async (graceMs: number) => {
    stopping = true;
    alarm.ring();
    const drop = () => dropping.abort(new Stopped());
    if (graceMs <= 0) drop();
    const timer = setTimeout(drop, graceMs);
    await ended;
    clearTimeout(timer);
  };
  let stopped: Promise<void> | undefined;
  return {
    wake: alarm.ring,
    stop: (graceMs = 0) => {
      stopped ??= stop(graceMs);
      return stopped;
    },
  };
}

/** Resolves with the pause that follows. */
async function pieceOf<Done>(
  { work, onDone, onFailure }: PeriodicOptions<Done>,
  signal: AbortSignal,
): Promise<number> {
  try {
    return onDone(await work(signal));
  } catch (error) {
    return signal.aborted ? 0 : onFailure(error);
  }
}
