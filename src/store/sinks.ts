/**
 * How far each sink is in the log, what it gave up, and which replica may move it. Leases run by Postgres'
 * clock alone.
 */
import { and, eq, gt, type SQL, sql } from 'drizzle-orm';
import { type Database, promptly } from './database.ts';
import { type deadLetters, sinks } from './delivery-schema.ts';
import type { Marked } from './projects.ts';
import { retryTransient } from './transient.ts';
import { unnested } from './unnest.ts';

export type SinkRow = typeof sinks.$inferSelect;
export type SinkKind = SinkRow['kind'];

/**
 * Makes sinks known. A new one starts at the end of the log and takes its first turn at `now`. `seq` order is
 * commit order, so every event that commits from now on has a number above the last one there is. A known one
 * keeps its place, also when it was not configured for a while.
 */
export async function registerSinks(
  db: Database,
  configured: readonly { readonly name: string; readonly kind: SinkKind }[],
  now: Date,
): Promise<void> {
  await retryTransient(() =>
    db.execute(sql`
      insert into cph.sinks (name, kind, cursor_seq, next_attempt_at)
      select u.name, u.kind, (select coalesce(max(seq), 0) from cph.image_events), ${now.toISOString()}::timestamptz
      from ${unnested(configured, { name: ['text', (sink) => sink.name], kind: ['text', (sink) => sink.kind] })}
      on conflict (name) do update
        set kind = excluded.kind, unconfigured_since = null
        where sinks.kind <> excluded.kind or sinks.unconfigured_since is not null`),
  );
}

/**
 * Marks the sinks that the configuration does not name, and returns those it has marked. Nobody delivers to
 * them, and that is as it should be. A sink is idle when it has had something to do for five minutes.
 */
export async function markUnconfiguredSinks(
  db: Database,
  configured: readonly string[],
  at: Date,
  which: Marked = 'all',
): Promise<string[]> {
  const idle = sql`coalesce(leased_until, '-infinity') < clock_timestamp() and (
    next_attempt_at < clock_timestamp() - interval '5 minutes'
    or attempts = 0 and exists (
      select from cph.image_events e
      where e.seq = (select min(seq) from cph.image_events where seq > s.cursor_seq) and e.occurred_at < clock_timestamp() - interval '5 minutes'
    ))`;
  const { rows } = await retryTransient(() =>
    db.execute<{ name: string }>(sql`
      update cph.sinks s
      set unconfigured_since = ${at.toISOString()}::timestamptz
      where unconfigured_since is null and name <> all(${sql.param(configured)}::text[])
        and ${which === 'all' ? sql`true` : idle}
      returning name`),
  );
  return rows.map(({ name }) => name).sort();
}

/** A sink whose turn it is, leased to us. */
export interface ClaimedSink
  extends Pick<SinkRow, 'name' | 'cursor_seq' | 'attempts' | 'failing_since' | 'last_delivered_at'> {
  /** The last event of the log. */
  readonly last_seq: number;
}

/**
 * Leases a sink for `lease_ms`, if there is something to do for it and no other replica is at it. Else
 * returns null and writes nothing. Whoever leases a sink has it in its configuration, whatever a replica with
 * another file has said. When we die, another replica takes it once the lease has run out, and sends again
 * what we sent and could not note down.
 */
export async function claimSink(
  db: Database,
  name: string,
  { replica, lease_ms, now }: { replica: string; lease_ms: number; now: Date },
): Promise<ClaimedSink | null> {
  // No pause is longer than an hour: one that is was written by a clock that was wrong.
  const at = sql`${now.toISOString()}::timestamptz`;
  const { rows } = await promptly(db).execute<ClaimedSink & Record<string, unknown>>(sql`
    update cph.sinks s
    set leased_by = ${replica}, leased_until = clock_timestamp() + make_interval(secs => ${lease_ms / 1000}),
      unconfigured_since = null
    from (select coalesce(max(seq), 0) as last_seq from cph.image_events) log
    where s.name = ${name}
      and (s.leased_by is null or s.leased_by = ${replica} or s.leased_until <= clock_timestamp())
    and (s.next_attempt_at <= ${at} or s.next_attempt_at > ${at} + interval '61 minutes' or (s.attempts = 0 and s.cursor_seq < log.last_seq) or s.unconfigured_since is not null)
    returning s.name, s.cursor_seq, s.attempts, s.failing_since, s.last_delivered_at, log.last_seq`);
  return rows[0] ?? null;
}

/** What a turn leaves behind in its sink's row. */
export interface SinkProgress
  extends Pick<SinkRow, 'cursor_seq' | 'attempts' | 'failing_since' | 'next_attempt_at' | 'last_error'> {
  /** Null: nothing was delivered. */
  readonly delivered_at: Date | null;
}

