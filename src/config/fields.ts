import { z } from 'zod';
import { Secret } from './secret.ts';

/** A setting that is text outside and a `T` inside. `read` answers undefined for text it does not take. */
export function field<T>(expected: string, read: (text: string) => T | undefined) {
  return z.string({ error: expected }).transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

export function textLike(pattern: RegExp, expected: string) {
  return field(expected, (text) => (pattern.test(text) ? text : undefined));
}

/** A secret whose text `accepts` takes. It is looked at once, here; a file that changes later is not judged again. */
export function secretLike(accepts: (text: string) => boolean, expected: string) {
  return z.custom<Secret>((found) => found instanceof Secret && accepts(found.reveal()), { error: expected });
}

/** A number written in digits, for what can be counted in fractions, above zero and at most `upTo`. */
export function positiveNumber({ upTo, example }: { upTo: number; example: string }) {
  return field(`a number above 0 and at most ${upTo}, such as ${example}`, (text) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
    return value > 0 && value <= upTo ? value : undefined;
  });
}

/** A whole number from `from` to `to`, both included. */
export function wholeNumber({ from, to, example }: { from: number; to: number; example: string }) {
  return field(`a whole number from ${from} to ${to}, such as ${example}`, (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= from && value <= to ? value : undefined;
  });
}

/** A share of a whole, written in percent and read as 0..1. A bare number other than 0 could mean either: not taken. */
export function share() {
  return field('a percentage from 0% to 100%, such as 20%', (text) => {
    const percent = text === '0' ? text : /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
    return percent !== undefined && Number(percent) <= 100 ? Number(percent) / 100 : undefined;
  });
}

export function yesOrNo() {
  return field('true or false', (text) => {
    if (text !== 'true' && text !== 'false') return undefined;
    return text === 'true';
  });
}

export function oneOf<const Word extends string>(words: readonly Word[], example: Word) {
  return field(`one of ${words.join(', ')}, such as ${example}`, (text) =>
    words.find((word) => word === text.toLowerCase()),
  );
}

/** Words separated by commas, each once, in the order given; at least one. */
export function listOf<const Word extends string>(words: readonly Word[]) {
  const expected = `a list with at least one of ${words.join(', ')}, such as ${words.join(',')}`;
  return field(expected, (text): readonly Word[] | undefined => {
    const parts = text.split(',').map((part) => part.trim());
    const named = new Set(parts.filter((part) => part !== ''));
    const known = [...named].flatMap((part) => words.find((word) => word === part) ?? []);
    return known.length > 0 && known.length === named.size ? known : undefined;
  });
}
