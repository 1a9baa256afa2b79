/**
 * Reads one row of an answer. A record is an id; the rest is optional. A field that cannot be read is left
 * out and named in `unreadable`, so that its neighbours still count. A row without a usable id is a {@link
 * RejectedRecord}.
 */
import type { Extra, ImageRecord } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';
import { integerText } from './exact-json.ts';
import { type FieldReader, isSilent, isStorableText } from './field.ts';
import { settledValue } from './settled-value.ts';

const LONGEST_ID = 128;

/** What a record of any source has. */
type AnyRecord = Pick<ImageRecord, 'source' | 'image_id' | 'extra' | 'unreadable'>;

type Mutable<Record> = { -readonly [F in keyof Record]: Record[F] };

/** How rows of an endpoint become records. */
export interface RowReader<Record extends AnyRecord, Field extends keyof Record> {
  /** A record that says nothing. */
  readonly blank: Record;
  /** What is read, by the field of the record. `image_id` is not among them. */
  readonly fields: { readonly [F in Field]: FieldReader<NonNullable<Record[F]>> };
  /** Fields of the record that rows call otherwise. */
  readonly called?: { readonly [F in Field]?: string };
  /** Documented fields that are not kept. */
  readonly dropped: readonly string[];
}

const NOTHING: Extra = Object.freeze({});
const ALL_READABLE: readonly string[] = Object.freeze([]);

/** What every blank record has. */
export const SAYS_NOTHING = { image_id: '', image_name: null, extra: NOTHING, unreadable: ALL_READABLE };

/** Fields named in `ignored` are as if they were not there. */
export type ReadRow<Record> = (
  raw: unknown,
  ignored: ReadonlySet<string>,
) => Mutable<Record> | RejectedRecord;

/**
 * Reads rows: null where they say nothing, with the fields that the reference does not name in `extra`.
 *
 * A record is a copy of the blank one that is filled in. Put together from entries and spreads, records were
 * among the dearest parts of a listing by its profile.
 */
export function rowReader<Record extends AnyRecord, Field extends keyof Record & string>({
  blank,
  fields,
  called = {},
  dropped,
}: RowReader<Record, Field>): ReadRow<Record> {
  const columns = (Object.keys(fields) as Field[]).map((field) => {
    const name: string = (called as { readonly [F in Field]?: string })[field] ?? field;
    return { field, name, reader: fields[field] as FieldReader<unknown> };
  });
  const documented = new Set(['image_id', ...dropped, ...columns.map(({ name }) => name)]);
  return (raw, ignored) => {
    const row = rowOf(raw);
    const image_id = row && usableId(row.image_id);
    if (!row || !image_id) return { source: blank.source, reason: whyRejected(raw, row) };
    const faults: string[] = [];
    const record: Mutable<Record> = { ...blank, image_id };
    for (const { field, name, reader } of columns) {
      const value = row[name];
      if (isSilent(value) || ignored.has(name)) continue;
      record[field] = readField(value, { name, reader, faults }) as Record[Field];
    }
    const extra = extraOf(row, { documented, ignored, faults });
    if (extra) record.extra = extra;
    if (faults.length > 0) record.unreadable = faults;
    return record;
  };
}

interface Beyond {
  readonly documented: ReadonlySet<string>;
  readonly ignored: ReadonlySet<string>;
  readonly faults: string[];
}

/** Null where a row has no other fields than the documented ones, which is nearly always. */
function extraOf(row: RawRow, { documented, ignored, faults }: Beyond): Extra | null {
  const beyond = Object.keys(row).filter((name) => !documented.has(name) && !ignored.has(name));
  if (beyond.length === 0) return null;
  const extra: [string, unknown][] = [];
  for (const name of beyond) {
    const value = settledField(name, row[name], faults);
    if (value !== undefined) extra.push([name, value]);
  }
  return Object.fromEntries(extra);
}

type RawRow = Readonly<Record<string, unknown>>;

function rowOf(raw: unknown): RawRow | null {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? (raw as RawRow) : null;
}

/** The vendor's ids are hex digits, for which either case means the same. */
const HEX_ID = /^[\da-f]{32}$|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Ids are kept as they are sent, hex ones in lower case; one that is a number is its digits. */
function usableId(value: unknown): string | null {
  const id = Number.isInteger(value) ? integerText(Number(value)) : value;
  if (typeof id !== 'string' || id.trim() === '' || id.length > LONGEST_ID) return null;
  if (HEX_ID.test(id)) return id.toLowerCase();
  return isStorableText(id) ? id : null;
}

function whyRejected(raw: unknown, row: RawRow | null): string {
  if (!row) return `row: ${kindOf(raw)} instead of an object`;
  const right = `text of 1 to ${LONGEST_ID} characters without NUL or broken characters`;
  return `image_id: ${kindOf(row.image_id)} instead of ${right}`;
}

function readField(
  value: unknown,
  { name, reader, faults }: { name: string; reader: FieldReader<unknown>; faults: string[] },
): unknown {
  const read = reader.read(value);
  if (read === undefined) faults.push(`${name}: ${kindOf(value)} instead of ${reader.expected}`);
  return read ?? null;
}

function settledField(name: string, value: unknown, faults: string[]): unknown {
  const settled = isStorableText(name) ? settledValue(value) : null;
  if (settled !== null) return settled;
  const told = /^[\w.-]{1,64}$/.test(name) ? name : 'a field with an unusual name';
  faults.push(`${told}: a value that cannot be stored instead of plain JSON without NUL`);
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value.trim() === '' ? 'empty text' : 'text';
  const kinds: Readonly<Record<string, string>> = {
    number: 'a number',
    boolean: 'true or false',
    object: 'an object',
  };
  return kinds[typeof value] ?? 'something else';
}
