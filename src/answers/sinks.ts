/** What each sink has still to hear of, what it refused, and how that is sent again. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { readSinkStatus, type SinkStatus } from '../store/status.ts';
import { PARAMETERS } from './parameters.ts';

export const SINKS_PARAMETERS = z.strictObject({ limit: PARAMETERS.limit });

/** An event that a sink refused. What it was about is null when the event was deleted since. */
export interface DeadLetter extends Record<string, unknown> {
  readonly sink: string;
  readonly event_seq: number;
  readonly attempts: number;
  readonly last_error: string;
  readonly failed_at: Date;
  readonly type: string | null;
  readonly project_id: string | null;
  readonly image_id: string | null;
  readonly image_name: string | null;
  /** The command that sends it again, with all behind it. */
  readonly replay: string;
}

export interface SinkItem extends SinkStatus {
  /** The newest ones; `dead_letters` says how many there are. */
  readonly letters: readonly DeadLetter[];
}

const DEFAULT_LETTERS = 20;

/** Every sink by its name, with its newest dead letters. */
export async function readSinks(
  db: Database,
  { limit = DEFAULT_LETTERS }: { readonly limit?: number | undefined } = {},
): Promise<SinkItem[]> {
  const [sinks, letters] = await Promise.all([readSinkStatus(db), readLetters(db, limit)]);
  return sinks.map((sink) => ({ ...sink, letters: letters.filter((letter) => letter.sink === sink.name) }));
}

async function readLetters(db: Database, limit: number): Promise<DeadLetter[]> {
  const { rows } = await db.execute<
    Omit<DeadLetter, 'replay'> & { readonly sink: string; readonly event_seq: number }
  >(sql`
    select s.name as sink, d.event_seq, d.attempts, d.last_error, d.failed_at, e.type, e.project_id, e.image_id,
      coalesce(e.after, e.before) ->> 'image_name' as image_name
    from cph.sinks s
    cross join lateral (
      select * from cph.dead_letters where sink = s.name order by event_seq desc limit ${limit}
    ) d
    left join cph.image_events e on e.seq = d.event_seq
    order by s.name, d.event_seq desc`);
  return rows.map((row) => ({ ...row, replay: replayCommand(row.sink, row.event_seq - 1) }) as DeadLetter);
}

/** Names of sinks are words without blanks or quotes; the configuration takes no others. */
export function replayCommand(sink: string, after: number): string {
  return `cph-inventory replay ${sink} --after ${after}`;
}
