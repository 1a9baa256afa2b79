import type { z } from 'zod';
import { type JsonObject, safeId } from './answer-body.ts';
import { CphError } from './errors.ts';

/**
 * The part of a body that carries a listing. Throws a {@link CphError} with code `invalid_answer` when it has another
 * shape, or fields but none of those documented: what is no listing must not be taken for an empty one.
 */
export function shapeOf<T>(
  body: JsonObject,
  { schema, endpoint }: { schema: z.ZodObject & z.ZodType<T>; endpoint: string },
): T {
  const fields = Object.keys(body);
  const documented = ['request_id', ...Object.keys(schema.shape)];
  if (fields.length > 0 && !documented.some((field) => fields.includes(field))) {
    throw invalidAnswer(body, `${endpoint}: the answer has none of the fields the reference names`);
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.');
  throw invalidAnswer(body, `${endpoint}: ${field} of the answer is not what the reference says`);
}

/** A success that cannot be believed. It is not retried: the API, or what answers in its place, works like that. */
export function invalidAnswer(body: JsonObject, message: string): CphError {
  return new CphError(message, {
    kind: 'malformed',
    code: 'invalid_answer',
    status: 200,
    requestId: safeId(body.request_id),
    hint: 'The API has changed, or this is another one: check the endpoint, and tell the maintainers of cph-inventory.',
  });
}
