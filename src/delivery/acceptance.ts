/** What an answer has to say before a receiver counts as having accepted: some say 200 and refuse in the body. */

export interface Acceptance {
  /** The way to a value in the JSON of the answer: names of members and places in lists, from the outside in. */
  readonly path: readonly string[];
  /** The text of that value. The number 0 and the text "0" are the same. */
  readonly equals: string;
}

/** Why `text` is no acceptance, for a person; null where it is one. */
export function disagreement(text: string, { path, equals }: Acceptance): string | null {
  const name = path.join('.');
  const answer = parsed(text);
  if (answer === undefined) return 'is no JSON';
  const found = path.reduce(memberOf, answer);
  if (found === undefined) return `has no ${name}`;
  if (isSame(found, equals)) return null;
  return `has ${kindOrText(found)} for ${name} instead of ${equals}`;
}

/** Undefined is no JSON value, and so stands for none. Some servers begin with a byte order mark. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Reflect.get(value, key);
}

function isSame(found: unknown, equals: string): boolean {
  if (typeof found === 'object' && found !== null) return false;
  return String(found) === equals || (typeof found === 'number' && equals !== '' && found === Number(equals));
}

function kindOrText(found: unknown): string {
  if (Array.isArray(found)) return 'a list';
  return typeof found === 'object' && found !== null ? 'an object' : JSON.stringify(found);
}
