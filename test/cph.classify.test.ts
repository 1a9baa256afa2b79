import { describe, expect, test } from 'vitest';
import { classifyAnswer } from '../src/cph/classify.ts';

const NOW = new Date('2026-03-01T12:00:00Z');

interface Given {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
  readonly endpoint?: string;
  readonly secrets?: readonly string[];
}

function classify({
  status,
  body,
  text,
  headers = {},
  endpoint = 'cloud-phone/images',
  secrets = [],
}: Given) {
  const answer = { status, headers, text: text ?? JSON.stringify(body) };
  return classifyAnswer(answer, { endpoint, now: NOW, secrets });
}

const errorOf = (given: Given) => classify(given).error;
const cps = (error_code: string, error_msg = 'Said by the API.') => ({
  request_id: 'r1',
  error_code,
  error_msg,
});

test('a JSON object under 200 is a body', () => {
  expect(classify({ status: 200, body: { image_infos: [], request_id: 'r1' } })).toEqual({
    requestId: 'r1',
    body: { image_infos: [], request_id: 'r1' },
    paging: {},
    error: null,
  });
});

test('the request id comes from the body, else from the header', () => {
  expect(classify({ status: 200, body: {}, headers: { 'x-request-id': 'r2' } }).requestId).toBe('r2');
  expect(errorOf({ status: 502, text: '', headers: { 'x-request-id': 'r2' } })?.requestId).toBe('r2');
  expect(classify({ status: 200, body: { request_id: '<script>' } }).requestId).toBeNull();
});

describe('what an error is about', () => {
  test.each([
    [400, 'CPS.0001', 'denied', false],
    [400, 'CPS.0002', 'refused', false],
    [400, 'CPS.0003', 'unavailable', true],
    [400, 'CPS.0006', 'suspended', false],
    [400, 'CPS.0007', 'suspended', false],
    [400, 'CPS.0010', 'refused', false],
    [400, 'CPS.0030', 'refused', false],
    [404, 'APIGW.0101', 'refused', false],
    [413, 'APIGW.0201', 'refused', false],
    [504, 'APIGW.0201', 'unavailable', true],
    [401, 'APIGW.0301', 'unauthorized', false],
    [403, 'APIGW.0301', 'unauthorized', false],
    [401, 'APIGW.0307', 'unauthorized', false],
    [403, 'APIGW.0302', 'denied', false],
    [403, 'APIGW.0306', 'denied', false],
    [403, 'APIGW.0310', 'denied', false],
    [403, 'APIGW.0802', 'denied', false],
    [429, 'APIGW.0308', 'throttled', true],
    [500, 'APIGW.0601', 'unavailable', true],
    [503, 'APIGW.0613', 'unavailable', true],
    [429, 'APIG.0308', 'throttled', true],
    [200, 'CPS.0003', 'unavailable', true],
    [200, 'CPS.0001', 'denied', false],
    [200, 'CPS.9999', 'refused', false],
  ])('%i %s is %s; retried: %s', (status, code, kind, retryable) => {
    const error = errorOf({ status, body: cps(code) });
    expect(error).toMatchObject({ status, code, kind, retryable, requestId: 'r1', name: 'CphError' });
  });

  test.each([
    [401, 'unauthorized', 'IAM.401'],
    [403, 'denied', 'IAM.403'],
    [400, 'refused', 'IAM.400'],
    [500, 'unavailable', 'IAM.500'],
  ])('an IAM body under %i is %s', (status, kind, code) => {
    const body = { error: { code: status, message: 'Said by IAM.', title: 'Title' } };
    expect(errorOf({ status, body })).toMatchObject({ status, kind, code });
    expect(errorOf({ status, body })?.message).toBe(
      `cloud-phone/images: HTTP ${status} ${code} Said by IAM.`,
    );
  });

  test.each([
    [401, 'unauthorized', false],
    [403, 'denied', false],
    [404, 'refused', false],
    [408, 'unavailable', true],
    [429, 'throttled', true],
    [500, 'unavailable', true],
    [502, 'unavailable', true],
  ])('HTML under %i is %s by its status alone', (status, kind, retryable) => {
    const error = errorOf({ status, text: '<html><body>secret page</body></html>' });
    expect(error).toMatchObject({ kind, retryable, code: `http_${status}` });
    expect(error?.message).toBe(`cloud-phone/images: HTTP ${status} with HTML`);
  });
});

