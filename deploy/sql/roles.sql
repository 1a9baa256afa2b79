-- Two roles that may do no more than they need: the daemon's, and the one of those who only read.
--
-- An administrator runs this in the database of cph-inventory, after the first `cph-inventory migrate` and after each
-- upgrade. It may be run any number of times.
--
--   psql "$ADMIN_DATABASE_URL" --set ON_ERROR_STOP=1 --file roles.sql
--   psql "$ADMIN_DATABASE_URL" --command '\password cph_daemon'     -- it is made without a password
--
-- `migrate` needs more: run it as the owner of schema cph. `cph-inventory check` says what the daemon's role lacks.

do $$
begin
  if not exists (select from pg_roles where rolname = 'cph_daemon') then
    create role cph_daemon login;
  end if;
  if not exists (select from pg_roles where rolname = 'cph_reader') then
    create role cph_reader nologin;
  end if;
end
$$;

-- The daemon: `start`, `sync`, `approve`, `replay`, and the commands that report.
grant usage on schema cph to cph_daemon;
grant select on cph.migrations, cph.project_freshness to cph_daemon;
grant select on cph.image_inventory, cph.failed_images, cph.stuck_images, cph.image_failures, cph.image_build_times,
  cph.image_build_times_weekly, cph.image_summary, cph.run_timeline to cph_daemon;
grant execute on function cph.images_as_of, cph.changes_between to cph_daemon;
grant select, insert, update on cph.projects, cph.images, cph.sinks to cph_daemon;
grant select, insert, update, delete on cph.sync_runs, cph.dead_letters, cph.open_alerts to cph_daemon;
grant usage on sequence cph.sync_runs_id_seq to cph_daemon;
grant select, insert, delete on cph.image_events to cph_daemon;
grant select, insert on cph.image_status_transitions to cph_daemon;

-- Readers: `grant cph_reader to alice`. `migrate` grants what it makes later, where it runs as the owner.
grant usage on schema cph to cph_reader;
grant select on all tables in schema cph to cph_reader;
grant execute on all functions in schema cph to cph_reader;
