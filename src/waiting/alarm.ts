/** What a loop sleeps by. */
export interface Alarm {
  /**
   * Ends the sleep, or the next one where nobody sleeps: news that come while the loop is at work are not
   * lost.
   */
  readonly ring: () => void;
  /** Resolves after `ms`, or as soon as the alarm rings; `Infinity` waits for that alone. For one sleeper. */
  readonly sleep: (ms: number) => Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wake = () => {};
  return {
    ring: () => {
      rung = true;
      wake();
    },
    sleep: async (ms) => {
      if (!rung && ms > 0) {
        await new Promise<void>((resolve) => {
          const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
