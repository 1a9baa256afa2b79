import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import type { Effect, WireEffect } from './faults.ts';
import { CHARSET_PARAMETER, encodeJson, jsonText } from './json-body.ts';

export function isWireEffect(effect: Effect): effect is WireEffect {
  return ['hang', 'reset', 'truncate', 'delay', 'drip'].includes(effect.kind);
}

/** Sends the answer as well as the effects let it. Resolves when nothing more will be sent. */
export async function send(
  answer: Answer,
  response: ServerResponse,
  { effects, signal }: { effects: readonly WireEffect[]; signal: AbortSignal },
): Promise<void> {
  for (const effect of effects) {
    if (effect.kind === 'delay') await sleep(effect.milliseconds, undefined, { signal });
  }
  const effect = effects.find(({ kind }) => kind !== 'delay');
  if (effect?.kind === 'hang') return;
  if (effect?.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  const body = writeHead(answer, response);
  if (effect?.kind === 'truncate') return truncate(body, response);
  if (effect?.kind === 'drip') return drip(body, response, { ...effect, signal });
  response.end(body);
}

/** Returns the body, whose whole length is announced. */
function writeHead({ status, headers, body, charset = 'utf-8' }: Answer, response: ServerResponse): Buffer {
  const bytes = encodeJson(typeof body === 'string' ? body : jsonText(body), charset);
  response.writeHead(status, {
    'Content-Type': `application/json${CHARSET_PARAMETER[charset]}`,
    'Content-Length': bytes.length,
    ...headers,
  });
  return bytes;
}

/** Closes only when the half is on its way. Closed at once, nothing would arrive. */
function truncate(body: Buffer, response: ServerResponse): void {
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

async function drip(
  body: Buffer,
  response: ServerResponse,
  { bytes, milliseconds, signal }: { bytes: number; milliseconds: number; signal: AbortSignal },
): Promise<void> {
  response.flushHeaders();
  for (let sent = 0; sent < body.length && !response.destroyed; sent += bytes) {
    response.write(body.subarray(sent, sent + bytes));
    await sleep(milliseconds, undefined, { signal });
  }
  response.end();
}
