import { type Answer, errorAnswer } from './answer.ts';
import type { AnswerEffect } from './faults.ts';
import { atPath } from './json-body.ts';

const OVERSIZE_BYTES = 33 * 1024 * 1024;
const PROXY_PAGE = '<html><head><title>Error</title></head><body><center>nginx</center></body></html>';

type Fields = Readonly<Record<string, unknown>>;
type ErrorEffect = Extract<AnswerEffect, { kind: 'error' }>;
type PatchEffect = Extract<AnswerEffect, { kind: 'patch' }>;

/** The answer as the effect leaves it. Effects on rows leave answers without a list of images as they are. */
export function spoilAnswer(answer: Answer, effect: AnswerEffect, now: Date): Answer {
  switch (effect.kind) {
    case 'error':
      return simulatedError(effect, now);
    case 'raw': {
      const { status, contentType = 'text/html', body = PROXY_PAGE } = effect;
      return { status, headers: { 'Content-Type': contentType }, body };
    }
    case 'redirect':
      return { status: 302, headers: { Location: effect.location }, body: '' };
    case 'header':
      return { ...answer, headers: { ...answer.headers, [effect.name]: effect.value } };
    case 'rename-field':
      return withBody(answer, ({ [effect.from]: value, ...body }) =>
        value === undefined ? body : { ...body, ...atPath(effect.to, value) },
      );
    case 'oversize':
      return withBody(answer, (body) => ({ ...body, padding: 'x'.repeat(effect.bytes ?? OVERSIZE_BYTES) }));
    case 'repeat-row':
      return withRow(answer, effect.row, (row) => [row, row]);
    case 'drop-row':
      return withRow(answer, effect.row, () => []);
    case 'replace-row':
      return withRow(answer, effect.row, () => [effect.value]);
    case 'patch':
      if (effect.row === undefined) return withBody(answer, (body) => patched(body, effect));
      return withRow(answer, effect.row, (row) => [patched(row, effect)]);
  }
}

function simulatedError(effect: ErrorEffect, now: Date): Answer {
  const { code, status, retryAfter } = effect;
  const answer = errorAnswer(code, status);
  if (!retryAfter) return answer;
  const date = new Date(now.getTime() + retryAfter.seconds * 1000).toUTCString();
  const text = retryAfter.form === 'date' ? date : String(retryAfter.seconds);
  return { ...answer, headers: { ...answer.headers, 'Retry-After': text } };
}

function withBody(answer: Answer, change: (body: Fields) => Fields): Answer {
  return typeof answer.body === 'string' ? answer : { ...answer, body: change(answer.body) };
}

function withRow(answer: Answer, place: number, replace: (row: unknown) => unknown[]): Answer {
  return withBody(answer, (body) => {
    const list = 'image_infos' in body ? 'image_infos' : 'phone_images';
    const rows: unknown = body[list];
    if (!Array.isArray(rows)) return body;
    const index = place < 0 ? rows.length + place : place;
    return { ...body, [list]: rows.flatMap((row, at) => (at === index ? replace(row) : [row])) };
  });
}

function patched(value: unknown, { set = {}, unset = [] }: PatchEffect): Fields {
  const fields = { ...(typeof value === 'object' ? value : {}), ...set };
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !unset.includes(name)));
}
