/**
 * Reads what the plugin pgoutput says, as its protocol 1 has it:
 * https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html
 */

/** A row that was inserted: its columns as text, null where they are null. */
interface Inserted {
  readonly table: string;
  readonly row: Readonly<Record<string, string | null>>;
}

interface Relation {
  readonly table: string;
  /** In the order of values; those of the replica identity. */
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

export interface Replicated {
  /** One letter a message, in order: B begin, R relation, I insert, U update, D delete, C commit. */
  readonly messages: string;
  readonly inserts: readonly Inserted[];
  readonly relations: readonly Relation[];
}

/** What messages of one connection say together: values are told apart by the relations that came before. */
export function readPgoutput(messages: readonly Buffer[]): Replicated {
  const relations = new Map<number, Relation>();
  const inserts: Inserted[] = [];
  for (const message of messages) {
    const reader = readerOf(message);
    const kind = reader.letter();
    if (kind === 'R') relations.set(reader.int32(), relation(reader));
    if (kind === 'I') inserts.push(inserted(reader, relations));
  }
  const letters = messages.map((message) => String.fromCharCode(message[0] ?? 0));
  return { messages: letters.join(''), inserts, relations: [...relations.values()] };
}

type Reader = ReturnType<typeof readerOf>;

function relation(reader: Reader): Relation {
  const table = `${reader.text()}.${reader.text()}`;
  // The setting of the replica identity.
  reader.letter();
  const columns = Array.from({ length: reader.int16() }, () => {
    const isKey = reader.byte() === 1;
    const name = reader.text();
    // Type and modifier.
    reader.int32();
    reader.int32();
    return { name, isKey };
  });
  const key = columns.filter(({ isKey }) => isKey);
  return { table, columns: columns.map(({ name }) => name), key: key.map(({ name }) => name) };
}

function inserted(reader: Reader, relations: ReadonlyMap<number, Relation>): Inserted {
  const relation = relations.get(reader.int32());
  if (!relation) throw new Error('a row came before its relation');
  // N: the new row follows.
  reader.letter();
  const values = Array.from({ length: reader.int16() }, () => reader.value());
  const row = Object.fromEntries(relation.columns.map((column, i) => [column, values[i] ?? null]));
  return { table: relation.table, row };
}

function readerOf(message: Buffer) {
  let at = 0;
  const moved = (bytes: number) => {
    at += bytes;
    return at - bytes;
  };
  const byte = () => message.readUInt8(moved(1));
  const int16 = () => message.readInt16BE(moved(2));
  const int32 = () => message.readInt32BE(moved(4));
  const letter = () => String.fromCharCode(byte());
  const text = () => {
    const end = message.indexOf(0, at);
    return message.toString('utf8', moved(end + 1 - at), end);
  };
  const value = () => {
    const kind = letter();
    if (kind === 'n') return null;
    if (kind !== 't') throw new Error(`a value of kind ${kind}; text was expected`);
    const length = int32();
    const from = moved(length);
    return message.toString('utf8', from, from + length);
  };
  return { byte, int16, int32, letter, text, value };
}
