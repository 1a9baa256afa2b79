import { canonicalJson } from '../inventory/canonical.ts';
import { integerText } from './exact-json.ts';
import { isStorableText } from './field.ts';

/** Deeper than any API nests; recursion must end before the stack does. */
const DEEPEST = 32;

/**
 * A value the reference does not know, in the one form that all its spellings share: nothing that is empty in
 * it, and lists in one order without repeats, since a list of ids or labels is a set and APIs send it in any
 * order. Undefined when nothing is left, null when Postgres cannot hold it and give it back unchanged.
 */
export function settledValue(value: unknown): unknown {
  try {
    return settled(value, 0);
  } catch (error) {
    if (error instanceof NotStorable) return null;
    throw error;
  }
}

class NotStorable extends Error {}

function settled(value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return settledText(value);
  // A number too large for a double has become infinite.
  if (typeof value === 'number' && !Number.isFinite(value)) throw new NotStorable();
  if (isBeyondExact(value)) return integerText(value);
  if (typeof value !== 'object') return value;
  if (depth >= DEEPEST) throw new NotStorable();
  return Array.isArray(value) ? settledList(value, depth) : settledObject(value, depth);
}

/** Integers as large as this come as text, unless a double happens to hold them: one field has one form. */
function isBeyondExact(value: unknown): value is number {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

function settledText(value: string): string | undefined {
  if (!isStorableText(value)) throw new NotStorable();
  return value.trim() === '' ? undefined : value;
}

function settledList(list: readonly unknown[], depth: number): unknown {
  const byText = new Map<string, unknown>();
  for (const inner of list) {
    const value = settled(inner, depth + 1);
    if (value !== undefined) byText.set(canonicalJson(value), value);
  }
  if (byText.size === 0) return undefined;
  return [...byText.keys()].sort().map((text) => byText.get(text));
}

function settledObject(object: object, depth: number): unknown {
  const entries = Object.entries(object).flatMap(([key, inner]) => {
    if (!isStorableText(key)) throw new NotStorable();
    const value = settled(inner, depth + 1);
    return value === undefined ? [] : [[key, value] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
