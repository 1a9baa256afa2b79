import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { onConnectionOf, type Transaction } from './database.ts';

/** The columns of {@link copyText}: what stands in each, of one row. Null is no value. */
export type CopyColumns<Row> = Readonly<Record<string, (row: Row) => string | number | boolean | null>>;

/**
 * Rows in the text format of COPY (manual of Postgres, "COPY", "Text Format").
 */
export function copyText<Row>(rows: readonly Row[], columns: CopyColumns<Row>): Buffer {
  const values = Object.values(columns);
  let text = '';
  for (const row of rows) {
    let separator = '';
    for (const value of values) {
      text += separator + fieldText(value(row));
      separator = '\t';
    }
    text += '\n';
  }
  return Buffer.from(text);
}

const SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function fieldText(value: string | number | boolean | null): string {
  if (value === null) return '\\N';
  if (typeof value !== 'string') return String(value);
  return value.search(SPECIAL) < 0 ? value : value.replace(SPECIAL, (special) => ESCAPES[special] ?? special);
}

/**
 * Writes rows that {@link copyText} has made to a table. There must be none of them yet: COPY knows no
 * conflicts. A failure looks like that of any other statement.
 */
export async function copyInto(
  tx: Transaction,
  { table, columns }: { table: string; columns: CopyColumns<never> },
  text: Buffer,
): Promise<void> {
  const statement = `copy ${table} (${Object.keys(columns).join(', ')}) from stdin`;
  const copied = onConnectionOf(
    tx,
    (client) =>
      new Promise<void>((resolve, reject) => {
        client.query(new CopyQuery(statement, text, (error) => (error ? reject(error) : resolve())));
      }),
  );
  await copied.catch((cause: Error) => {
    throw new DrizzleQueryError(statement, [], cause);
  });
}

/** What pg's connection has for COPY; its types leave that out. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** A statement that sends its rows when Postgres asks for them, which pg's own refuse to do. */
class CopyQuery extends pg.Query {
  readonly #text: Buffer;

  constructor(statement: string, text: Buffer, done: (error: Error | undefined) => void) {
    super(statement, done);
    this.#text = text;
  }

  /** Called by pg. */
  handleCopyInResponse(connection: CopyConnection): void {
    connection.sendCopyFromChunk(this.#text);
    connection.endCopyFrom();
  }
}
