import { secretLike } from './fields.ts';

/** Where Postgres is, in one of the forms `pg` reads. Not looked at further: an answer only comes from connecting. */
export function databaseUrl() {
  return secretLike(
    isDatabaseUrl,
    'a Postgres URL with special characters percent-encoded, such as postgres://user:password@host:5432/database',
  );
}

function isDatabaseUrl(text: string): boolean {
  // "/run/postgresql database": the folder of a unix socket.
  if (text.startsWith('/')) return true;
  // "postgres://user@/database?host=/run/postgresql" has no host, which only a database URL may do.
  const url = text.replace('@/', '@socket/');
  return /^(?:postgres(?:ql)?:\/\/|socket:\/)/.test(url) && URL.canParse(url);
}
