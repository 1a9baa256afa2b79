import { type JsonObject, safeId, saysFailed, saysPartial } from './answer-body.ts';
import { CphError } from './errors.ts';
import { wholeNumber } from './field.ts';

/** The part of an answer that carries a listing. */
interface AnswerList {
  readonly rows: readonly unknown[];
  /** As reported, under any of the names in use; null when the answer has none that can be read. */
  readonly total: number | null;
  /** Its `total` of 0 stands in place of the list. */
  readonly listless: boolean;
  /** It says that it is not all there is. */
  readonly partial: boolean;
}

const TOTAL_NAMES = ['total', 'total_count', 'totalCount', 'total_num', 'count'];

/**
 * The list of an answer. What is no listing must not be taken for an empty one: an answer without its list is
 * a {@link CphError} of code `invalid_answer`, whatever else it says, unless it says that the total is 0. So is an
 * empty one beside which an answer says that it failed.
 */
export function listOf(body: JsonObject, { list, endpoint }: { list: string; endpoint: string }): AnswerList {
  const rows = body[list];
  const total = totalOf(body);
  if (Array.isArray(rows) && rows.length > 0)
    return { rows, total, listless: false, partial: saysPartial(body) };
  if (saysFailed(body))
    throw invalidAnswer(body, `${endpoint}: the answer has no rows and says that it failed`);
  if (Array.isArray(rows)) return { rows, total, listless: false, partial: false };
  const listless = rows === undefined || rows === null;
  if (listless && total === 0) return { rows: [], total, listless, partial: false };
  const instead = listless ? 'has no' : 'has something else than a list as';
  throw invalidAnswer(body, `${endpoint}: the answer ${instead} ${list}`, { listless });
}

function totalOf(body: JsonObject): number | null {
  const name = TOTAL_NAMES.find((one) => body[one] !== undefined && body[one] !== null);
  const total = name === undefined ? undefined : wholeNumber(body[name]);
  return total !== undefined && total >= 0 ? total : null;
}

/**
 * A success that cannot be believed. It is not retried: the API, or what answers in its place, works like
 * that.
 */
export function invalidAnswer(
  body: JsonObject,
  message: string,
  facts: { readonly listless?: boolean } = {},
): CphError {
  return new CphError(message, {
    kind: 'malformed',
    code: 'invalid_answer',
    status: 200,
    requestId: safeId(body.request_id),
    ...facts,
    hint: 'The API has changed, or this is another one: check the endpoint, and tell the maintainers of cph-inventory.',
  });
}

/** Whether a question for a page behind rows failed in a way in which editions say that there is no such page. */
export function isNoPage(error: unknown): boolean {
  return error instanceof CphError && (error.kind === 'refused' || error.listless);
}
