ALTER TABLE "cph"."projects" ADD COLUMN "looking_run_id" bigint;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "looking_kind" text;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "looking_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cph"."sync_runs" ADD COLUMN "longest_pause" interval;--> statement-breakpoint
CREATE INDEX "projects_due" ON "cph"."projects" USING btree ("due_at");--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD CONSTRAINT "projects_looking_kind" CHECK (looking_kind in ('sweep', 'watch'));--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD CONSTRAINT "projects_looking" CHECK (num_nulls(looking_run_id, looking_kind, looking_since) in (0, 3));--> statement-breakpoint
-- Replaced, not dropped and made again: grants on the view, and views that others have built on it, stay.
CREATE OR REPLACE VIEW "cph"."run_timeline" AS (
    select r.id as run_id, r.project_id, p.name as project_name, r.kind, r.status, r.started_at, r.finished_at,
      r.finished_at - r.started_at as took, r.started_at - previous.finished_at as idle_before,
      r.requests, r.listed, r.created + r.updated + r.status_changed + r.removed + r.restored as changes, r.rejected,
      r.kind = 'sweep' and r.status in ('succeeded', 'held') as complete, r.error_code, r.error_message,
      r.looks, r.unreadable_fields, r.held_listings, r.longest_pause
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
-- Every look writes its project's row, and a quiet one the row that it shares: with room on the page, Postgres
-- writes the row there and no index. Pages that are full give way by and by.
ALTER TABLE "cph"."projects" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "cph"."sync_runs" SET (fillfactor = 80);--> statement-breakpoint
-- Run ids are drawn from the sequence now, before there is a row. Who may insert runs may do that.
DO $$
DECLARE grantee oid;
BEGIN
  FOR grantee IN
    SELECT DISTINCT acl.grantee FROM pg_class c, aclexplode(c.relacl) acl
    WHERE c.oid = 'cph.sync_runs'::regclass AND acl.privilege_type = 'INSERT' AND acl.grantee NOT IN (0, c.relowner)
  LOOP
    EXECUTE format('GRANT USAGE ON SEQUENCE cph.sync_runs_id_seq TO %s', grantee::regrole);
  END LOOP;
END
$$;
