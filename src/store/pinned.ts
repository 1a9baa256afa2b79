/**
 * Settings that a database or a role may have otherwise, and that decide what our statements mean.
 *
 * They hold for one transaction. As parameters of the connection, PgBouncer refuses most of them. A plain
 * SET would stay behind on a server connection that is lent to somebody else. The isolation level stands
 * beside them where a transaction begins: its first statement is too late for that.
 *
 * What an administrator sets on purpose stays as it is: that a database is read-only, limits of time, and
 * how safely a commit is written.
 */
const SETTINGS = {
  // Times would come in a form that reads as another time, or as none.
  datestyle: 'ISO, YMD',
  timezone: 'UTC',
  intervalstyle: 'postgres',
  // A missing value in an array parameter would be the text NULL.
  array_nulls: 'on',
  // A backslash in a literal would begin an escape.
  standard_conforming_strings: 'on',
  // Numbers would be rounded.
  extra_float_digits: '1',
};

/** The settings as statements, for the beginning of a transaction. */
export const PINNED = Object.entries(SETTINGS)
  .map(([name, value]) => `set local ${name} = '${value}'`)
  .join('; ');
