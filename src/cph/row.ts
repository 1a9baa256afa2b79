/**
 * Reads one row of an answer into a record. A row that cannot be read never fails the listing: it becomes a
 * {@link RejectedRecord}, so that the images around it are still seen and its own absence is not believed.
 */
import { z } from 'zod';
import { canonicalTime, type Extra, type Source } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';

const LONGEST_ID = 128;
const INT32 = 2 ** 31;

/** The `error` of each says what would be right; {@link readRow} says what was there instead. */
const TEXT = z.string('text').refine(storable, 'text without NUL or broken characters');
export const id = TEXT.min(1, 'an id').max(LONGEST_ID, `an id of at most ${LONGEST_ID} characters`);
export const text = optional(TEXT);
export const flag = optional(z.boolean('true or false'));
export const code = optional(
  z
    .int('a whole number')
    .min(-INT32, 'a 32-bit number')
    .max(INT32 - 1, 'a 32-bit number'),
);
export const bytes = optional(z.int('a whole number of bytes').min(0, 'a number of bytes, 0 or more'));
export const time = optional(
  z.string('an ISO 8601 time').transform((value, context) => {
    const canonical = canonicalTime(value);
    if (canonical === null) context.addIssue({ code: 'custom', message: 'an ISO 8601 time' });
    return canonical;
  }),
);

/** Every field of the reference is optional: absent and null are the same. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? null);
}

export interface RowReader<Fields> {
  readonly source: Source;
  readonly schema: z.ZodObject & z.ZodType<Fields>;
  /** Documented fields that are not kept. */
  readonly dropped: readonly string[];
}

/** The fields of a row, with those the reference does not name in `extra`; or why it cannot be read. */
export function readRow<Fields>(
  raw: unknown,
  { source, schema, dropped }: RowReader<Fields>,
): (Fields & { extra: Extra }) | RejectedRecord {
  const reject = (reason: string) => ({ source, image_id: readableId(raw), reason });
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path[0];
    const value = field === undefined ? raw : Object(raw)[field];
    return reject(`${String(field ?? 'row')}: ${kindOf(value)} instead of ${issue?.message}`);
  }
  const named = (field: string) => Object.hasOwn(schema.shape, field) || dropped.includes(field);
  const extra = Object.fromEntries(Object.entries(Object(raw)).filter(([field]) => !named(field)));
  const unfit = Object.keys(extra).find((field) => !storable(field) || !storable(extra[field]));
  if (unfit === undefined) return { ...parsed.data, extra };
  const field = /^[\w.-]{1,64}$/.test(unfit) ? unfit : 'a field with an unusual name';
  return reject(`${field}: a value that cannot be stored instead of plain JSON without NUL`);
}

function readableId(raw: unknown): string | null {
  const parsed = id.safeParse(Object(raw).image_id);
  return parsed.success ? parsed.data : null;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value === '') return 'empty text';
  const kinds: Readonly<Record<string, string>> = {
    string: 'text',
    number: 'a number',
    boolean: 'true or false',
    object: 'an object',
  };
  return kinds[typeof value] ?? 'something else';
}

/** Deeper than any API nests; recursion must end before the stack does. */
const DEEPEST = 32;

/**
 * Whether Postgres can hold a value of JSON, and gives it back unchanged: `text` and `jsonb` take no NUL, half surrogate
 * pairs would come back as replacement characters, and numbers too large for a double have become infinite.
 */
function storable(value: unknown): boolean {
  return fits(value, 0);
}

function fits(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEEPEST) return false;
  return Object.entries(value).every(([key, inner]) => fits(key, depth) && fits(inner, depth + 1));
}
