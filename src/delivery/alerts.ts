/** Which alerts there are, and what an Alertmanager has yet to be told about them. */
import type { OpenAlert, ToldAlert } from '../store/alerts.ts';
import type { Database } from '../store/database.ts';
import { readTrouble } from '../store/trouble.ts';
import { type Alert, alertOf, inWords } from './alerts-text.ts';

/** The alerts that are true at `now`, in words, whether or not anybody was told of them. */
export async function readAlerts(
  db: Database,
  { now, baselineAlerts }: { now: Date; baselineAlerts: boolean },
): Promise<ToldAlert[]> {
  const trouble = await readTrouble(db, { now, baselineAlerts });
  return trouble.map((one) => inWords(alertOf(one), now));
}

/**
 * How often a firing alert is sent again. An Alertmanager keeps alerts in memory only. After its restart, it
 * may know less than we do for this long.
 */
export const RESEND_MS = 60_000;

/** What an Alertmanager has to be told. */
export interface AlertNews {
  /** True, and new to it. */
  readonly fresh: readonly ToldAlert[];
  /** True, known to it, and to be repeated by now. */
  readonly due: readonly ToldAlert[];
  /** Fingerprints of what it believes and is true no longer. */
  readonly ended: readonly string[];
}

/**
 * Compares what is true with what the Alertmanager was told. Pure. Words are found only for what is to be
 * said.
 */
export function compareAlerts(alerts: readonly Alert[], open: readonly OpenAlert[], now: Date): AlertNews {
  const truth = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
  const ended = open.filter((told) => !truth.has(told.fingerprint)).map((told) => told.fingerprint);
  const due = open.flatMap((told) => {
    const alert = truth.get(told.fingerprint);
    return alert && isDue(told, now) ? [{ ...inWords(alert, now), starts_at: told.starts_at }] : [];
  });
  for (const told of open) truth.delete(told.fingerprint);
  return { fresh: Array.from(truth.values(), (alert) => inWords(alert, now)), due, ended };
}

/**
 * A time of sending that lies ahead comes from a clock that was set back since. Believing it would silence
 * the alert.
 */
function isDue({ last_sent_at }: OpenAlert, now: Date): boolean {
  return Math.abs(now.getTime() - last_sent_at.getTime()) >= RESEND_MS;
}
