/**
 * The SMN sink: tells a topic of Simple Message Notification which alerts began and ended, and nothing else.
 * People read its messages, so there is one a minute at most, with everything in it that happened meanwhile.
 */
import { readOpenAlerts, readToldAlerts, recordAlerts } from '../store/alerts.ts';
import type { Database } from '../store/database.ts';
import { readTrouble } from '../store/trouble.ts';
import { compareAlerts } from './alerts.ts';
import { alertOf } from './alerts-text.ts';
import { inDelivery } from './delivery-span.ts';
import { failureOf, type Verdict } from './receiver-answer.ts';
import type { Sink, Turn, TurnReport } from './sink.ts';
import { type Digest, messageOf } from './smn-message.ts';

interface SmnOptions {
  readonly name: string;
  /** Whether images that had failed before their project was first read completely are alerts too. */
  readonly baselineAlerts: boolean;
  /** Publishes one message. Rejects only with the reason of the signal. */
  readonly publish: (message: ReturnType<typeof messageOf>, signal: AbortSignal) => Promise<Verdict>;
  readonly close: () => Promise<void>;
}

/** How soon trouble is seen that no event tells of. */
const LOOK_AGAIN_MS = 2_000;
const BETWEEN_MESSAGES_MS = 60_000;
/** When an alert was last told that has not been told yet. */
const NEVER = new Date(0);

/**
 * A sink whose every turn compares what is true with what was told. Each alert is noted down before it is told,
 * so one that ends before the next message, or whose message nobody knows to have arrived, is told to be over.
 */
export function createSmnSink(options: SmnOptions): Sink {
  return {
    name: options.name,
    kind: 'smn',
    takeTurn: (turn) => takeTurn(turn, options),
    close: options.close,
  };
}

async function takeTurn(turn: Turn, options: SmnOptions): Promise<TurnReport> {
  const now = turn.now();
  const digest = await readDigest(turn.db, { now, ...options });
  const alerts = [digest.begun, digest.ended, digest.passed].flat();
  const nothing: TurnReport = {
    cursor_seq: turn.last_seq,
    delivered: 0,
    refused: [],
    failure: null,
    look_again_at: new Date(now.getTime() + LOOK_AGAIN_MS),
  };
  if (alerts.length === 0 || isTooSoon(turn.last_delivered_at, now)) return nothing;
  const delivered = { sink: options.name, alerts: alerts.length };
  const verdict = await inDelivery(delivered, () => options.publish(messageOf(digest), turn.signal));
  if (verdict.kind !== 'accepted') {
    const { retry_after_ms, ...failure } = failureOf(verdict, null);
    // A message whose answer was lost may have arrived. The next one keeps its distance to it, too.
    const patience = Math.max(BETWEEN_MESSAGES_MS, retry_after_ms ?? 0);
    return { ...nothing, cursor_seq: turn.cursor_seq, failure: { ...failure, retry_after_ms: patience } };
  }
  const { begun: firing, ended, passed } = digest;
  await recordAlerts(turn.db, options.name, { firing, ended: [...ended, ...passed], last_sent_at: now });
  return { ...nothing, delivered: alerts.length };
}

/** A message that lies ahead was told by a clock that was set back since, and is not waited for. */
function isTooSoon(last: Date | null, now: Date): boolean {
  return last !== null && Math.abs(now.getTime() - last.getTime()) < BETWEEN_MESSAGES_MS;
}

async function readDigest(
  db: Database,
  { name, now, baselineAlerts }: { name: string; now: Date; baselineAlerts: boolean },
): Promise<Digest> {
  const trouble = await readTrouble(db, { now, baselineAlerts, teller: name });
  const open = await readOpenAlerts(db, name);
  const { fresh, due, ended } = compareAlerts(trouble.map(alertOf), open, now);
  await recordAlerts(db, name, { firing: fresh, ended: [], last_sent_at: NEVER });
  const untold = new Set(
    open.filter(({ last_sent_at }) => +last_sent_at === +NEVER).map((alert) => alert.fingerprint),
  );
  const over = await readToldAlerts(db, name, ended);
  return {
    begun: [...fresh, ...due.filter(({ fingerprint }) => untold.has(fingerprint))],
    ended: over.filter(({ fingerprint }) => !untold.has(fingerprint)),
    passed: over.filter(({ fingerprint }) => untold.has(fingerprint)),
  };
}
