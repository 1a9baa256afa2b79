import type { ClaimedSink, DeadLetter, SinkProgress } from '../store/sinks.ts';
import { deliveryDelay } from './retry.ts';
import type { Failure, Refusal, TurnReport } from './sink.ts';

/** A sink that has failed for so long gives up the event it is at with each further failure. */
const LONGEST_FAILING_MS = 3 * 86_400_000;
/** So does one that has failed for so long and answers that it does not take the event. */
const LONGEST_DOUBT_MS = 30 * 60_000;

/** What is written of a turn, together or not at all. */
interface Settlement {
  readonly progress: SinkProgress;
  readonly dead: readonly DeadLetter[];
}

/**
 * What a turn amounts to. Failures in a row are counted until the receiver answers. A refusal is an answer
 * too: the receiver works, and the next failure is about something else.
 *
 * After three days of nothing but failures the event at hand becomes a dead letter, and the cursor moves on
 * by it; after half an hour, when what the receiver answers may be meant for the event. The count goes on and so do the delays. A receiver that is back after four days misses only the
 * events of the attempts made meanwhile, and those are listed.
 */
export function settle(
  sink: ClaimedSink,
  report: TurnReport,
  { now, random }: { readonly now: Date; readonly random: () => number },
): Settlement {
  const delivered_at = report.delivered > 0 ? now : null;
  const dead = report.refused.map((refusal) => letter(refusal, now));
  if (report.failure) {
    const { givenUp, ...progress } = fail(sink, report, { now, random, failure: report.failure });
    return {
      progress: { ...progress, delivered_at },
      dead: givenUp ? [...dead, letter(givenUp, now)] : dead,
    };
  }
  const { cursor_seq, look_again_at: next_attempt_at } = report;
  const clean = { attempts: 0, failing_since: null, last_error: null };
  return { progress: { ...clean, cursor_seq, next_attempt_at, delivered_at }, dead };
}

function fail(
  sink: ClaimedSink,
  report: TurnReport,
  { now, random, failure }: { readonly now: Date; readonly random: () => number; readonly failure: Failure },
) {
  const answered = report.delivered + report.refused.length > 0;
  const attempts = answered ? 1 : sink.attempts + 1;
  const failing_since = (answered ? null : sink.failing_since) ?? now;
  const { event_seq, error, retry_after_ms, doubtful } = failure;
  const tooLong =
    now.getTime() - failing_since.getTime() > (doubtful ? LONGEST_DOUBT_MS : LONGEST_FAILING_MS);
  const givenUp = tooLong && event_seq !== null ? { event_seq, error, attempts } : null;
  return {
    cursor_seq: givenUp?.event_seq ?? report.cursor_seq,
    attempts,
    failing_since,
    next_attempt_at: new Date(now.getTime() + deliveryDelay(attempts, retry_after_ms, random)),
    last_error: error,
    givenUp,
  };
}

function letter({ event_seq, error, attempts }: Refusal, now: Date): DeadLetter {
  return { event_seq, attempts, last_error: error, failed_at: now };
}
