import type { Edition } from './edition.ts';
import { type ErrorCode, Refusal } from './errors.ts';
import type { World } from './world.ts';

/** What an endpoint needs to know of a request. */
export interface Question {
  readonly world: World;
  readonly edition: Edition;
  readonly project_id: string;
  readonly query: URLSearchParams;
  /** What was asked for, as the client reaches it. */
  readonly url: URL;
  /** How often the same was asked before. */
  readonly turn: number;
}

interface WholeNumberRules {
  readonly low: number;
  readonly high?: number;
  /** What the API calls a value that is none. */
  readonly refusal: ErrorCode;
}

/** The whole number a query parameter holds. Null when it is not sent. Throws {@link Refusal}. */
export function wholeNumber(query: URLSearchParams, name: string, rules: WholeNumberRules): number | null {
  const text = query.get(name);
  if (text === null) return null;
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= rules.low && number <= (rules.high ?? Number.MAX_SAFE_INTEGER)) return number;
  throw new Refusal(rules.refusal);
}

/**
 * One of the words a query parameter may hold. Null when it is not sent. Throws {@link Refusal} `CPS.0009`.
 */
export function imageType<Type extends string>(query: URLSearchParams, types: readonly Type[]): Type | null {
  const text = query.get('image_type');
  if (text === null) return null;
  const type = types.find((candidate) => candidate === text);
  if (type === undefined) throw new Refusal('CPS.0009');
  return type;
}
