import { asc, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { deadLetters, sinks } from './delivery-schema.ts';
import { eventsBehind } from './lag.ts';
import { LAST_SWEEP } from './last-look.ts';
import { projectFreshness } from './views.ts';

export type ProjectStatus = typeof projectFreshness.$inferSelect;

/** How far a sink is behind the log, and what is in its way. */
export interface SinkStatus {
  readonly name: string;
  readonly kind: string;
  readonly cursor_seq: number;
  readonly lag: number;
  readonly dead_letters: number;
  readonly attempts: number;
  readonly next_attempt_at: Date | null;
  readonly last_error: string | null;
  readonly last_delivered_at: Date | null;
  /** Since when the configuration no longer names it. */
  readonly unconfigured_since: Date | null;
}

export async function readProjectStatus(db: Database): Promise<ProjectStatus[]> {
  return await db.select().from(projectFreshness).orderBy(asc(projectFreshness.project_id));
}

/** Fields that change in nearly every image of a project. */
export interface RestlessFields {
  readonly project_id: string;
  readonly fields: readonly string[];
}

export async function readRestlessFields(db: Database): Promise<RestlessFields[]> {
  const { rows } = await db.execute<RestlessFields & Record<string, unknown>>(sql`
    select project_id, restless_fields as fields from cph.projects
    where cardinality(restless_fields) > 0 and unconfigured_since is null
    order by project_id`);
  return rows;
}

/** Why the last sweep of a project was not complete, or what it left open although it was. */
export interface LeftOpen {
  readonly project_id: string;
  readonly error_code: string | null;
  readonly error_message: string;
}

export async function readLeftOpen(db: Database): Promise<LeftOpen[]> {
  const { rows } = await db.execute<LeftOpen & Record<string, unknown>>(sql`
    select p.project_id, last_sweep.error_code, last_sweep.error_message
    from cph.projects p
    cross join ${LAST_SWEEP}
    where p.unconfigured_since is null and last_sweep.status <> 'failed' and last_sweep.error_message is not null
    order by p.project_id`);
  return rows;
}

export async function readSinkStatus(db: Database): Promise<SinkStatus[]> {
  const { rows } = await db.execute<SinkStatus & Record<string, unknown>>(sql`
    select s.name, s.kind, s.cursor_seq, s.attempts, s.next_attempt_at, s.last_error, s.last_delivered_at,
      s.unconfigured_since,
      ${eventsBehind(sql`s.cursor_seq`)} as lag,
      (select count(*)::int from ${deadLetters} d where d.sink = s.name) as dead_letters
    from ${sinks} s
    order by s.name`);
  return rows;
}
