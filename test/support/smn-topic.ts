/** The vendor's notification service, as far as publishing goes: it looks at the signature and at the limits. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { signatureClaim, signatureOf } from '../../src/simulator/signature.ts';

export const AK = 'QTWAOYTTINDUT2QVKYUC';
export const SK = 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc';

interface Published {
  readonly method: string;
  /** As it came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly subject: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** Status and body; `hang up` ends the connection when the message was taken. */
type Answer = readonly [status: number, body: string] | 'hang up';

export interface SmnTopic {
  readonly endpoint: string;
  /** Every request with a right signature, whatever it was answered. */
  readonly published: Published[];
  answer: (published: Published) => Answer;
}

const TAKEN: Answer = [200, '{"request_id":"r-1","message_id":"m-1"}'];

/** For one test. */
export async function smnTopic(): Promise<SmnTopic> {
  const published: Published[] = [];
  const topic = { endpoint: '', published, answer: (): Answer => TAKEN };
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    const body = await text(request);
    const { subject, message_structure } = JSON.parse(body);
    const one = { method, path: url, headers, body, subject, texts: JSON.parse(message_structure ?? '{}') };
    const fault = faultOf(one);
    if (!fault) published.push(one);
    const answer = fault ?? topic.answer();
    if (answer === 'hang up') return response.destroy();
    response.writeHead(answer[0], { 'content-type': 'application/json' }).end(answer[1]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  topic.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return topic as SmnTopic;
}

/** Limits by the service's API reference. */
function faultOf({ method, path, headers, body, subject, texts }: Published): Answer | null {
  const claim = signatureClaim(headers.authorization);
  const query = new URLSearchParams();
  const request = { method, path, query, headers, body };
  const right = claim?.access === AK && signatureOf(request, claim.signedHeaders, SK) === claim.signature;
  if (!right && !headers['x-auth-token']) return [401, '{"error_code":"APIGW.0301","error_msg":"wrong"}'];
  if (Buffer.byteLength(subject) > 512) return [403, '{"code":"SMN.0008","message":"subject"}'];
  const size = Buffer.byteLength(JSON.stringify(texts));
  if (size > 256 * 1024 || !texts.default) return [400, '{"code":"SMN.0021","message":"structure"}'];
  if ((texts.sms ?? '').length > 490 || /[[\]\u3010\u3011]/.test(texts.sms ?? '')) {
    return [403, '{"code":"SMN.0009","message":"sms"}'];
  }
  return null;
}