describe('200 without a JSON object', () => {
  test.each([
    ['', 'an empty body', 'not_json', true],
    ['  <!doctype html>', 'HTML', 'not_json', true],
    ['all is well', 'text', 'not_json', true],
    ['{"image_infos": [{"image_', 'broken JSON', 'truncated', true],
    ['[]', 'JSON', 'invalid_answer', false],
    ['null', 'JSON', 'invalid_answer', false],
    ['"text"', 'JSON', 'invalid_answer', false],
  ])('%j is malformed', (text, found, code, retryable) => {
    const error = errorOf({ status: 200, text });
    expect(error).toMatchObject({ kind: 'malformed', code, retryable, status: 200 });
    expect(error?.message).toBe(`cloud-phone/images: HTTP 200 with ${found} instead of a JSON object`);
  });
});

test('a redirect is refused, naming where it leads and nothing else of it', () => {
  const headers = { location: 'https://user:pass@elsewhere.example/v1?token=abc' };
  const error = errorOf({ status: 302, text: '', headers });
  expect(error).toMatchObject({ kind: 'malformed', code: 'redirect', retryable: false });
  expect(error?.message).toBe('cloud-phone/images: HTTP 302, a redirect to https://elsewhere.example');
});

describe('Retry-After', () => {
  test.each([
    ['7', 7000],
    ['0', 0],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['soon', null],
  ])('%s is %s ms', (value, ms) => {
    const error = errorOf({ status: 429, body: cps('APIGW.0308'), headers: { 'retry-after': value } });
    expect(error?.retryAfterMs).toBe(ms);
  });
});

describe('what a person should do', () => {
  test('a denied phone-images endpoint needs a second permission', () => {
    const denied = { status: 400, body: cps('CPS.0001') };
    expect(errorOf({ ...denied, endpoint: 'cloud-phone/phone-images' })?.hint).toContain('ims:images:list');
    expect(errorOf(denied)?.hint).toContain('cph:images:list');
    expect(errorOf(denied)?.hint).not.toContain('ims:');
  });

  test.each([
    ['CPS.0006', 400, 'arrears'],
    ['CPS.0007', 400, 'frozen'],
    ['APIGW.0301', 401, 'expired'],
    ['APIGW.0307', 401, 'region'],
    ['APIG.0307', 401, 'region'],
  ])('%s is explained', (code, status, word) => {
    expect(errorOf({ status, body: cps(code) })?.hint).toContain(word);
  });
});

describe('what upstream says', () => {
  test('is kept to one short line', () => {
    const error = errorOf({
      status: 400,
      body: cps('CPS.0010', `a\n\u001b[31mb\u0000 ${'long '.repeat(100)}`),
    });
    expect(error?.message).toMatch(/^cloud-phone\/images: HTTP 400 CPS\.0010 a \[31mb long /);
    expect(error?.message.length).toBeLessThanOrEqual(250);
  });

  test('loses everything that may be a credential', () => {
    const error_msg = `bad token hunter2 or ${'Ab0/'.repeat(20)}== of image 23030320230421e300221a2000004433`;
    const error = errorOf({ status: 401, body: cps('APIGW.0301', error_msg), secrets: ['hunter2'] });
    expect(error?.message).toContain('bad token *** or *** of image 23030320230421e300221a2000004433');
  });

  test('may hold anything: a code that is no code is not repeated', () => {
    const error = errorOf({ status: 400, body: { error_code: { a: 1 }, error_msg: ['x'] } });
    expect(error).toMatchObject({ code: 'unreadable_code', kind: 'refused' });
  });
});
