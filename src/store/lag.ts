import { type SQL, sql } from 'drizzle-orm';

/** A million events behind would be counted at every scrape, and for each sink. */
const MOST_COUNTED = 10_000;

/**
 * How many events lie behind a cursor, as a scalar of SQL. From {@link MOST_COUNTED} on it is how many
 * numbers there are up to the end of the log. Those are as many as the events, but for numbers that were never
 * used and for events that were deleted in between.
 */
export function eventsBehind(cursor_seq: SQL): SQL {
  return sql`(
    select (case when count(*) < ${sql.raw(String(MOST_COUNTED))} then count(*)
      else (select max(seq) from cph.image_events) - min(behind.seq) + 1 end)::int
    from (
      select e.seq from cph.image_events e where e.seq > ${cursor_seq} order by e.seq limit ${sql.raw(String(MOST_COUNTED))}
    ) behind)`;
}
