/** The tables of delivery: how far each sink is in the log, what it refused, which alerts it was told of. */
import { sql } from 'drizzle-orm';
import { bigint, check, integer, jsonb, primaryKey, text } from 'drizzle-orm/pg-core';
import { cph, instant } from './schema.ts';

export const sinks = cph.table(
  'sinks',
  {
    name: text().primaryKey(),
    kind: text().$type<'webhook' | 'alertmanager' | 'smn'>().notNull(),
    /** The last event that the sink accepted or was spared. The next one is what it still has to hear of. */
    cursor_seq: bigint({ mode: 'number' }).notNull(),
    /** Failures in a row. */
    attempts: integer().notNull().default(0),
    failing_since: instant('failing_since'),
    next_attempt_at: instant('next_attempt_at'),
    last_error: text(),
    last_delivered_at: instant('last_delivered_at'),
    /** The replica that delivers, and until when it may unless it renews. */
    leased_by: text(),
    leased_until: instant('leased_until'),
    /**
     * Since when the configuration no longer names the sink. Nothing is delivered then, and its row stays.
     */
    unconfigured_since: instant('unconfigured_since'),
  },
  () => [
    check('sinks_kind', sql`kind in ('webhook', 'alertmanager', 'smn')`),
    check('sinks_counts', sql`cursor_seq >= 0 and attempts >= 0`),
    check('sinks_failing', sql`(attempts = 0) = (failing_since is null)`),
  ],
);

/** Events that a sink refused for good, or did not take for too long. */
export const deadLetters = cph.table(
  'dead_letters',
  {
    sink: text().notNull(),
    event_seq: bigint({ mode: 'number' }).notNull(),
    attempts: integer().notNull(),
    /** The receiver's answer. */
    last_error: text().notNull(),
    failed_at: instant('failed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sink, t.event_seq] })],
);

/**
 * Alerts that a sink was told are firing, or is about to be told of, and not yet that they ended. A restart
 * must not forget them.
 */
export const openAlerts = cph.table(
  'open_alerts',
  {
    sink: text().notNull(),
    /** The alert's identity: its labels as canonical JSON. */
    fingerprint: text().notNull(),
    labels: jsonb().$type<Readonly<Record<string, string>>>().notNull(),
    annotations: jsonb().$type<Readonly<Record<string, string>>>().notNull(),
    starts_at: instant('starts_at').notNull(),
    last_sent_at: instant('last_sent_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.sink, t.fingerprint] })],
);
