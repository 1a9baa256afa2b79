-- Who may read everything here and nothing else. A role belongs to the whole server, so another database of ours may have
-- made it already. Where we may not make roles, an administrator makes it and runs the grants below.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cph_reader') THEN
    CREATE ROLE cph_reader NOLOGIN;
  END IF;
EXCEPTION
  WHEN insufficient_privilege THEN
    RAISE NOTICE 'role cph_reader was not made: the connected role may not create roles';
  WHEN duplicate_object OR unique_violation THEN
    NULL; -- somebody else made it at the same moment
END
$$;
--> statement-breakpoint
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'cph_reader') THEN
    GRANT USAGE ON SCHEMA cph TO cph_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA cph TO cph_reader;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA cph TO cph_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA cph GRANT SELECT ON TABLES TO cph_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA cph GRANT EXECUTE ON FUNCTIONS TO cph_reader;
  END IF;
END
$$;
