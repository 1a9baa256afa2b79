-- Nothing is moved out of extra: the last event of an image has to say what its row says, so the first sweep writes both.
ALTER TABLE "cph"."images" ADD COLUMN "receive_status" integer;--> statement-breakpoint
-- Replaced, not dropped and made again: grants on the view, and views that others have built on it, stay.
CREATE OR REPLACE VIEW "cph"."image_inventory" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.status,
      i.status_code, i.image_version, i.image_size, i.domain_id, i.src_project_id, i.create_time, i.update_time,
      i.os_type, i.os_name, i.is_public, i.image_label, i.is_support_encrypt, i.listed_in, i.extra,
      i.first_seen_at, i.changed_at, i.missing_since, i.status_since,
      now() - coalesce(i.create_time, i.first_seen_at) as age,
      now() - i.status_since as time_in_status,
      p.last_complete_at as project_last_complete_at,
      now() - p.last_complete_at as project_freshness,
      p.last_run_status as project_last_run_status,
      i.receive_status
    from cph.images i
    join cph.projects p using (project_id)
    where i.removed_at is null);--> statement-breakpoint
-- A function that returns more columns cannot replace the old one. That one goes, unless views of others stand on it.
ALTER FUNCTION cph.images_as_of(timestamptz) RENAME TO images_as_of_0009;--> statement-breakpoint
-- The inventory as it was known at a time: for each image its last event until then, unless that was its removal.
CREATE FUNCTION cph.images_as_of(at timestamptz)
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
  SELECT known.project_id, known.region, image.image_id, image.image_name, image.image_type, image.status,
    image.status_code, image.image_version, image.image_size, image.domain_id, image.src_project_id,
    image.create_time, image.update_time, image.os_type, image.os_name, image.is_public, image.image_label,
    image.is_support_encrypt, image.listed_in, image.extra, known.seq, image.receive_status
  FROM (
    SELECT DISTINCT ON (e.project_id, e.image_id) e.project_id, e.region, e.image_id, e.seq, e.after
    FROM cph.image_events e
    WHERE e.occurred_at <= at
    ORDER BY e.project_id, e.image_id, e.seq DESC
  ) known
  CROSS JOIN LATERAL jsonb_to_record(known.after) AS image (
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
    receive_status integer
  )
  WHERE known.after IS NOT NULL
$$;--> statement-breakpoint
-- Who was granted the old one may use the new one, and nobody else.
DO $$
DECLARE
  role text;
BEGIN
  IF EXISTS (SELECT FROM pg_proc WHERE oid = 'cph.images_as_of_0009(timestamptz)'::regprocedure AND proacl IS NOT NULL) THEN
    REVOKE EXECUTE ON FUNCTION cph.images_as_of(timestamptz) FROM public;
  END IF;
  FOR role IN
    SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE a.grantee::regrole::text END
    FROM pg_proc p, aclexplode(p.proacl) a
    WHERE p.oid = 'cph.images_as_of_0009(timestamptz)'::regprocedure AND a.grantee <> p.proowner
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION cph.images_as_of(timestamptz) TO %s', role);
  END LOOP;
  BEGIN
    DROP FUNCTION cph.images_as_of_0009(timestamptz);
  EXCEPTION WHEN dependent_objects_still_exist THEN
    COMMENT ON FUNCTION cph.images_as_of_0009(timestamptz) IS 'As before 0010, for the views that stand on it.';
  END;
END
$$;
