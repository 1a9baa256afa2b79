CREATE TABLE "cph"."dead_letters" (
	"sink" text NOT NULL,
	"event_seq" bigint NOT NULL,
	"attempts" integer NOT NULL,
	"last_error" text NOT NULL,
	"failed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "dead_letters_sink_event_seq_pk" PRIMARY KEY("sink","event_seq")
);
--> statement-breakpoint
CREATE TABLE "cph"."open_alerts" (
	"sink" text NOT NULL,
	"fingerprint" text NOT NULL,
	"labels" jsonb NOT NULL,
	"annotations" jsonb NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"last_sent_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "open_alerts_sink_fingerprint_pk" PRIMARY KEY("sink","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "cph"."sinks" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"cursor_seq" bigint NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone,
	"last_error" text,
	"last_delivered_at" timestamp (3) with time zone,
	"leased_by" text,
	"leased_until" timestamp (3) with time zone,
	CONSTRAINT "sinks_kind" CHECK (kind in ('webhook', 'alertmanager')),
	CONSTRAINT "sinks_counts" CHECK (cursor_seq >= 0 and attempts >= 0),
	CONSTRAINT "sinks_failing" CHECK ((attempts = 0) = (failing_since is null))
);
--> statement-breakpoint
ALTER TABLE "cph"."images" ADD COLUMN "status_baseline" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "registered_at" timestamp (3) with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "sync_interval" interval;--> statement-breakpoint
ALTER TABLE "cph"."projects" ADD COLUMN "stuck_after" interval;