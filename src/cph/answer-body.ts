/** Reads the bodies that CPH, its gateway and IAM answer with, whatever they turn out to be. */

import { parseExactly } from './exact-json.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Parsed {
  readonly object: JsonObject | null;
  /** What the body is instead of a JSON object, in words. */
  readonly found: string;
  readonly code: 'not_json' | 'truncated' | 'invalid_answer';
  /** There is nothing in it: no text, null, or a list without rows. */
  readonly empty: boolean;
}

export function parseBody(text: string): Parsed {
  const start = text.trimStart().slice(0, 1);
  if (start === '') return { ...NOTHING, found: 'an empty body', code: 'not_json', empty: true };
  if (start === '<') return { ...NOTHING, found: 'HTML', code: 'not_json' };
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch {
    return start === '{'
      ? { ...NOTHING, found: 'broken JSON', code: 'truncated' }
      : { ...NOTHING, found: 'text', code: 'not_json' };
  }
  if (isObject(value)) return { ...NOTHING, object: value, found: '', code: 'invalid_answer' };
  const empty = value === null || (Array.isArray(value) && value.length === 0);
  return { ...NOTHING, found: 'JSON', code: 'invalid_answer', empty };
}

const NOTHING = { object: null, empty: false } as const;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What services of the vendor write where an error would be named, beside an answer that is none. */
const SUCCESS_CODE = /^(?:(?:[a-z]+\.)?0+|200|ok|success)$/i;

/** CPH and the gateway send `error_code`; IAM sends `error.code`, which repeats the HTTP status. */
export function errorCode(body: JsonObject | null, secrets: readonly string[]): string | null {
  if (!body) return null;
  const iam = isObject(body.error) ? body.error.code : undefined;
  const code = body.error_code ? body.error_code : typeof iam === 'number' ? `IAM.${iam}` : iam;
  if (!code || SUCCESS_CODE.test(String(code))) return null;
  return safeId(String(code), secrets) ?? 'unreadable_code';
}

/** Fields that only an answer that failed fills. */
const FAULT_NAME =
  /^(?:.*[_-])?(?:error|errors|err|fault|faults|exception|failure)(?:[_-]?(?:code|msg|message|info|no))?$/i;
/** Fields that say how it went, whichever way. */
const OUTCOME_NAME = /^(?:(?:ret|return|result|status|response|res)[_-]?)?(?:code|status|result|state|ret)$/i;
const FAILED_WORD = /fail|err|busy|unavailable|denied|timeout|exception|invalid/i;
/** Fields that hold a sentence, and what it tells of a failure. */
const SENTENCE_NAME =
  /^(?:(?:ret|return|result|status|response|res)[_-]?)?(?:message|msg|reason|detail|description|desc)$/i;
const FAILED_SENTENCE = /\b(?:fail|err|busy|unavailable|denied|time(?:d )?out|exception|overload|try again)/i;
/** How those fields are filled where nothing failed, beside {@link SUCCESS_CODE}. */
const NO_FAULT = /^(?:20\d|20000|none|false|no[ _-]?errors?)$/i;

/**
 * Whether an answer that shows nothing says that it failed, by whatever field. A code that is no number may be
 * anything but a name of success.
 */
export function saysFailed(body: JsonObject): boolean {
  return Object.entries(body).some(([name, value]) => {
    const text = typeof value === 'object' && value !== null ? '' : String(value ?? '').trim();
    if (/^(?:is_?)?(?:success|succeeded|ok)$/i.test(name)) return /^(?:false|0|no)$/i.test(text);
    if (FAULT_NAME.test(name)) return isFilled(value) && !isSuccess(text);
    return text !== '' && !isSuccess(text) && tellsFailure(name, text);
  });
}

function tellsFailure(name: string, text: string): boolean {
  if (SENTENCE_NAME.test(name)) return FAILED_SENTENCE.test(text);
  return OUTCOME_NAME.test(name) && (/code$/i.test(name) || FAILED_WORD.test(text));
}

/** Fields that tell of troubles, where an answer has rows all the same. */
const TROUBLE_NAME = /^(?:partial[_-]?)?(?:errors?|faults?|exceptions?|failures?|warnings?)$/i;
const PARTIAL_SENTENCE = /\b(?:incomplete|partial|truncated|omitted)/i;

/**
 * Whether an answer with rows says that others are missing: a backend that is down, a part that timed out. Less than
 * {@link saysFailed} takes for it, because many APIs write a word of success where an error would be.
 */
export function saysPartial(body: JsonObject): boolean {
  return Object.entries(body).some(([name, value]) => {
    const isSentence = FAULT_NAME.test(name) || SENTENCE_NAME.test(name);
    // The rows of the page are among the values, and took an eighth of a listing to be read as one text.
    if (!isSentence && !TROUBLE_NAME.test(name)) return false;
    const text = textOf(value);
    const tells = FAILED_SENTENCE.test(text) || PARTIAL_SENTENCE.test(text);
    return tells && !(isSentence && isSuccess(text));
  });
}

/** All that a value says, as one text. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value ?? '').trim();
  return Object.values(value).map(textOf).join(' ').trim();
}

function isSuccess(text: string): boolean {
  return SUCCESS_CODE.test(text) || NO_FAULT.test(text);
}

function isFilled(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return String(value ?? '').trim() !== '';
}

export function errorText(body: JsonObject, secrets: readonly string[]): string {
  const iam = isObject(body.error) ? body.error.message : undefined;
  const text = body.error_msg ?? iam;
  return typeof text === 'string' ? sanitise(text, secrets) : '';
}

const LONGEST_TEXT = 200;

/** Upstream text fit for logs and tables: one line, short, and without anything that may be a credential. */
function sanitise(text: string, secrets: readonly string[]): string {
  return withoutSecrets(text, secrets)
    .replace(/[\p{C}\s]+/gu, ' ')
    .replace(/[\w+/=-]{40,}/g, '***') // tokens, keys and signatures are 40 or longer, ids 36 or shorter
    .trim()
    .slice(0, LONGEST_TEXT);
}

/**
 * Whoever repeats a secret does so as it is, or as part of a document or an address that is quoted in the
 * text.
 */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const json = (secret: string) => JSON.stringify(secret).slice(1, -1);
  return secrets
    .filter((secret) => secret !== '' && secret.length <= text.length)
    .flatMap((secret) => [secret, json(secret), json(json(secret)), encodeURIComponent(secret)])
    .reduce((clean, spelling) => clean.replaceAll(spelling, '***'), text);
}

/**
 * An id as the vendor's are, or null: it goes into logs and tables unchanged, so a secret in its place does
 * not pass.
 */
export function safeId(value: unknown, secrets: readonly string[] = []): string | null {
  if (typeof value !== 'string' || !/^[\w.:-]{1,64}$/.test(value)) return null;
  return withoutSecrets(value, secrets) === value ? value : null;
}
