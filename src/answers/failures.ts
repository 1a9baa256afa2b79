/** What failed within a time, also if it was removed since. */
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';

/** A failure as `cph.image_failures` has it. */
export interface FailureItem extends Record<string, unknown> {
  readonly project_id: string;
  readonly project_name: string | null;
  readonly region: string | null;
  readonly image_id: string;
  readonly image_name: string | null;
  readonly image_version: string | null;
  readonly failed_at: Date;
  /** Null where the image had failed when it was first seen. */
  readonly from_status: string | null;
  /** Seconds; null where nobody saw it being created. */
  readonly creating_for: number | null;
  /** What came next: another status, `removed`, or `failed` while nothing has. */
  readonly outcome: string | null;
  readonly outcome_at: Date | null;
}

export interface Failures {
  /** Newest first; no more than {@link MOST_FAILURES}. */
  readonly failures: readonly FailureItem[];
  readonly failures_total: number;
}

interface Within {
  /** Null for all. */
  readonly project_ids: readonly string[] | null;
  readonly since: Date;
  readonly until: Date;
}

/** Failures that an answer names. How many there are it always says. */
const MOST_FAILURES = 100;

/** Failures later than `since` and up to `until`, as builds are counted. */
export async function readFailures(db: Database, within: Within): Promise<Failures> {
  const [named, counted] = await Promise.all([
    db.execute<FailureItem>(sql`
      select project_id, project_name, region, image_id, image_name, image_version, failed_at, from_status,
        extract(epoch from creating_for)::float8 as creating_for, outcome, outcome_at
      from cph.image_failures
      where ${conditionOf(within, sql`failed_at`)}
      order by failed_at desc, event_seq desc
      limit ${MOST_FAILURES}`),
    // Those of the view, counted without what became of each: that is one look-up an image.
    db.execute<{ total: number }>(sql`
      select count(*)::int as total
      from cph.image_status_transitions
      where to_status = 'failed' and (from_status is not null or not baseline)
        and ${conditionOf(within, sql`observed_at`)}`),
  ]);
  return { failures: named.rows, failures_total: counted.rows[0]?.total ?? 0 };
}

function conditionOf({ project_ids, since, until }: Within, at: SQL): SQL {
  const of = project_ids ? sql`project_id = any(${sql.param(project_ids)}::text[])` : sql`true`;
  return sql`${at} > ${since.toISOString()}::timestamptz and ${at} <= ${until.toISOString()}::timestamptz and ${of}`;
}
