import { expect, test } from 'vitest';
import { transportError } from '../src/cph/transport-error.ts';

test.each([
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout', true],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout', true],
  ['UND_ERR_BODY_TIMEOUT', 'timeout', true],
  ['ETIMEDOUT', 'timeout', true],
  ['ENOTFOUND', 'connection', true],
  ['EAI_AGAIN', 'connection', true],
  ['ECONNRESET', 'connection', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', false],
  ['CERT_HAS_EXPIRED', 'tls', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', false],
])('%s is %s; retried: %s', (label, code, retryable) => {
  const cause = Object.assign(new Error('text that may say anything'), { code: label });
  const error = transportError(cause, { endpoint: 'cloud-phone/images', status: null });
  expect(error).toMatchObject({ kind: 'unreachable', code, retryable, status: null, cause });
  expect(error.message).toContain(`(${label})`);
  expect(error.message).not.toContain('anything');
});

test('a connection that ends while an answer arrives has cut it short', () => {
  const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  const error = transportError(cause, { endpoint: 'cloud-phone/images', status: 200 });
  expect(error).toMatchObject({ code: 'truncated', retryable: true });
});
