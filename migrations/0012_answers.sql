DROP INDEX "cph"."transitions_observed_at";--> statement-breakpoint
-- Looks wait while the indexes are built: about three seconds for a log of a million events.
DROP INDEX "cph"."image_events_of_image";--> statement-breakpoint
ALTER TABLE "cph"."image_status_transitions" ADD COLUMN "baseline" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- Where the event was deleted since, nobody can say any more whether a first sight was watched.
UPDATE "cph"."image_status_transitions" t SET "baseline" = true
  WHERE coalesce((SELECT e.baseline FROM "cph"."image_events" e WHERE e.seq = t.event_seq), t.from_status IS NULL);--> statement-breakpoint
CREATE INDEX "image_events_occurred_at" ON "cph"."image_events" USING brin ("occurred_at") WITH (autosummarize=true);--> statement-breakpoint
CREATE INDEX "transitions_failed" ON "cph"."image_status_transitions" USING btree ("observed_at") WHERE to_status = 'failed';--> statement-breakpoint
CREATE INDEX "transitions_builds" ON "cph"."image_status_transitions" USING btree ("project_id",((observed_at at time zone 'UTC')::date),"to_status","time_in_status","observed_at") WHERE from_status = 'creating' and to_status in ('usable', 'failed');--> statement-breakpoint
CREATE INDEX "image_events_of_image" ON "cph"."image_events" USING btree ("image_id","project_id","seq","occurred_at");--> statement-breakpoint
CREATE VIEW "cph"."image_build_times_weekly" AS (
    select project_id, date_trunc('week', observed_at at time zone 'UTC')::date as week,
      count(*) filter (where to_status = 'usable') as finished,
      count(*) filter (where to_status = 'failed') as failed,
      percentile_cont(0.5) within group (order by time_in_status) filter (where to_status = 'usable') as p50,
      percentile_cont(0.95) within group (order by time_in_status) filter (where to_status = 'usable') as p95,
      percentile_cont(0.5) within group (order by time_in_status) filter (where to_status = 'failed') as failed_p50,
      percentile_cont(0.95) within group (order by time_in_status) filter (where to_status = 'failed') as failed_p95
    from cph.image_status_transitions
    where from_status = 'creating' and to_status in ('usable', 'failed')
    group by 1, 2
    order by 1, 2);--> statement-breakpoint
CREATE VIEW "cph"."image_failures" AS (
    select t.project_id, p.name as project_name, p.region, t.image_id, t.image_name, i.image_type, i.image_version,
      t.observed_at as failed_at, t.previous_observed_at as not_failed_at, t.from_status,
      case when t.from_status = 'creating' then t.time_in_status end as creating_for,
      case when next.to_status is not null then next.to_status when i.removed_at is not null then 'removed' else i.status end as outcome,
      coalesce(next.observed_at, i.removed_at) as outcome_at,
      t.event_seq
    from cph.image_status_transitions t
    left join cph.projects p on p.project_id = t.project_id
    left join cph.images i on i.project_id = t.project_id and i.image_id = t.image_id
    left join lateral (
      select n.to_status, n.observed_at
      from cph.image_status_transitions n
      where n.project_id = t.project_id and n.image_id = t.image_id and n.event_seq > t.event_seq
      order by n.event_seq
      limit 1
    ) next on true
    where t.to_status = 'failed' and (t.from_status is not null or not t.baseline)
    order by t.observed_at desc);--> statement-breakpoint
CREATE VIEW "cph"."image_summary" AS (
    select i.project_id, p.name as project_name, p.region,
      coalesce(i.image_type, case when i.is_public = 1 then 'public' end) as image_type,
      i.image_version, i.image_label, i.status, count(*) as images, sum(i.image_size)::bigint as bytes, count(*) - count(i.image_size) as unsized
    from cph.images i
    join cph.projects p using (project_id)
    where i.removed_at is null
    group by 1, 2, 3, 4, 5, 6, 7);--> statement-breakpoint
CREATE VIEW "cph"."run_timeline" AS (
    select r.id as run_id, r.project_id, p.name as project_name, r.kind, r.status, r.started_at, r.finished_at,
      r.finished_at - r.started_at as took, r.started_at - previous.finished_at as idle_before,
      r.requests, r.listed, r.created + r.updated + r.status_changed + r.removed + r.restored as changes, r.rejected,
      r.kind = 'sweep' and r.status in ('succeeded', 'held') as complete, r.error_code, r.error_message,
      r.looks, r.unreadable_fields, r.held_listings
    from cph.sync_runs r
    join cph.projects p using (project_id)
    left join lateral (
      select b.finished_at
      from cph.sync_runs b
      where b.project_id = r.project_id and b.kind = r.kind and b.id < r.id
      order by b.id desc
      limit 1
    ) previous on true
    order by r.id desc);--> statement-breakpoint
