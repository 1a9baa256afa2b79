ALTER TABLE "cph"."images" DROP CONSTRAINT "images_status_code";--> statement-breakpoint
ALTER TABLE "cph"."images" ADD CONSTRAINT "images_status_code" CHECK (status is not distinct from case when status_code is null then null
        when status_code = 0 then 'creating' when status_code = 1 then 'usable' when status_code = 2 then 'failed' else 'unknown' end);