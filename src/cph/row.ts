/**
 * Reads one row of an answer. A record is an id; the rest is optional. A field that cannot be read is left
 * out and named in `unreadable`, so that its neighbours still count. A row without a usable id is a {@link
 * RejectedRecord}.
 */
import type { Extra, Source } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';
import { type FieldReader, isSilent, isStorableText } from './field.ts';
import { settledValue } from './settled-value.ts';

const LONGEST_ID = 128;

/** What one row of an endpoint holds. */
export interface RowReader<Fields> {
  readonly source: Source;
  /** How each documented field is read, by name. `image_id` is not among them. */
  readonly fields: { readonly [F in keyof Fields]: FieldReader<NonNullable<Fields[F]>> };
  /** Documented fields that are not kept. */
  readonly dropped: readonly string[];
}

type ReadRow<Fields> = Fields & {
  readonly image_id: string;
  readonly extra: Extra;
  readonly unreadable: readonly string[];
};

const NOTHING: Extra = Object.freeze({});
const ALL_READABLE: readonly string[] = Object.freeze([]);

/**
 * The fields of a row, null where it says nothing, with those the reference does not name in `extra`. Fields
 * named in `ignored` are as if they were not there.
 */
export function readRow<Fields extends object>(
  raw: unknown,
  { source, fields, dropped }: RowReader<Fields>,
  ignored: ReadonlySet<string>,
): ReadRow<Fields> | RejectedRecord {
  const row = rowOf(raw);
  const image_id = row && usableId(row.image_id);
  if (!row || !image_id) return { source, reason: whyRejected(raw, row) };
  const faults: string[] = [];
  const read: Record<string, unknown> = { image_id };
  for (const [name, reader] of Object.entries<FieldReader<unknown>>(fields)) {
    read[name] = ignored.has(name) ? null : readField(row[name], { name, reader, faults });
  }
  const extra: [string, unknown][] = [];
  for (const name of Object.keys(row)) {
    if (Object.hasOwn(read, name) || dropped.includes(name) || ignored.has(name)) continue;
    const value = settledField(name, row[name], faults);
    if (value !== undefined) extra.push([name, value]);
  }
  read.extra = extra.length === 0 ? NOTHING : Object.fromEntries(extra);
  read.unreadable = faults.length === 0 ? ALL_READABLE : faults;
  return read as ReadRow<Fields>;
}

function rowOf(raw: unknown): Readonly<Record<string, unknown>> | null {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? { ...raw } : null;
}

/** Ids are kept as they are sent; one that is a number is its digits. */
function usableId(value: unknown): string | null {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  if (typeof id !== 'string' || id.trim() === '' || id.length > LONGEST_ID) return null;
  return isStorableText(id) ? id : null;
}

function whyRejected(raw: unknown, row: Readonly<Record<string, unknown>> | null): string {
  if (!row) return `row: ${kindOf(raw)} instead of an object`;
  const right = `text of 1 to ${LONGEST_ID} characters without NUL or broken characters`;
  return `image_id: ${kindOf(row.image_id)} instead of ${right}`;
}

function readField(
  value: unknown,
  { name, reader, faults }: { name: string; reader: FieldReader<unknown>; faults: string[] },
): unknown {
  if (isSilent(value)) return null;
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
