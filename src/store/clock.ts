/** Our clock beside Postgres': the only one that replicas share. */
import { sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';

const MINUTE_MS = 60_000;
/** So far our clock may stray from the time that passed before we look again sooner. */
const JUMP_MS = 15_000;

/** The time by Postgres' clock. */
export async function readClock(db: Database): Promise<Date> {
  const { rows } = await promptly(db).execute<{ clock: Date }>(sql`select clock_timestamp() as clock`);
  const [row] = rows;
  if (!row) throw new Error('Postgres did not say what time it is');
  return row.clock;
}

export interface ClockShift {
  /**
   * Compares the clocks, once a minute and whenever ours has jumped, and returns the milliseconds by which a time of ours
   * has to be moved to be one of Postgres'. Zero while they are within a minute, as clocks are that are kept: then replicas
   * agree on what a tick is called. Whole minutes else, and the same ones until they are wrong by a minute.
   */
  readonly follow: () => Promise<number>;
}

/** `onShift` is told of every change of the shift. */
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
