ALTER TABLE "cph"."projects" ADD COLUMN "leased_by" text;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "leased_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "sweep_tick" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "watch_tick" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "unconfigured_since" timestamp (3) with time zone;