/** A database that has been kept for a year: made up in SQL, and so only as true as its queries need. */
import pg from 'pg';

/** Each image is created, ends its build, and changes eight times; one in ten of them is removed at last. */
const EVENTS_OF_AN_IMAGE = 10;
const PROJECTS = 20;

const STATEMENTS = (images: number) => [
  `insert into cph.projects (project_id, region, name, sync_interval, stuck_after, last_complete_at, last_run_status, last_run_at)
   select 'p' || n, 'ap-southeast-3', 'games-' || n, interval '5 min', interval '1 hour', now(), 'succeeded', now()
   from generate_series(0, ${PROJECTS - 1}) n`,
  // The log is in the order of time, as looks write it.
  `create temporary table life as
   with born as (
     select i, now() - interval '365 days' * random() as at, random() < 0.1 as fails, interval '5 min' + interval '25 min' * random() as build,
       random() < 0.1 as leaves
     from generate_series(1, ${images}) i
   )
   select row_number() over (order by at, i, n) as seq, life.*
   from (
     select i, n, fails, leaves and n = ${EVENTS_OF_AN_IMAGE - 1} as removed, build,
       case n when 0 then at when 1 then at + build else at + build + (now() - at - build) * (n - 1) / ${EVENTS_OF_AN_IMAGE} end as at
     from born, generate_series(0, ${EVENTS_OF_AN_IMAGE - 1}) n
   ) life`,
  `create function pg_temp.image(i bigint, n int, fails boolean) returns jsonb language sql as $$
     select jsonb_build_object('image_id', md5(i::text), 'image_name', 'cloud-phone-aosp10-v' || i, 'image_type', 'private',
       'status', case when n = 0 then 'creating' when fails then 'failed' else 'usable' end,
       'status_code', case when n = 0 then 0 when fails then 2 else 1 end,
       'image_version', 'AOSP ' || 10 + i % 3, 'image_size', 4000000000 + i, 'domain_id', '4bdc4c95fa5aad083f5e5c94e0b629e0',
       'src_project_id', null, 'create_time', '2026-01-01T00:00:00Z', 'update_time', '2026-01-01T00:00:00Z', 'os_type', 'Android',
       'os_name', 'Android 10', 'is_public', 2, 'image_label', 'label-' || n, 'is_support_encrypt', false, 'receive_status', null,
       'listed_in', '["images", "phone-images"]'::jsonb, 'extra', '{}'::jsonb) $$`,
  `insert into cph.image_events (seq, type, project_id, region, image_id, occurred_at, baseline, transition, changes, before, after, run_id)
   overriding system value
   select seq, case when n = 0 then 'cph.image.created' when n = 1 then 'cph.image.status_changed' when removed then 'cph.image.removed'
       else 'cph.image.updated' end,
     'p' || i % ${PROJECTS}, 'ap-southeast-3', md5(i::text), at, false,
     case when n = 0 then '{"from": null, "to": "creating"}'::jsonb
       when n = 1 then jsonb_build_object('from', 'creating', 'to', case when fails then 'failed' else 'usable' end) end,
     case when n > 0 and not removed then jsonb_build_object('image_label', jsonb_build_object('from', 'label-' || n - 1, 'to', 'label-' || n)) else '{}' end,
     case when n > 0 then pg_temp.image(i, n - 1, fails) end,
     case when not removed then pg_temp.image(i, n, fails) end, seq
   from life order by seq`,
  `insert into cph.image_status_transitions
   select seq, 'p' || i % ${PROJECTS}, md5(i::text), 'cloud-phone-aosp10-v' || i, case n when 1 then 'creating' end,
     case when n = 0 then 'creating' when fails then 'failed' else 'usable' end, at, case n when 1 then at - interval '15 s' end,
     case n when 1 then build end
   from life where n < 2 order by seq`,
  `insert into cph.images (project_id, image_id, image_name, image_type, status, status_code, image_version, image_size, domain_id,
     os_type, os_name, is_public, image_label, listed_in, first_seen_at, changed_at, status_since, seen_at, missing_since, missing_from, removed_at)
   select 'p' || i % ${PROJECTS}, image_id, image_name, image_type, status, status_code, image_version, image_size, domain_id,
     os_type, os_name, is_public, image_label, listed_in, first, last, ended, last, left_at, case when left_at is null then '{}' else listed_in end, left_at
   from (
     select i, fails, min(at) as first, max(at) as last, max(at) filter (where n = 1) as ended, max(at) filter (where removed) as left_at
     from life group by i, fails
   ) lives, jsonb_to_record(pg_temp.image(i, ${EVENTS_OF_AN_IMAGE - 2}, fails)) as image (
     image_id text, image_name text, image_type text, status text, status_code int, image_version text, image_size bigint, domain_id text,
     os_type text, os_name text, is_public int, image_label text, listed_in text[])`,
  // A month of sweeps every five minutes would be 8,640 rows each; quiet ones share a row.
  `insert into cph.sync_runs (project_id, kind, status, started_at, finished_at, requests, listed, error_message, request_ids)
   select 'p' || n % ${PROJECTS}, 'sweep', case when n % 97 = 0 then 'failed' else 'succeeded' end, at, at + interval '3 s', 52, 5000,
     case when n % 97 = 0 then 'cloud-phone/images: HTTP 500' end, array['a', 'b', 'c']
   from generate_series(1, ${PROJECTS} * 2000) n, lateral (select now() - interval '30 days' + n * interval '64 s' as at) t`,
  `insert into cph.sinks (name, kind, cursor_seq)
   select 'hook', 'webhook', max(seq) - 10 from cph.image_events union all select 'behind', 'webhook', 0`,
  `insert into cph.dead_letters (sink, event_seq, attempts, last_error, failed_at)
   select 'hook', seq, 1, 'HTTP 400', now() from cph.image_events order by seq desc limit 100`,
];

/** Fills the log with ten events for each image, and the other tables with what follows from them. */
export async function fillLog(url: string, images: number): Promise<void> {
  // A connection of its own: those of the program give up a statement that takes minutes.
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of ['begin', ...STATEMENTS(images), 'commit', 'vacuum analyze'])
      await client.query(statement);
  } finally {
    await client.end();
  }
}
