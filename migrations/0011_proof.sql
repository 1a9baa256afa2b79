ALTER TABLE "cph"."images" ADD COLUMN "listed_under" text;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "image_types" text[];--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "sources" text[];--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "rejected_records" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "unreadable_fields" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "restless_fields" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "cph"."sync_runs" ADD COLUMN "unreadable_fields" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cph"."sync_runs" ADD COLUMN "held_listings" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "cph"."sync_runs" ADD COLUMN "looks" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
-- Until now the type an image names was taken for the listing it is in. Where that is none of the three, any may show it.
UPDATE "cph"."images" SET "listed_under" = "image_type"
  WHERE 'images' = any("listed_in") AND "image_type" IN ('public', 'private', 'share');--> statement-breakpoint
ALTER TABLE "cph"."images" ADD CONSTRAINT "images_listed_under" CHECK (listed_under in ('public', 'private', 'share'));--> statement-breakpoint
-- Replaced, not dropped and made again: grants on the view, and views that others have built on it, stay.
CREATE OR REPLACE VIEW "cph"."failed_images" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as failed_since, now() - i.status_since as failed_for,
      p.last_complete_at as project_last_complete_at, p.last_run_status as project_last_run_status
    from cph.images i
    join cph.projects p using (project_id)
    where p.unconfigured_since is null and (p.sources is null or 'images' = any(p.sources)) and (p.image_types is null or i.listed_under is null or i.listed_under = any(p.image_types)) and i.status = 'failed' and i.removed_at is null
    order by i.status_since desc);--> statement-breakpoint
CREATE OR REPLACE VIEW "cph"."stuck_images" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as creating_since, now() - i.status_since as creating_for, p.stuck_after
    from cph.images i
    join cph.projects p using (project_id)
    where p.unconfigured_since is null and (p.sources is null or 'images' = any(p.sources)) and (p.image_types is null or i.listed_under is null or i.listed_under = any(p.image_types)) and i.status = 'creating' and i.removed_at is null
      and now() - i.status_since > p.stuck_after
    order by i.status_since);