-- Replaced, not dropped and made again: grants on the view, and views that others have built on it, stay.
CREATE OR REPLACE VIEW "cph"."image_build_times" AS (
    select project_id, (observed_at at time zone 'UTC')::date as day,
      count(*) filter (where to_status = 'usable') as finished,
      count(*) filter (where to_status = 'failed') as failed,
      percentile_cont(0.5) within group (order by time_in_status) filter (where to_status = 'usable') as p50,
      percentile_cont(0.95) within group (order by time_in_status) filter (where to_status = 'usable') as p95,
      percentile_cont(0.5) within group (order by time_in_status) filter (where to_status = 'failed') as failed_p50,
      percentile_cont(0.95) within group (order by time_in_status) filter (where to_status = 'failed') as failed_p95
    from cph.image_status_transitions
    where from_status = 'creating' and to_status in ('usable', 'failed')
    group by 1, 2
    order by 1, 2);--> statement-breakpoint
-- What it returns is as before, so grants and views that stand on it stay. The last event of each image comes
-- from the index alone, and a condition on image_id or project_id reaches that index. One image of a million
-- events took 8 s before, and takes 1 ms.
CREATE OR REPLACE FUNCTION cph.images_as_of(at timestamptz)
RETURNS TABLE (
  project_id text,
  region text,
  image_id text,
  image_name text,
  image_type text,
  status text,
  status_code integer,
  image_version text,
  image_size bigint,
  domain_id text,
  src_project_id text,
  create_time timestamptz,
  update_time timestamptz,
  os_type text,
  os_name text,
  is_public integer,
  image_label text,
  is_support_encrypt boolean,
  listed_in text[],
  extra jsonb,
  as_of_seq bigint,
  receive_status integer
)
LANGUAGE sql STABLE
AS $$
  SELECT known.project_id, event.region, known.image_id, image.image_name, image.image_type, image.status,
    image.status_code, image.image_version, image.image_size, image.domain_id, image.src_project_id,
    image.create_time, image.update_time, image.os_type, image.os_name, image.is_public, image.image_label,
    image.is_support_encrypt, image.listed_in, image.extra, known.seq, image.receive_status
  FROM (
    SELECT e.project_id, e.image_id, max(e.seq) AS seq
    FROM cph.image_events e
    WHERE e.occurred_at <= at
    GROUP BY e.image_id, e.project_id
  ) known
  JOIN cph.image_events event ON event.seq = known.seq
  CROSS JOIN LATERAL jsonb_to_record(event.after) AS image (
    image_name text,
    image_type text,
    status text,
    status_code integer,
    image_version text,
    image_size bigint,
    domain_id text,
    src_project_id text,
    create_time timestamptz,
    update_time timestamptz,
    os_type text,
    os_name text,
    is_public integer,
    image_label text,
    is_support_encrypt boolean,
    listed_in text[],
    extra jsonb,
    receive_status integer
  )
  WHERE event.after IS NOT NULL
$$;--> statement-breakpoint
-- Only images with an event in between can differ. A field that an old event does not name was null.
CREATE FUNCTION cph.changes_between(since timestamptz, until timestamptz)
RETURNS TABLE (
  project_id text,
  region text,
  image_id text,
  image_name text,
  change text,
  before jsonb,
  after jsonb,
  changes jsonb,
  changed_at timestamptz,
  event_seq bigint
)
LANGUAGE sql STABLE
AS $$
  SELECT touched.project_id, later.region, touched.image_id, coalesce(later.after, earlier.after) ->> 'image_name',
    CASE WHEN earlier.after IS NULL THEN 'created' WHEN later.after IS NULL THEN 'removed' ELSE 'updated' END,
    earlier.after, later.after, coalesce(differing.fields, '{}'), later.occurred_at, later.seq
  FROM (
    SELECT e.project_id, e.image_id
    FROM cph.image_events e
    WHERE e.occurred_at > since AND e.occurred_at <= until
    GROUP BY e.image_id, e.project_id
  ) touched
  CROSS JOIN LATERAL (
    SELECT max(e.seq) AS last, max(e.seq) FILTER (WHERE e.occurred_at <= since) AS first
    FROM cph.image_events e
    WHERE e.image_id = touched.image_id AND e.project_id = touched.project_id AND e.occurred_at <= until
  ) seqs
  JOIN cph.image_events later ON later.seq = seqs.last
  LEFT JOIN cph.image_events earlier ON earlier.seq = seqs.first
  CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(field, jsonb_build_object('from', earlier.after -> field, 'to', later.after -> field)) AS fields
    FROM jsonb_object_keys(earlier.after || later.after) AS field
    WHERE coalesce(earlier.after -> field, 'null') <> coalesce(later.after -> field, 'null')
  ) differing
  WHERE (earlier.after IS NULL) <> (later.after IS NULL) OR differing.fields IS NOT NULL
$$;
