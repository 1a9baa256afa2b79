import pg from 'pg';

type Parser = (text: string) => unknown;
type ParserOf = pg.CustomTypesConfig['getTypeParser'];

/**
 * Makes a connection return int8 as numbers and timestamptz as Dates. drizzle sends parsers of its own with
 * every statement, so that those of the pool are never asked: its timestamps stay text, and int8 is a string.
 * Its parsers for other types are kept.
 */
export function parseRows(client: pg.ClientBase): void {
  const query: (...args: never[]) => unknown = client.query;
  Object.assign(client, {
    query: (statement: pg.QueryConfig | pg.Submittable | string, ...rest: unknown[]) => {
      // COPY brings no values back.
      const isCopy = typeof statement === 'object' && 'submit' in statement;
      return Reflect.apply(query, client, [isCopy ? statement : withParsers(statement), ...rest]);
    },
  });
}

function withParsers(statement: pg.QueryConfig | string): pg.QueryConfig {
  const config = typeof statement === 'string' ? { text: statement } : statement;
  const others: ParserOf = config.types?.getTypeParser ?? pg.types.getTypeParser;
  const getTypeParser: ParserOf = (oid: number, format?: 'text' | 'binary') =>
    PARSERS.get(oid) ?? others(oid, format);
  return { ...config, types: { getTypeParser } };
}

/** Ids, sequence numbers and sizes stay far below 2^53. One that does not must not be rounded in silence. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large for a number`);
  return value;
}

/**
 * As ISO 8601, which is pinned on every connection. Anything else is no time, and must not be taken for a
 * missing one.
 */
function parseInstant(text: string): Date {
  const value: unknown = readInstant(text);
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    throw new RangeError(`${JSON.stringify(text)} is not a time as ISO 8601 writes it`);
  }
  return value;
}

const readInstant = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ);

const PARSERS: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [pg.types.builtins.INT8, parseInt8],
  [pg.types.builtins.TIMESTAMPTZ, parseInstant],
]);
