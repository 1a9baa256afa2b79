-- The role that Grafana reads with. Run at each start, so that a new password takes effect.
\set ON_ERROR_STOP on
\set password `cat /run/secrets/grafana-password`
select 'create role grafana login' where not exists (select from pg_roles where rolname = 'grafana') \gexec
alter role grafana password :'password';
grant cph_reader to grafana;