/** An event that was given up. */
export type DeadLetter = Omit<typeof deadLetters.$inferSelect, 'sink'>;

/**
 * Writes what became of a turn, and ends its lease. Dead letters of the stretch of the log it went over
 * become what the turn left of them: an event it delivered is dead no more. Returns false and writes nothing
 * when the cursor is not where the turn found it (a replay has moved it) or the lease has gone to another
 * replica.
 *
 * One statement, because every turn pays for it: a transaction would be five round trips.
 */
export async function settleSink(
  db: Database,
  turn: { readonly name: string; readonly replica: string; readonly cursor_seq: number },
  { progress, dead }: { readonly progress: SinkProgress; readonly dead: readonly DeadLetter[] },
): Promise<boolean> {
  const { rows } = await promptly(db).execute<{ moved: number }>(sql`
    with moved as (
      update cph.sinks
      set ${assignments(progress)}, leased_by = null, leased_until = null
      where name = ${turn.name} and leased_by = ${turn.replica} and cursor_seq = ${turn.cursor_seq}
      returning name
    ), revived as (
      delete from cph.dead_letters d
      using moved
      where d.sink = moved.name and d.event_seq > ${turn.cursor_seq} and d.event_seq <= ${progress.cursor_seq}
        and d.event_seq <> all(${sql.param(dead.map(({ event_seq }) => event_seq))}::bigint[])
    ), died as (
      insert into cph.dead_letters (sink, event_seq, attempts, last_error, failed_at)
      select moved.name, u.event_seq, u.attempts, u.last_error, u.failed_at
      from moved, ${unnested(dead, DEAD_LETTER_COLUMNS)}
      on conflict (sink, event_seq) do update
        set attempts = excluded.attempts, last_error = excluded.last_error, failed_at = excluded.failed_at
    )
    select count(*)::int as moved from moved`);
  return rows[0]?.moved === 1;
}

function assignments(progress: SinkProgress): SQL {
  const { cursor_seq, attempts, failing_since, next_attempt_at, last_error, delivered_at } = progress;
  return sql`
    cursor_seq = ${cursor_seq},
    attempts = ${attempts},
    failing_since = ${instantParameter(failing_since)},
    next_attempt_at = ${instantParameter(next_attempt_at)},
    last_error = ${last_error},
    last_delivered_at = coalesce(${instantParameter(delivered_at)}, last_delivered_at)`;
}

function instantParameter(at: Date | null): SQL {
  return sql`${at?.toISOString() ?? null}::timestamptz`;
}

const DEAD_LETTER_COLUMNS = {
  event_seq: ['bigint', (letter: DeadLetter) => letter.event_seq],
  attempts: ['integer', (letter: DeadLetter) => letter.attempts],
  last_error: ['text', (letter: DeadLetter) => letter.last_error],
  failed_at: ['timestamptz', (letter: DeadLetter) => letter.failed_at.toISOString()],
} as const;

/** Ends a lease without a word about its turn, so that others need not wait for it to run out. */
export async function releaseSink(
  db: Database,
  { name, replica }: { readonly name: string; readonly replica: string },
): Promise<void> {
  await promptly(db)
    .update(sinks)
    .set({ leased_by: null, leased_until: null })
    .where(and(eq(sinks.name, name), eq(sinks.leased_by, replica)));
}

/**
 * Moves a sink's cursor back to `after` and forgets its failures, so that it sends at once. Returns how many
 * events it will come across again. When the cursor is not beyond `after`, that is none, and nothing is
 * written.
 */
export async function rewindSink(db: Database, name: string, after: number): Promise<number> {
  return await db.transaction(async (tx) => {
    const [sink] = await tx
      .select()
      .from(sinks)
      .where(and(eq(sinks.name, name), gt(sinks.cursor_seq, after)))
      .for('update');
    if (!sink) return 0;
    await tx
      .update(sinks)
      .set({ cursor_seq: after, attempts: 0, failing_since: null, next_attempt_at: null, last_error: null })
      .where(eq(sinks.name, name));
    const { rows } = await tx.execute<{ events: number }>(sql`
      select count(*) as events from cph.image_events where seq > ${after} and seq <= ${sink.cursor_seq}`);
    return rows[0]?.events ?? 0;
  });
}

/**
 * Where a cursor stands that has everything since `since` before it. Null when nothing happened since then.
 */
export async function cursorBefore(db: Database, since: Date): Promise<number | null> {
  const { rows } = await db.execute<{ cursor_seq: number | null }>(sql`
    select min(seq) - 1 as cursor_seq from cph.image_events where occurred_at >= ${since.toISOString()}::timestamptz`);
  return rows[0]?.cursor_seq ?? null;
}
