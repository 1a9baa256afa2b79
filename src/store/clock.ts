/** Our clock and that of Postgres, the only one that replicas share. */
import { sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';

const MINUTE_MS = 60_000;
/** Our clock may stray this far from the time that has passed before the clocks are compared again. */
const JUMP_MS = 15_000;

/** The time by the clock of Postgres. */
export async function readClock(db: Database): Promise<Date> {
  const { rows } = await promptly(db).execute<{ clock: Date }>(sql`select clock_timestamp() as clock`);
  const [row] = rows;
  if (!row) throw new Error('Postgres did not say what time it is');
  return row.clock;
}

export interface ClockShift {
  /**
   * Returns by how many milliseconds a time of ours has to be moved to be one of Postgres. Compares the
   * clocks once a minute, and whenever ours has jumped. The shift is zero while the clocks are within a
   * minute of each other, as they are on machines that are kept: then replicas agree on the name of a tick.
   * Otherwise it is a whole number of minutes, and stays until it is wrong by a minute.
   */
  readonly follow: () => Promise<number>;
}

/** Calls `onShift` with every change of the shift. */
export function createClockShift(
  db: Database,
  now: () => Date,
  onShift: (shiftMs: number) => void,
): ClockShift {
  let shiftMs = 0;
  let last = { ours: Number.NEGATIVE_INFINITY, passed: Number.NEGATIVE_INFINITY };
  return {
    follow: async () => {
      const reading = { ours: now().getTime(), passed: performance.now() };
      const passed = reading.passed - last.passed;
      if (passed < MINUTE_MS && Math.abs(reading.ours - last.ours - passed) < JUMP_MS) return shiftMs;
      const clock = await readClock(db);
      last = reading;
      const measured = clock.getTime() - reading.ours;
      if (Math.abs(measured - shiftMs) <= MINUTE_MS) return shiftMs;
      shiftMs = Math.round(measured / MINUTE_MS) * MINUTE_MS;
      onShift(shiftMs);
      return shiftMs;
    },
  };
}
