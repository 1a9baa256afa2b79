/**
 * Reads one field of a row, however the API spells it. Spellings without loss are taken: numbers as text,
 * text as numbers, times in any common form. Every field of the reference is optional, so null, absent and
 * empty are one.
 */
import { readTime } from './time.ts';

export interface FieldReader<T> {
  /** What would be right, for the reason of an unreadable field. */
  readonly expected: string;
  /** The value of something that is there; undefined when it cannot be read. */
  readonly read: (value: unknown) => T | undefined;
}

/** Whether a field says nothing at all. */
export function isSilent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

const INT32 = 2 ** 31;
const WHOLE_NUMBER = /^\s*[+-]?\d{1,20}(?:\.0+)?\s*$/;

export const text: FieldReader<string> = {
  expected: 'text without NUL or broken characters',
  read: (value) => {
    if (typeof value === 'string') return isStorableText(value) ? value : undefined;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  },
};

/** Fits the 32-bit columns of `cph.images`. */
export const code: FieldReader<number> = {
  expected: 'a whole number of 32 bits',
  read: (value) => {
    const number = wholeNumber(value);
    return number !== undefined && number >= -INT32 && number < INT32 ? number : undefined;
  },
};

export const bytes: FieldReader<number> = {
  expected: 'a whole number of bytes, 0 or more',
  read: (value) => {
    const number = wholeNumber(value);
    return number !== undefined && number >= 0 ? number : undefined;
  },
};

export const flag: FieldReader<boolean> = {
  expected: 'true or false',
  read: (value) => {
    const word = String(value).trim().toLowerCase();
    if (word === 'true' || word === '1') return true;
    return word === 'false' || word === '0' ? false : undefined;
  },
};

export const time: FieldReader<string> = {
  expected: 'a time with its date, such as 2024-04-11T06:38:21Z',
  read: readTime,
};

/** A whole number that a double holds exactly; undefined for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && WHOLE_NUMBER.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? Number(number) : undefined;
}

/** Postgres takes no NUL in `text`, and half a surrogate pair would come back as another character. */
export function isStorableText(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}
