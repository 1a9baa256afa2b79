/** Which alerts receivers were told of. */
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { openAlerts } from './delivery-schema.ts';
import { batches, unnested } from './unnest.ts';

type OpenAlertRow = typeof openAlerts.$inferSelect;

/** An alert that the receiver of a sink may believe to be firing. */
export type OpenAlert = Pick<OpenAlertRow, 'fingerprint' | 'starts_at' | 'last_sent_at'>;

/** The alert as it was told. */
export type ToldAlert = Pick<OpenAlertRow, 'fingerprint' | 'labels' | 'annotations' | 'starts_at'>;

/** All open alerts of a sink. */
export async function readOpenAlerts(db: Database, sink: string): Promise<OpenAlert[]> {
  const { fingerprint, starts_at, last_sent_at } = openAlerts;
  return await db
    .select({ fingerprint, starts_at, last_sent_at })
    .from(openAlerts)
    .where(eq(openAlerts.sink, sink));
}

/** The open alerts of a sink with these fingerprints, as they were told. */
export async function readToldAlerts(
  db: Database,
  sink: string,
  fingerprints: readonly string[],
): Promise<ToldAlert[]> {
  if (fingerprints.length === 0) return [];
  return await db
    .select()
    .from(openAlerts)
    .where(
      and(
        eq(openAlerts.sink, sink),
        sql`${openAlerts.fingerprint} = any(${sql.param(fingerprints)}::text[])`,
      ),
    );
}

const COLUMNS = {
  fingerprint: ['text', (alert: ToldAlert) => alert.fingerprint],
  labels: ['jsonb', (alert: ToldAlert) => JSON.stringify(alert.labels)],
  annotations: ['jsonb', (alert: ToldAlert) => JSON.stringify(alert.annotations)],
  starts_at: ['timestamptz', (alert: ToldAlert) => alert.starts_at.toISOString()],
} as const;

/**
 * Notes what the receiver of `sink` may believe from here on. `firing` are open, and were last sent at
 * `last_sent_at`. `ended` are open no longer. An alert that is open already keeps its start. All of it is
 * written, or nothing.
 */
export async function recordAlerts(
  db: Database,
  sink: string,
  news: { firing: readonly ToldAlert[]; ended: readonly ToldAlert[]; last_sent_at: Date },
): Promise<void> {
  if (news.firing.length + news.ended.length === 0) return;
  await db.transaction(async (tx) => {
    for (const batch of batches(news.firing)) {
      await tx.execute(sql`
        insert into cph.open_alerts (sink, fingerprint, labels, annotations, starts_at, last_sent_at)
        select ${sink}, u.fingerprint, u.labels, u.annotations, u.starts_at, ${news.last_sent_at.toISOString()}::timestamptz
        from ${unnested(batch, COLUMNS)}
        on conflict (sink, fingerprint) do update
        set annotations = excluded.annotations, last_sent_at = excluded.last_sent_at`);
    }
    const ended = news.ended.map((alert) => alert.fingerprint);
    await tx.execute(sql`
      delete from cph.open_alerts
      where sink = ${sink} and fingerprint = any(${sql.param(ended)}::text[])`);
  });
}
