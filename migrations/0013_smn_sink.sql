ALTER TABLE "cph"."sinks" DROP CONSTRAINT "sinks_kind";--> statement-breakpoint
ALTER TABLE "cph"."sinks" ADD CONSTRAINT "sinks_kind" CHECK (kind in ('webhook', 'alertmanager', 'smn'));