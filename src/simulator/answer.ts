import { randomUUID } from 'node:crypto';
import { ERRORS, isErrorCode, type Refusal } from './errors.ts';
import type { Charset } from './json-body.ts';

/** What the server sends back. An object goes out as JSON, text as it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | string;
  /** UTF-8 when left out. */
  readonly charset?: Charset;
}

/** Unique per answer, also between servers of one process, so that a test can tell whose answer it holds. */
function requestId(): string {
  return randomUUID().replaceAll('-', '');
}

/** An answer of CPH or its gateway: the request id is in the body and in `X-Request-Id`. */
export function apiAnswer(status: number, fields: Readonly<Record<string, unknown>>): Answer {
  const request_id = requestId();
  return { status, headers: { 'X-Request-Id': request_id }, body: { ...fields, request_id } };
}

/** Success, and nothing to say. */
export function noContent(): Answer {
  return { status: 204, headers: { 'X-Request-Id': requestId() }, body: '' };
}

/** The documented error body; CPH and the gateway differ in the order of its fields only. */
export function refusalAnswer({ code, message }: Refusal): Answer {
  return apiAnswer(ERRORS[code].status, { error_code: code, error_msg: message });
}

/**
 * The error body for any code, `APIG` or `APIGW`, with its documented status when it is known and no other is
 * wanted. Codes the simulator does not know come as CPH's own do.
 */
export function errorAnswer(code: string, status?: number): Answer {
  const known = code.replace(/^APIG\./, 'APIGW.');
  const error = isErrorCode(known) ? ERRORS[known] : { status: 400, message: 'Simulated error.' };
  return apiAnswer(status ?? error.status, { error_code: code, error_msg: error.message });
}

/** The error of an edition's `CODE` or `CODE/STATUS`. */
export function refusedAs(text: string): Answer {
  const [code = text, status] = text.split('/');
  return errorAnswer(code, status === undefined ? undefined : Number(status));
}

/** An answer of IAM, which keeps the request id to the headers. */
export function iamAnswer(status: number, body: Answer['body']): Answer {
  return { status, headers: { 'X-Request-Id': requestId() }, body };
}
