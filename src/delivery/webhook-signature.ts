import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The headers by which a receiver knows that a request is ours, whole and recent, by the Standard Webhooks
 * scheme: HMAC-SHA256 of `id.timestamp.body`, the time in seconds.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signatureHeaders(
  message: { readonly id: string; readonly body: string; readonly sentAt: Date },
  secret: string | null,
): Record<string, string> {
  const { id, body } = message;
  const timestamp = String(Math.floor(message.sentAt.getTime() / 1000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (secret === null) return headers;
  const hmac = createHmac('sha256', signingKey(secret)).update(`${id}.${timestamp}.${body}`);
  return { ...headers, 'webhook-signature': `v1,${hmac.digest('base64')}` };
}

/**
 * The scheme's libraries take a secret as Base64, with or without `whsec_` before it, and so do we. Text that
 * cannot be Base64 is the key itself, which they call the raw format.
 */
function signingKey(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  return BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.from(secret);
}
