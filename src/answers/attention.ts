/** What needs a person, worst first: what alerts tell of, with what to do about it. */
import { sql } from 'drizzle-orm';
import { countImageTrouble, readTrouble, type Trouble } from '../store/alerts.ts';
import type { Database } from '../store/database.ts';
import { advise } from './advice.ts';
import { replayCommand } from './sinks.ts';

/** A sink that cannot deliver, or that has refused events. */
export interface DeliveryTrouble {
  readonly alert: 'CphDeliveryFailing';
  readonly sink: string;
  readonly since: Date;
  /** Failures in a row. */
  readonly attempts: number;
  readonly dead_letters: number;
  readonly last_error: string | null;
  /** Sends the refused events again, with all behind the first of them; null where none was refused. */
  readonly replay: string | null;
}

/** Something that needs a person, with the facts that the alert of this name tells. */
export type AttentionItem = (Trouble | DeliveryTrouble) & {
  readonly project_name: string | null;
  /** What is wrong, in a sentence without its full stop. */
  readonly summary: string;
  /** The command to begin with. */
  readonly do: string;
  /** Where the page shows it, such as `/projects/p1`. */
  readonly path: string;
  /** The page of `docs` that says what it means and what to do. */
  readonly runbook: string;
};

export interface Attention {
  readonly items: readonly AttentionItem[];
  /** How many there are; of images, an answer tells of the first ones. */
  readonly total: number;
}

/** The worst first: where nothing can be trusted, what is wrong beside it may be unknown. */
const SEVERITY: readonly AttentionItem['alert'][] = [
  'CphInventoryStale',
  'CphCredentialRejected',
  'CphSyncFailing',
  'CphDeliveryFailing',
  'CphRemovalsHeld',
  'CphImageFailed',
  'CphImageStuckCreating',
  'CphRecordsUnreadable',
];
const MOST_IMAGES = 50;

/**
 * What is wrong at `now`. The same function tells alerts, so that they never differ. Of what is equally bad,
 * the newest failure comes first, and else what has lasted longest.
 */
export async function readAttention(
  db: Database,
  { now, baselineAlerts }: { readonly now: Date; readonly baselineAlerts: boolean },
): Promise<Attention> {
  const asked = { now, baselineAlerts, mostImages: MOST_IMAGES };
  const [trouble, counted, deliveries, names] = await Promise.all([
    readTrouble(db, asked),
    countImageTrouble(db, asked),
    deliveryTrouble(db),
    projectNames(db),
  ]);
  const items = [...trouble, ...deliveries].map((one): AttentionItem => {
    const project_name = 'project_id' in one ? (names.get(one.project_id) ?? null) : null;
    return { ...one, project_name, ...advise(one, project_name) };
  });
  const shown = trouble.filter((one) => 'image_id' in one).length;
  return {
    items: items.sort((a, b) => SEVERITY.indexOf(a.alert) - SEVERITY.indexOf(b.alert)),
    total: items.length - shown + counted.failed + counted.stuck,
  };
}

async function projectNames(db: Database): Promise<Map<string, string | null>> {
  const { rows } = await db.execute<{ project_id: string; name: string | null }>(sql`
    select project_id, name from cph.projects`);
  return new Map(rows.map(({ project_id, name }) => [project_id, name]));
}

type Delivery = Omit<DeliveryTrouble, 'alert' | 'replay'> & { readonly first_seq: number | null };

async function deliveryTrouble(db: Database): Promise<DeliveryTrouble[]> {
  const { rows } = await db.execute<Delivery & Record<string, unknown>>(sql`
    select s.name as sink, coalesce(least(s.failing_since, refused.since), now()) as since, s.attempts,
      coalesce(s.last_error, refused.last_error) as last_error, refused.dead_letters, refused.first_seq
    from cph.sinks s
    cross join lateral (
      select count(*)::int as dead_letters, min(failed_at) as since, min(event_seq) as first_seq, max(last_error) as last_error
      from cph.dead_letters
      where sink = s.name
    ) refused
    where s.unconfigured_since is null and (s.attempts > 0 or refused.dead_letters > 0)
    order by s.name`);
  return rows.map(({ first_seq, ...row }) => ({
    alert: 'CphDeliveryFailing',
    ...row,
    replay: first_seq === null ? null : replayCommand(row.sink, first_seq - 1),
  }));
}
