CREATE SCHEMA "cph";
--> statement-breakpoint
CREATE TABLE "cph"."image_events" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cph"."image_events_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"type" text NOT NULL,
	"project_id" text NOT NULL,
	"region" text NOT NULL,
	"image_id" text NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"baseline" boolean NOT NULL,
	"transition" jsonb,
	"changes" jsonb NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"run_id" bigint NOT NULL,
	CONSTRAINT "image_events_id_unique" UNIQUE("id"),
	CONSTRAINT "image_events_type" CHECK (type in ('cph.image.created', 'cph.image.updated', 'cph.image.status_changed', 'cph.image.removed', 'cph.image.restored')),
	CONSTRAINT "image_events_before" CHECK ((before is null) = (type in ('cph.image.created', 'cph.image.restored'))),
	CONSTRAINT "image_events_after" CHECK ((after is null) = (type = 'cph.image.removed')),
	CONSTRAINT "image_events_transition" CHECK (type <> 'cph.image.status_changed' or transition is not null)
);
--> statement-breakpoint
CREATE TABLE "cph"."image_status_transitions" (
	"event_seq" bigint PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"image_id" text NOT NULL,
	"image_name" text,
	"from_status" text,
	"to_status" text NOT NULL,
	"observed_at" timestamp (3) with time zone NOT NULL,
	"previous_observed_at" timestamp (3) with time zone,
	"time_in_status" interval,
	CONSTRAINT "transitions_from_status" CHECK (from_status in ('creating', 'usable', 'failed', 'unknown')),
	CONSTRAINT "transitions_to_status" CHECK (to_status in ('creating', 'usable', 'failed', 'unknown')),
	CONSTRAINT "transitions_change" CHECK (from_status is distinct from to_status),
	CONSTRAINT "transitions_previous" CHECK (previous_observed_at <= observed_at),
	CONSTRAINT "transitions_time_in_status" CHECK (time_in_status >= interval '0')
);
--> statement-breakpoint
CREATE TABLE "cph"."images" (
	"project_id" text NOT NULL,
	"image_id" text NOT NULL,
	"image_name" text,
	"image_type" text,
	"status" text,
	"status_code" integer,
	"image_version" text,
	"image_size" bigint,
	"domain_id" text,
	"src_project_id" text,
	"create_time" timestamp (3) with time zone,
	"update_time" timestamp (3) with time zone,
	"os_type" text,
	"os_name" text,
	"is_public" integer,
	"image_label" text,
	"is_support_encrypt" boolean,
	"listed_in" text[] NOT NULL,
	"extra" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"missing_since" timestamp (3) with time zone,
	"removed_at" timestamp (3) with time zone,
	"status_since" timestamp (3) with time zone,
	"missing_from" text[] DEFAULT '{}' NOT NULL,
	"removal_approved" boolean DEFAULT false NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"out_of_sight" boolean DEFAULT false NOT NULL,
	CONSTRAINT "images_project_id_image_id_pk" PRIMARY KEY("project_id","image_id"),
	CONSTRAINT "images_status" CHECK (status in ('creating', 'usable', 'failed', 'unknown')),
	CONSTRAINT "images_status_code" CHECK ((status is null and status_code is null)
        or status = case status_code when 0 then 'creating' when 1 then 'usable' when 2 then 'failed' else 'unknown' end),
	CONSTRAINT "images_status_since" CHECK (status is null or status_since is not null),
	CONSTRAINT "images_size" CHECK (image_size >= 0),
	CONSTRAINT "images_listed_in" CHECK (cardinality(listed_in) > 0 and listed_in <@ array['images', 'phone-images']),
	CONSTRAINT "images_missing_from" CHECK (missing_from <@ listed_in),
	CONSTRAINT "images_missing" CHECK ((missing_since is not null) = (missing_from @> listed_in)),
	CONSTRAINT "images_removed" CHECK (removed_at is null or missing_since is not null),
	CONSTRAINT "images_removal_approved" CHECK (not removal_approved or missing_since is not null),
	CONSTRAINT "images_extra" CHECK (jsonb_typeof(extra) = 'object')
);
--> statement-breakpoint
CREATE TABLE "cph"."projects" (
	"project_id" text PRIMARY KEY NOT NULL,
	"region" text NOT NULL,
	"name" text,
	"last_complete_at" timestamp (3) with time zone,
	"last_run_status" text,
	"last_run_at" timestamp (3) with time zone,
	"consecutive_failures" integer DEFAULT 0 NOT NULL,
	"held_removals" integer DEFAULT 0 NOT NULL,
	"last_applied_run_id" bigint DEFAULT 0 NOT NULL,
	"snapshot_digest" text,
	"last_complete_look_at" timestamp (3) with time zone,
	"last_watch_look_at" timestamp (3) with time zone,
	CONSTRAINT "projects_last_run_status" CHECK (last_run_status in ('succeeded', 'partial', 'held', 'failed', 'abandoned')),
	CONSTRAINT "projects_counts" CHECK (consecutive_failures >= 0 and held_removals >= 0)
);
--> statement-breakpoint
CREATE TABLE "cph"."sync_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cph"."sync_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"project_id" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"requests" integer DEFAULT 0 NOT NULL,
	"listed" integer DEFAULT 0 NOT NULL,
	"created" integer DEFAULT 0 NOT NULL,
	"updated" integer DEFAULT 0 NOT NULL,
	"status_changed" integer DEFAULT 0 NOT NULL,
	"removed" integer DEFAULT 0 NOT NULL,
	"restored" integer DEFAULT 0 NOT NULL,
	"rejected" integer DEFAULT 0 NOT NULL,
	"error_code" text,
	"error_message" text,
	"request_ids" text[] DEFAULT '{}' NOT NULL,
	"listings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"rejections" jsonb DEFAULT '[]'::jsonb NOT NULL,
	CONSTRAINT "sync_runs_kind" CHECK (kind in ('sweep', 'watch')),
	CONSTRAINT "sync_runs_status" CHECK (status in ('running', 'succeeded', 'partial', 'held', 'failed', 'abandoned')),
	CONSTRAINT "sync_runs_finished" CHECK ((status = 'running') = (finished_at is null)),
	CONSTRAINT "sync_runs_error" CHECK (status <> 'failed' or error_message is not null)
);
--> statement-breakpoint
ALTER TABLE "cph"."images" ADD CONSTRAINT "images_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "cph"."projects"("project_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cph"."sync_runs" ADD CONSTRAINT "sync_runs_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "cph"."projects"("project_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "image_events_of_image" ON "cph"."image_events" USING btree ("project_id","image_id","seq");--> statement-breakpoint
CREATE INDEX "transitions_of_image" ON "cph"."image_status_transitions" USING btree ("project_id","image_id","event_seq");--> statement-breakpoint
CREATE INDEX "transitions_observed_at" ON "cph"."image_status_transitions" USING btree ("project_id","observed_at");--> statement-breakpoint
CREATE INDEX "images_failed" ON "cph"."images" USING btree ("project_id") WHERE status = 'failed' and removed_at is null;--> statement-breakpoint
CREATE INDEX "images_creating" ON "cph"."images" USING btree ("project_id") WHERE status = 'creating' and removed_at is null;--> statement-breakpoint
CREATE INDEX "images_missing_since" ON "cph"."images" USING btree ("project_id") WHERE missing_since is not null and removed_at is null;--> statement-breakpoint
CREATE INDEX "sync_runs_of_project" ON "cph"."sync_runs" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "sync_runs_running" ON "cph"."sync_runs" USING btree ("project_id") WHERE status = 'running';--> statement-breakpoint
CREATE VIEW "cph"."failed_images" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.image_version,
      i.create_time, i.status_since as failed_since, now() - i.status_since as failed_for,
      p.last_complete_at as project_last_complete_at, p.last_run_status as project_last_run_status
    from cph.images i
    join cph.projects p using (project_id)
    where i.status = 'failed' and i.removed_at is null
    order by i.status_since desc);--> statement-breakpoint
CREATE VIEW "cph"."image_inventory" AS (
    select i.project_id, p.name as project_name, p.region, i.image_id, i.image_name, i.image_type, i.status,
      i.status_code, i.image_version, i.image_size, i.domain_id, i.src_project_id, i.create_time, i.update_time,
      i.os_type, i.os_name, i.is_public, i.image_label, i.is_support_encrypt, i.listed_in, i.extra,
      i.first_seen_at, i.changed_at, i.missing_since, i.status_since,
      now() - coalesce(i.create_time, i.first_seen_at) as age,
      now() - i.status_since as time_in_status,
      p.last_complete_at as project_last_complete_at,
      now() - p.last_complete_at as project_freshness,
      p.last_run_status as project_last_run_status
    from cph.images i
    join cph.projects p using (project_id)
    where i.removed_at is null);