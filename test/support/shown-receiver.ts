/** A receiver that the documentation shows, running as a program, and requests that it must not take. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { signatureHeaders } from '../../src/delivery/webhook-signature.ts';
import { freePort } from './pgbouncer.ts';
import { until } from './until.ts';

interface RunningReceiver {
  readonly url: string;
  /** All it has written to stdout. */
  readonly printed: () => string;
}

interface ReceiverProgram {
  readonly program: string;
  readonly code: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Resolves once it answers. For one test. */
export async function startReceiver({
  program,
  code,
  folder,
  env,
}: ReceiverProgram): Promise<RunningReceiver> {
  const path = join(folder, 'receiver.mjs'); // Python does not mind the name.
  writeFileSync(path, code);
  const port = String(await freePort());
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, [path], { env: { PATH, HOME, PORT: port, ...env } });
  let printed = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const url = `http://127.0.0.1:${port}/`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`the receiver ended:\n${complaints}`);
    return await fetch(url, { method: 'POST', body: '' }).catch(() => null);
  });
  return { url, printed: () => printed };
}

const MESSAGE = {
  id: 'e-1',
  body: '{"type":"cph.image.removed","data":{"image_name":"forged"}}',
};

interface SignedRequest {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request signed twice, as while a secret is replaced, and what must be refused, by what is wrong with it. */
export function forgeries(secret: string): {
  readonly right: SignedRequest;
  readonly wrong: Record<string, SignedRequest>;
} {
  const sign = (key: string, ms = 0) =>
    signatureHeaders({ ...MESSAGE, sentAt: new Date(Date.now() + ms) }, key);
  const headers = sign(secret);
  const signature = headers['webhook-signature'] ?? '';
  const request = (changed: object, body = MESSAGE.body): SignedRequest => ({
    method: 'POST',
    headers: { ...headers, ...changed },
    body,
  });
  const other = sign(`whsec_${Buffer.from('another secret, as long').toString('base64')}`);
  return {
    right: request({ 'webhook-signature': `${other['webhook-signature']} ${signature}` }),
    wrong: {
      'another secret': request(other),
      'no signature': request({ 'webhook-signature': '' }),
      'another body': request({}, MESSAGE.body.replace('removed', 'created')),
      'another id': request({ 'webhook-id': 'e-2' }),
      'another time': request({ 'webhook-timestamp': '1' }),
      'a time that is none': request({ 'webhook-timestamp': 'NaN' }),
      'sent six minutes ago': request(sign(secret, -360_000)),
      'sent in six minutes': request(sign(secret, 360_000)),
      'another scheme': request({ 'webhook-signature': signature.replace('v1,', 'v2,') }),
      'the signature cut off': request({ 'webhook-signature': signature.slice(0, -1) }),
      'a longer one': request({ 'webhook-signature': `${signature}=` }),
      'letters beyond ASCII': request({ 'webhook-signature': signature.replace(/.$/, 'é') }),
    },
  };
}
