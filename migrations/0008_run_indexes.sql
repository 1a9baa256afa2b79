DROP INDEX "cph"."sync_runs_of_project";--> statement-breakpoint
CREATE INDEX "sync_runs_of_kind" ON "cph"."sync_runs" USING btree ("project_id","kind","id");--> statement-breakpoint
CREATE INDEX "sync_runs_failed" ON "cph"."sync_runs" USING btree ("project_id","id") WHERE kind = 'sweep' and status = 'failed';