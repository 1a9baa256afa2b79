/**
 * A ready question. The same SQL answers it as a recipe of docs/sql.md, as a command, and for whoever asks
 * over HTTP, so that they never differ.
 */
import type { Parameter } from './parameter.ts';

/**
 * What a column holds, and so how it is shown: times as ISO 8601, durations as seconds, sizes as bytes, each
 * in its own way where a person reads.
 */
export type ColumnKind =
  | 'text'
  | 'status'
  | 'number'
  | 'percent'
  | 'bytes'
  | 'time'
  | 'day'
  | 'duration'
  | 'flag'
  | 'list';

export interface Query {
  readonly name: string;
  /** One sentence that ends with a question mark. */
  readonly question: string;
  /** What has to be known to read the answer, in a sentence or two. */
  readonly about?: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** The statement, around what stands for each parameter. */
  readonly sql: (values: Readonly<Record<string, string>>) => string;
  /** In the order of the statement. */
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** What a narrow terminal can do without, beside ids; the first of them goes first. */
  readonly spare?: readonly string[];
  /** What it means that there are no rows. */
  readonly nothing: string;
}

/** A {@link Query} whose statement can only name the parameters there are. */
export function defineQuery<const P extends Readonly<Record<string, Parameter>>>(
  query: Omit<Query, 'parameters' | 'sql'> & {
    readonly parameters?: P;
    readonly sql: (values: { readonly [N in keyof P]: string }) => string;
  },
): Query {
  return { parameters: {}, ...query, sql: query.sql as Query['sql'] };
}

/**
 * The statement as a person pastes it into psql: each parameter is what counts unless something else is
 * given.
 */
export function recipeOf({ parameters, sql }: Query): string {
  const values = Object.entries(parameters).map(([name, { example, bind }]) => {
    const bound = bind(example);
    if (!bound) throw new Error(`the example of ${name} is not one`);
    return [name, example === 'now' ? 'now()' : literalOf(bound.sql, bound.value)] as const;
  });
  return sql(Object.fromEntries(values));
}

/** `now() - interval '1 day'` for what the program sends as `now() - $1::interval`. */
function literalOf(around: string, value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return around.replace(/\$::(\w+)/, (_, type: string) =>
    type === 'int' ? value : type === 'text' ? quoted : `${type} ${quoted}`,
  );
}
