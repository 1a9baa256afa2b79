import { retryAfter } from '../waiting/retry-after.ts';
import { errorCode, errorText, type JsonObject, type Parsed, parseBody, safeId } from './answer-body.ts';
import { CphError, type CphErrorKind } from './errors.ts';
import { hintFor, settingOf } from './hints.ts';
import { pagingFields } from './paging-headers.ts';

/** An HTTP answer, read to its end. */
export interface Answer {
  readonly status: number;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export interface AnswerContext {
  /** What was asked, for messages and hints: `cloud-phone/images`. */
  readonly endpoint: string;
  /** Where it was asked, for hints. */
  readonly host?: string;
  readonly now: Date;
  /** Taken out of whatever the answer says, should it repeat what it was sent. */
  readonly secrets: readonly string[];
}

/** An answer is either a body to read or an error; both can carry the vendor's request id. */
export type Classified =
  | {
      readonly requestId: string | null;
      readonly body: JsonObject;
      /** What its head says of further pages. */
      readonly paging: JsonObject;
      readonly error: null;
    }
  | { readonly requestId: string | null; readonly body: null; readonly error: CphError };

/**
 * Decides what an answer means, by its status and the code in its body. The code decides where it is known:
 * CPH reports all its errors as 400, a passing internal one (`CPS.0003`) like a missing permission
 * (`CPS.0001`), and some answers say 200 and carry an error.
 */
export function classifyAnswer(answer: Answer, context: AnswerContext): Classified {
  const parsed = parseBody(answer.text);
  const body = parsed.object;
  const { secrets } = context;
  const named = safeId(body?.request_id, secrets);
  const requestId = named ?? safeId(firstValue(answer.headers['x-request-id']), secrets);
  const code = errorCode(body, secrets);
  const success = answer.status >= 200 && answer.status < 300;
  if (success && code === null && body) return { requestId, body, paging: pagingFields(answer), error: null };

  const failure = { answer, context, requestId };
  if (success && code === null) return { requestId, body: null, error: notJson(parsed, failure) };
  if (firstValue(answer.headers.location) !== undefined && answer.status < 400 && !success) {
    return { requestId, body: null, error: redirected(failure) };
  }
  return { requestId, body: null, error: reported(code ?? `http_${answer.status}`, { ...failure, parsed }) };
}

const NO_CONTENT = 204;

interface Failure {
  readonly answer: Answer;
  readonly context: AnswerContext;
  readonly requestId: string | null;
}

function reported(
  code: string,
  { answer, context, requestId, parsed }: Failure & { parsed: Parsed },
): CphError {
  const { endpoint, host, now, secrets } = context;
  const kind = kindOfCode(code) ?? kindOfStatus(answer.status);
  const said = parsed.object ? errorText(parsed.object, secrets) : `with ${parsed.found}`;
  // Where the answer has no code of its own, ours would only repeat the status.
  const told = [String(answer.status), code.startsWith('http_') ? '' : code, said].filter(Boolean).join(' ');
  return new CphError(`${endpoint}: HTTP ${told}`, {
    kind,
    code,
    status: answer.status,
    requestId,
    retryable: kind === 'throttled' || kind === 'unavailable',
    retryAfterMs: retryAfter(firstValue(answer.headers['retry-after']), now),
    clockAheadMs: clockAhead(firstValue(answer.headers.date), now),
    hint: hintFor(kind, { code, endpoint, host, traced: requestId !== null }),
  });
}

function notJson(parsed: Parsed, { answer, context, requestId }: Failure): CphError {
  return new CphError(
    `${context.endpoint}: HTTP ${answer.status} with ${parsed.found} instead of a JSON object`,
    {
      kind: 'malformed',
      code: parsed.code,
      status: answer.status,
      requestId,
      // Gateways answer like this while they restart; JSON of another shape is there to stay, and so is 204.
      retryable: parsed.code !== 'invalid_answer' && answer.status !== NO_CONTENT,
      listless: parsed.empty,
      hint: hintFor('malformed', { ...context, code: parsed.code }),
    },
  );
}

function redirected({ answer, context, requestId }: Failure): CphError {
  const target = originOf(firstValue(answer.headers.location));
  return new CphError(`${context.endpoint}: HTTP ${answer.status}, a redirect${target && ` to ${target}`}`, {
    kind: 'malformed',
    code: 'redirect',
    status: answer.status,
    requestId,
    hint: `Redirects are not followed, so that credentials go nowhere else: set ${settingOf(context.endpoint)} to where the API is.`,
  });
}

const KIND_BY_CODE: Readonly<Record<string, CphErrorKind>> = {
  'CPS.0001': 'denied',
  'CPS.0003': 'unavailable',
  'CPS.0006': 'suspended',
  'CPS.0007': 'suspended',
  'APIGW.0301': 'unauthorized',
  'APIGW.0302': 'denied',
  'APIGW.0306': 'denied',
  'APIGW.0307': 'unauthorized',
  'APIGW.0308': 'throttled',
  'APIGW.0310': 'denied',
  'APIGW.0601': 'unavailable',
  'APIGW.0613': 'unavailable',
  'APIGW.0802': 'denied',
  'SMN.0001': 'denied',
  'SMN.0016': 'unavailable',
  'SMN.0018': 'unavailable',
  'SMN.0019': 'unavailable',
  'SMN.0022': 'unauthorized',
  'SMN.0057': 'throttled',
  'SMN.0065': 'throttled',
  'SMN.0070': 'suspended',
  'SMN.0071': 'suspended',
};

function kindOfCode(code: string): CphErrorKind | undefined {
  return KIND_BY_CODE[code.replace(/^APIG\./, 'APIGW.')];
}

function kindOfStatus(status: number): CphErrorKind {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'denied';
  if (status === 429) return 'throttled';
  return status >= 500 || status === 408 ? 'unavailable' : 'refused';
}

function firstValue(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'object' ? header[0] : header;
}

function clockAhead(date: string | undefined, now: Date): number | null {
  const said = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(said) ? null : now.getTime() - said;
}

function originOf(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : '';
}
