/** What is wrong now, by the tables. */
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { CREDENTIAL_REJECTED, LAST_LOOK, LAST_SWEEP } from './last-look.ts';
import { ASKED_FOR } from './views.ts';

type OfProject = {
  readonly project_id: string;
  readonly project_name: string | null;
  readonly region: string;
  /** Since when it is so, as far as the tables tell. */
  readonly since: Date;
};
type OfImage = OfProject & {
  readonly image_id: string;
  readonly image_name: string | null;
  /** Since when no listing has it any more; it may be gone, and its removal held. Null while one has it. */
  readonly missing_since: Date | null;
};

/** Something that an operator has to know. It is named as the alert that reports it. */
export type Trouble =
  | (OfImage & { readonly alert: 'CphImageFailed' })
  | (OfImage & { readonly alert: 'CphImageStuckCreating'; readonly creating_since: Date })
  | (OfProject & {
      readonly alert: 'CphSyncFailing';
      readonly failures: number;
      readonly last_error: string | null;
    })
  | (OfProject & { readonly alert: 'CphCredentialRejected'; readonly last_error: string | null })
  | (OfProject & {
      readonly alert: 'CphInventoryStale';
      readonly last_complete_at: Date | null;
      /** Why the last sweep was partial; null where it was something else, or where none came. */
      readonly last_error: string | null;
    })
  | (OfProject & { readonly alert: 'CphRemovalsHeld'; readonly held: number })
  | (OfProject & {
      readonly alert: 'CphRecordsUnreadable';
      readonly records: number;
      readonly fields: number;
      /** The first of them, in words. */
      readonly example: string | null;
    })
  | {
      readonly alert: 'CphDeliveryFailing';
      readonly sink: string;
      readonly since: Date;
      /** Failures in a row. */
      readonly attempts: number;
      readonly dead_letters: number;
      /** The first event it refused; null where it refused none. */
      readonly first_dead_seq: number | null;
      readonly last_error: string | null;
    };

type Of<Name extends Trouble['alert']> = Extract<Trouble, { alert: Name }>;

export interface TroubleAsked {
  readonly now: Date;
  readonly baselineAlerts: boolean;
  /** The sink that is going to tell it. Nothing is said of that one: while it fails, nobody hears. */
  readonly teller?: string;
  /** How many failed images are told of, and how many stuck ones; all unless it is given. */
  readonly mostImages?: number;
}

/**
 * Everything that is wrong at `now`. Projects that the configuration no longer names are left out. So are
 * images that had failed before their project was first read completely, unless `baselineAlerts`. The answer
 * comes from the state and not from events. It stays the same until a look changes the tables, whatever fails
 * or restarts; only the passing of time can add to it.
 */
export async function readTrouble(db: Database, asked: TroubleAsked): Promise<Trouble[]> {
  const { now } = asked;
  return [
    ...(await readFailed(db, asked)),
    ...(await readStuck(db, asked)),
    ...(await readFailing(db)),
    ...(await readCredentialRejected(db)),
    ...(await readStale(db, now)),
    ...(await readHeld(db)),
    ...(await readUnreadable(db)),
    ...(await readUndelivered(db, asked)),
  ];
}

const failedNow = ({ baselineAlerts }: TroubleAsked) => sql`
  cph.images i
  join cph.projects p using (project_id)
  where p.unconfigured_since is null and ${ASKED_FOR}
    and i.status = 'failed' and i.removed_at is null and (${baselineAlerts} or not i.status_baseline)`;

const stuckNow = ({ now }: TroubleAsked) => sql`
  cph.images i
  join cph.projects p using (project_id)
  where p.unconfigured_since is null and ${ASKED_FOR} and i.status = 'creating' and i.removed_at is null
    and i.status_since + p.stuck_after < ${now.toISOString()}::timestamptz`;

/** How many images {@link readTrouble} tells of where it tells of all. */
export async function countImageTrouble(
  db: Database,
  asked: TroubleAsked,
): Promise<{ readonly failed: number; readonly stuck: number }> {
  const { rows } = await db.execute<{ failed: number; stuck: number }>(sql`
    select (select count(*)::int from ${failedNow(asked)}) as failed, (select count(*)::int from ${stuckNow(asked)}) as stuck`);
  return rows[0] ?? { failed: 0, stuck: 0 };
}

async function readFailed(db: Database, asked: TroubleAsked): Promise<Of<'CphImageFailed'>[]> {
  const { rows } = await db.execute<Of<'CphImageFailed'>>(sql`
    select 'CphImageFailed' as alert, i.project_id, p.name as project_name, p.region, i.image_id, i.image_name,
      i.missing_since, i.status_since as since
    from ${failedNow(asked)}
    order by (i.missing_since is not null), i.status_since desc, i.project_id, i.image_id
    limit ${asked.mostImages ?? null}`);
  return rows;
}

async function readStuck(db: Database, asked: TroubleAsked): Promise<Of<'CphImageStuckCreating'>[]> {
  const { rows } = await db.execute<Of<'CphImageStuckCreating'>>(sql`
    select 'CphImageStuckCreating' as alert, i.project_id, p.name as project_name, p.region, i.image_id, i.image_name,
      i.missing_since, i.status_since + p.stuck_after as since, i.status_since as creating_since
    from ${stuckNow(asked)}
    order by (i.missing_since is not null), i.status_since, i.project_id, i.image_id
    limit ${asked.mostImages ?? null}`);
  return rows;
}

