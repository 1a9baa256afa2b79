import { orAborted } from '../../waiting/deadline.ts';

/** A look at whether a credential is good. */
export interface Trial {
  readonly end: () => void;
}

export interface Trials {
  /** Begins one, or returns null while another has to be waited for. */
  readonly begin: () => Trial | null;
  /** Resolves when it is worth asking again. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
}

/** A trial that takes longer is of an endpoint that hangs, and must not hold up all others. */
const PATIENCE_MS = 2_000;
/** All of them may be rejected, and five rejections lock the user. */
const MOST_AT_ONCE = 3;

interface Underway {
  /** Resolves when the trial ends, or is late. */
  readonly over: Promise<void>;
  readonly ended: Promise<void>;
  late: boolean;
}

/** One trial at a time, but for those that are late: of these there are three at most. */
export function createTrials(): Trials {
  const underway = new Set<Underway>();
  return {
    begin: () => {
      const waits = underway.size >= MOST_AT_ONCE || [...underway].some(({ late }) => !late);
      return waits ? null : begin(underway);
    },
    wait: async (signal) => {
      const prompt = [...underway].find(({ late }) => !late);
      const awaited = prompt ? prompt.over : Promise.race(Array.from(underway, ({ ended }) => ended));
      await orAborted(awaited, signal);
    },
  };
}

function begin(underway: Set<Underway>): Trial {
  let end = () => {};
  let pass = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const over = new Promise<void>((resolve) => {
    pass = resolve;
  });
  const trial: Underway = { over, ended, late: false };
  const timer = setTimeout(() => {
    trial.late = true;
    pass();
  }, PATIENCE_MS);
  underway.add(trial);
  return {
    end: () => {
      clearTimeout(timer);
      underway.delete(trial);
      end();
      pass();
    },
  };
}
