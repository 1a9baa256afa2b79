import { type EventRow, readEvents } from '../store/events.ts';
import { failureOf, type Verdict } from './receiver-answer.ts';
import type { Failure, Refusal, Turn, TurnReport } from './sink.ts';

/** Who hears of events one by one. */
interface EventReceiver {
  /** Whether an event is for it at all. */
  readonly wants: (event: EventRow) => boolean;
  /** Rejects only with the turn's reason to stop. */
  readonly send: (event: EventRow, turn: Turn) => Promise<Verdict>;
}

/**
 * How much is sent between two movements of the cursor, and so how much is sent twice when we die: at most so
 * many events, and no more than a slow receiver takes in this time.
 */
const EVENTS_A_TURN = 200;
const TURN_MS = 1_000;

/**
 * Sends what comes after the cursor, in order and one at a time, up to the first event the receiver does not
 * take now. Events it will never take are noted, and those it does not want are passed over. Neither holds up
 * the rest.
 */
export async function deliverEvents(turn: Turn, { wants, send }: EventReceiver): Promise<TurnReport> {
  const events = await readEvents(turn.db, { after: turn.cursor_seq, limit: EVENTS_A_TURN });
  const end = turn.now().getTime() + TURN_MS;
  const report: Progress = { cursor_seq: turn.cursor_seq, delivered: 0, refused: [], failure: null };
  try {
    for (const event of events) {
      if (turn.now().getTime() > end) break;
      if (wants(event)) note(report, event, { verdict: await send(event, turn), attempts: turn.attempts });
      if (report.failure) break;
      report.cursor_seq = event.seq;
    }
  } catch (error) {
    // Stopped in the middle: what was answered before counts.
    if (!turn.signal.aborted || answers(report) === 0) throw error;
  }
  return { ...report, look_again_at: null };
}

interface Progress {
  cursor_seq: number;
  delivered: number;
  refused: Refusal[];
  failure: Failure | null;
}

function answers({ delivered, refused }: Progress): number {
  return delivered + refused.length;
}

function note(
  report: Progress,
  { seq: event_seq }: EventRow,
  { verdict, attempts }: { readonly verdict: Verdict; readonly attempts: number },
): void {
  switch (verdict.kind) {
    case 'accepted':
      report.delivered += 1;
      return;
    case 'refused':
      // Failures before this turn were of the first event sent in it.
      report.refused.push({
        event_seq,
        error: verdict.error,
        attempts: 1 + (answers(report) === 0 ? attempts : 0),
      });
      return;
    case 'failed':
      report.failure = failureOf(verdict, event_seq);
  }
}
