import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../store/database.ts';
import type { Query } from './query.ts';

/** A row by its columns: times are Dates, durations are seconds. */
export type AnswerRow = Readonly<Record<string, unknown>>;

/** A parameter that was given and cannot be taken. The message says which, and what would be right. */
export class QueryFault extends Error {
  override readonly name = 'QueryFault';
  readonly parameter: string;
  constructor(parameter: string, message: string) {
    super(message);
    this.parameter = parameter;
  }
}

/**
 * Asks a question with what was given, by the names of its parameters. Reads only, for at most two minutes.
 *
 * @throws QueryFault for a parameter that is unknown, missing, or not what it takes
 */
export async function runQuery(
  db: Database,
  query: Query,
  given: Readonly<Record<string, string>>,
): Promise<AnswerRow[]> {
  const statement = bind(query, given);
  const columns = Object.entries(query.columns).map(([column, kind]) =>
    kind === 'duration'
      ? sql`extract(epoch from ${sql.identifier(column)})::float8 as ${sql.identifier(column)}`
      : sql.identifier(column),
  );
  const select = sql`select ${sql.join(columns, sql`, `)} from (${statement}) as answer`;
  return await db.transaction(async (tx) => (await tx.execute<Record<string, unknown>>(select)).rows, {
    accessMode: 'read only',
  });
}

/** Marks the place of a parameter. No statement has the character. */
const MARK = '\0';

function bind(query: Query, given: Readonly<Record<string, string>>): SQL {
  const values = valuesOf(query, given);
  const places = Object.fromEntries(Object.keys(values).map((name) => [name, `${MARK}${name}${MARK}`]));
  const parts = query.sql(places).split(MARK);
  // Every other part is the name of a parameter.
  return sql.join(parts.map((part, i) => (i % 2 === 0 ? sql.raw(part) : (values[part] ?? sql.empty()))));
}

function valuesOf(query: Query, given: Readonly<Record<string, string>>): Record<string, SQL> {
  const names = Object.keys(query.parameters);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const known = names.length > 0 ? `It takes ${names.join(', ')}.` : 'It takes none.';
    throw new QueryFault(name, `Query ${query.name} has no parameter ${JSON.stringify(name)}. ${known}`);
  }
  const values = Object.entries(query.parameters).map(([name, parameter]) => {
    const text = given[name] ?? parameter.fallback;
    if (text === undefined) throw new QueryFault(name, `${query.name} needs ${name}: ${parameter.takes}`);
    const bound = parameter.bind(text);
    if (!bound)
      throw new QueryFault(name, `Parameter ${name} takes ${parameter.takes}; got ${JSON.stringify(text)}`);
    const [before = '', after = ''] = bound.sql.split('$');
    return [name, sql`${sql.raw(before)}${bound.value}${sql.raw(after)}`] as const;
  });
  return Object.fromEntries(values);
}
