import { type SQL, sql } from 'drizzle-orm';

/**
 * The last run of a kind of project `p` that ended by itself. It is read by the index `sync_runs_of_kind`: a failed look
 * may be the last of thousands of runs. The kind is a range of one, because only then does that index alone have the
 * order. With an equality Postgres may read the runs of all projects backwards instead, which are all runs there are where
 * a project rests.
 */
const lastOf = (kind: SQL): SQL => sql`
  select id, status, error_code, error_message, finished_at
  from cph.sync_runs
  where project_id = p.project_id and kind between ${kind} and ${kind} and status not in ('running', 'abandoned')
  order by kind desc, id desc
  limit 1`;

/** The last sweep of project `p` that ended by itself, as `last_sweep`, for a lateral join. */
export const LAST_SWEEP: SQL = sql`lateral (${lastOf(sql`'sweep'`)}) last_sweep`;

/** The last look of project `p` that ended by itself, as `look`, for a lateral join. */
export const LAST_LOOK: SQL = sql`
  lateral (
    select r.status, r.error_code, r.error_message
    from (values ('sweep'), ('watch')) as k (kind)
    cross join lateral (${lastOf(sql`k.kind`)}) r
    order by r.finished_at desc, r.id desc
    limit 1
  ) look`;

/**
 * Whether that look failed because the credential was rejected: ours for one that is kept back, or what the
 * gateway and IAM say to one that was sent.
 */
export const CREDENTIAL_REJECTED: SQL = sql`
  look.status = 'failed'
    and look.error_code ~ '^(credential_rejected|APIGW?[.]030[17]|IAM[.]40[13]|http_401)$'`;
