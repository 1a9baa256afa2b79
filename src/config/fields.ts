import { z } from 'zod';
import { DURATION, parseDuration } from './duration.ts';
import { Secret } from './secret.ts';

/**
 * How a setting is written in a configuration file, in the words of JSON Schema. Editors use it, and it
 * tells a number from text that lost its quotes. The text itself is read by the field's rule.
 */
export type FileForm = Readonly<Record<string, unknown>>;

/** The form of a field; of one without a form, its description. */
export function fileForm(field: z.ZodType): FileForm {
  const { $schema: _, ...form } = z.toJSONSchema(field, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
  });
  return form;
}

/** Why text is not taken, where its form is not all there is to say. */
export class NotTaken {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * A setting that is text outside and a `T` inside. `read` answers undefined for text that is not taken, or
 * says why it is not. `form` may take more than `read` does.
 */
export function field<T>(
  expected: string,
  read: (text: string) => T | NotTaken | undefined,
  form: FileForm = { type: 'string' },
) {
  return z
    .string({ error: expected })
    .transform((text, context): T => {
      const value = read(text);
      const refused = value instanceof NotTaken;
      if (value !== undefined && !refused) return value;
      context.addIssue({ code: 'custom', message: refused ? `${expected}: ${value.reason}` : expected });
      return z.NEVER;
    })
    .meta({ description: expected, ...form });
}

export function textLike(pattern: RegExp, expected: string) {
  const read = (text: string) => (pattern.test(text) ? text : undefined);
  return field(expected, read, { type: 'string', pattern: pattern.source });
}

/**
 * A secret whose text `accepts` takes; a reason why not must hold nothing of it. It is judged once: a
 * secret's file that changes later is not.
 */
export function secretLike(accepts: (text: string) => boolean | NotTaken, expected: string) {
  return z
    .custom<Secret>((found) => found instanceof Secret, { error: expected })
    .superRefine((secret, context) => {
      const judged = accepts(secret.reveal());
      if (judged === true) return;
      context.addIssue({ code: 'custom', message: judged ? `${expected}: ${judged.reason}` : expected });
    })
    .meta({ description: expected, type: 'string' });
}

/** A number written in digits, above zero and at most `upTo`. Fractions are taken. */
export function positiveNumber({ upTo, example }: { upTo: number; example: string }) {
  const read = (text: string) => {
    const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
    return value > 0 && value <= upTo ? value : undefined;
  };
  const form = { type: 'number', exclusiveMinimum: 0, maximum: upTo };
  return field(`a number above 0 and at most ${upTo}, such as ${example}`, read, form);
}

/** A whole number from `from` to `to`, both included. */
export function wholeNumber({ from, to, example }: { from: number; to: number; example: string }) {
  const read = (text: string) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= from && value <= to ? value : undefined;
  };
  const form = { type: 'integer', minimum: from, maximum: to };
  return field(`a whole number from ${from} to ${to}, such as ${example}`, read, form);
}

/**
 * A share of a whole, written in percent and read as 0..1. A bare number other than 0 is not taken, because
 * it could mean either.
 */
export function share() {
  const read = (text: string) => {
    const percent = text === '0' ? text : /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
    return percent !== undefined && Number(percent) <= 100 ? Number(percent) / 100 : undefined;
  };
  const form = { type: ['string', 'integer'], pattern: '^\\d+(?:\\.\\d+)?%$', minimum: 0, maximum: 0 };
  return field('a percentage from 0% to 100%, such as 20%', read, form);
}

/** A duration in milliseconds, above zero and at most `upTo`. */
export function duration({ upTo, example }: { upTo: string; example: string }) {
  const longest = parseDuration(upTo) ?? 0;
  const read = (text: string) => {
    const milliseconds = parseDuration(text) ?? 0;
    return milliseconds > 0 && milliseconds <= longest ? milliseconds : undefined;
  };
  const form = { type: 'string', pattern: DURATION.source, minLength: 1 };
  return field(`a duration above zero and at most ${upTo}, such as ${example}`, read, form);
}

export function yesOrNo() {
  const read = (text: string) => (text === 'true' || text === 'false' ? text === 'true' : undefined);
  return field('true or false', read, { type: 'boolean' });
}

export function oneOf<const Word extends string>(words: readonly Word[], example: Word) {
  const read = (text: string) => words.find((word) => word === text.toLowerCase());
  return field(`one of ${words.join(', ')}, such as ${example}`, read, { enum: words });
}

/** Words separated by commas, each once, in the order given; at least one. */
export function listOf<const Word extends string>(words: readonly Word[]) {
  const expected = `a list with at least one of ${words.join(', ')}, such as ${words.join(',')}`;
  const read = (text: string): readonly Word[] | undefined => {
    const parts = text.split(',').map((part) => part.trim());
    const named = new Set(parts.filter((part) => part !== ''));
    const known = [...named].flatMap((part) => words.find((word) => word === part) ?? []);
    return known.length > 0 && known.length === named.size ? known : undefined;
  };
  return field(expected, read, { type: 'array', items: { enum: words }, minItems: 1, uniqueItems: true });
}

/** Names of fields separated by commas, none of `kept`. Empty text is no name at all. */
export function fieldNames(kept: readonly string[]) {
  const expected = `names of fields, such as download_url, but none of ${kept.join(', ')}`;
  const name = new RegExp(`^(?!(?:${kept.join('|')})$)[\\w.-]{1,128}$`);
  const read = (text: string): readonly string[] | undefined => {
    const parts = text.split(',').map((part) => part.trim());
    const named = [...new Set(parts.filter((part) => part !== ''))];
    const isNothing = named.length === 0 && text !== '';
    return isNothing || !named.every((part) => name.test(part)) ? undefined : named;
  };
  const items = { type: 'string', pattern: name.source };
  return field(expected, read, { type: 'array', items, uniqueItems: true });
}