/** Since the last complete sweep: to find the first failure, every look would read all runs since. */
async function readFailing(db: Database): Promise<Of<'CphSyncFailing'>[]> {
  const { rows } = await db.execute<Of<'CphSyncFailing'>>(sql`
    select 'CphSyncFailing' as alert, p.project_id, p.name as project_name, p.region,
      coalesce(p.last_complete_at, p.registered_at) as since, p.consecutive_failures as failures, r.error_message as last_error
    from cph.projects p
    left join lateral (
      select error_message
      from cph.sync_runs
      where project_id = p.project_id and kind = 'sweep' and status = 'failed'
      order by id desc
      limit 1
    ) r on true
    where p.unconfigured_since is null and p.consecutive_failures >= 2
    order by p.project_id`);
  return rows;
}

/** Since the last complete sweep, like {@link readFailing}. */
async function readCredentialRejected(db: Database): Promise<Of<'CphCredentialRejected'>[]> {
  const { rows } = await db.execute<Of<'CphCredentialRejected'>>(sql`
    select 'CphCredentialRejected' as alert, p.project_id, p.name as project_name, p.region,
      coalesce(p.last_complete_at, p.registered_at) as since, look.error_message as last_error
    from cph.projects p
    cross join ${LAST_LOOK}
    where p.unconfigured_since is null and ${CREDENTIAL_REJECTED}
    order by p.project_id`);
  return rows;
}

/** A sweep that failed is told of by {@link readFailing}, so only a partial one says why here. */
async function readStale(db: Database, now: Date): Promise<Of<'CphInventoryStale'>[]> {
  const { rows } = await db.execute<Of<'CphInventoryStale'>>(sql`
    select 'CphInventoryStale' as alert, p.project_id, p.name as project_name, p.region, p.last_complete_at,
      coalesce(p.last_complete_at, p.registered_at) + 3 * p.sync_interval as since, last_sweep.error_message as last_error
    from cph.projects p
    left join ${LAST_SWEEP} on last_sweep.status = 'partial'
    where p.unconfigured_since is null
      and coalesce(p.last_complete_at, p.registered_at) + 3 * p.sync_interval < ${now.toISOString()}::timestamptz
    order by p.project_id`);
  return rows;
}

/**
 * Since the first of the missing images was missed. The sweep that held tells nothing: each one holds again.
 */
async function readHeld(db: Database): Promise<Of<'CphRemovalsHeld'>[]> {
  const { rows } = await db.execute<Of<'CphRemovalsHeld'>>(sql`
    select 'CphRemovalsHeld' as alert, p.project_id, p.name as project_name, p.region, p.held_removals as held,
      coalesce(i.missing_since, p.last_complete_at, p.registered_at) as since
    from cph.projects p
    cross join lateral (
      select min(missing_since) as missing_since
      from cph.images
      where project_id = p.project_id and missing_since is not null and removed_at is null
    ) i
    where p.unconfigured_since is null and p.held_removals > 0
    order by p.project_id`);
  return rows;
}

/** Since the last complete sweep, like {@link readFailing}. */
async function readUnreadable(db: Database): Promise<Of<'CphRecordsUnreadable'>[]> {
  const { rows } = await db.execute<Of<'CphRecordsUnreadable'>>(sql`
    select 'CphRecordsUnreadable' as alert, p.project_id, p.name as project_name, p.region,
      coalesce(p.last_complete_at, p.registered_at) as since,
      p.rejected_records as records, p.unreadable_fields as fields, r.rejections -> 0 ->> 'reason' as example
    from cph.projects p
    left join lateral (
      select rejections
      from cph.sync_runs
      where project_id = p.project_id and kind = 'sweep' and status <> 'running'
      order by id desc
      limit 1
    ) r on true
    where p.unconfigured_since is null and p.rejected_records + p.unreadable_fields > 0
    order by p.project_id`);
  return rows;
}

/**
 * A delivery that failed once or twice is tried again within seconds. A dead letter is trouble until a replay
 * has delivered it.
 */
async function readUndelivered(db: Database, { teller }: TroubleAsked): Promise<Of<'CphDeliveryFailing'>[]> {
  const { rows } = await db.execute<Of<'CphDeliveryFailing'>>(sql`
    select 'CphDeliveryFailing' as alert, s.name as sink, least(s.failing_since, d.failed_at) as since, s.attempts,
      d.dead_letters, d.first_dead_seq, coalesce(s.last_error, d.last_error) as last_error
    from cph.sinks s
    cross join lateral (
      select count(*)::int as dead_letters, min(failed_at) as failed_at, min(event_seq) as first_dead_seq, (array_agg(last_error order by event_seq desc))[1] as last_error
      from cph.dead_letters
      where sink = s.name
    ) d
    where s.unconfigured_since is null and s.name is distinct from ${teller ?? null}::text
      and (s.attempts >= ${FAILURES_TOLD} or d.dead_letters > 0)
    order by s.name`);
  return rows;
}

/** As in the rules for Prometheus. */
const FAILURES_TOLD = 3;
