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
  as_of_seq bigint
)
LANGUAGE sql STABLE
AS $$
  SELECT known.project_id, known.region, image.*, known.seq
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
    extra jsonb
  )
  WHERE known.after IS NOT NULL
$$;
