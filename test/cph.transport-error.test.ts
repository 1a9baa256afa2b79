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

test.each([
  [
    'cloud-phone/images',
    'ENOTFOUND',
    /the name service does not know cph\.example:443/,
    /HW_REGION_NAME and CPH_ENDPOINT/,
  ],
  ['IAM auth/tokens', 'ECONNREFUSED', /cph\.example:443 refuses it/, /HW_AUTH_URL/],
  [
    'cloud-phone/images',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    /answers without TLS/,
    /CPH_ENDPOINT to its http:\/\//,
  ],
  ['cloud-phone/images', 'EPROTO', /answers without TLS/, /http:\/\//],
  ['cloud-phone/images', 'UND_ERR_SOCKET', /broke it off/, /https:\/\//],
  ['cloud-phone/images', 'CERT_HAS_EXPIRED', /has expired/, /clock/],
  [
    'cloud-phone/images',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    /another name than cph\.example:443/,
    /CPH_ENDPOINT/,
  ],
  ['cloud-phone/images', 'DEPTH_ZERO_SELF_SIGNED_CERT', /not trusted/, /NODE_EXTRA_CA_CERTS/],
])('%s failing with %s names the host, and the setting to look at', (endpoint, code, message, hint) => {
  const cause = Object.assign(new Error(), { code });
  const error = transportError(cause, { endpoint, status: null, host: 'cph.example:443' });
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
});
