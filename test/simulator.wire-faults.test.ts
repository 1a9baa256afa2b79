import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { createConnection, Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Fault, WireEffect } from '../src/simulator/faults.ts';
import { send } from '../src/simulator/sending.ts';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';

async function cloudWith(...faults: Fault[]) {
  const start = new Date('2026-01-01T00:00:00Z');
  const world = createWorld({ seed: 1, start, projects: ['ours'], images: 20 });
  const cloud = await startSimulator({ world, faults });
  onTestFinished(() => cloud.close());
  const ask = (init: RequestInit = {}) =>
    fetch(`${cloud.url}/v1/ours/cloud-phone/images`, { headers: { 'X-Auth-Token': cloud.token }, ...init });
  return { world, cloud, ask };
}

describe('a fault of the wire', () => {
  it('resets the connection; the next request works', async () => {
    const { cloud, ask } = await cloudWith({ when: { nth: 1 }, effect: { kind: 'reset' } });
    await expect(ask()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect((await ask()).status).toBe(200);
    expect(cloud.requests.map(({ status }) => status)).toEqual([null, 200]);
  });

  it('closes the connection in the middle of the body', async () => {
    const { cloud } = await cloudWith({ effect: { kind: 'truncate' } });
    const socket = createConnection(Number(new URL(cloud.url).port), '127.0.0.1');
    const path = '/v1/ours/cloud-phone/images';
    socket.end(`GET ${path} HTTP/1.1\r\nHost: simulator\r\nX-Auth-Token: ${cloud.token}\r\n\r\n`);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    await once(socket, 'close');
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    const length = Number(/Content-Length: (\d+)/.exec(head)?.[1]);
    expect(head).toContain('200 OK');
    expect(body.length).toBe(Math.floor(length / 2));
    expect(length).toBeGreaterThan(1000);
  });

  it('never answers, and lets the server close all the same', async () => {
    const { cloud, ask } = await cloudWith({ effect: { kind: 'hang' } });
    const asked = ask();
    const failed = expect(asked).rejects.toThrow();
    await vi.waitFor(() => expect(cloud.requests).toHaveLength(1));
    await cloud.close();
    await failed;
    expect(cloud.requests[0]?.status).toBeNull();
  });

  it('answers late', async () => {
    const { ask } = await cloudWith({ effect: { kind: 'delay', milliseconds: 60 } });
    const before = performance.now();
    const response = await ask();
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ total: 20 });
  });

  it('lets the body drip, whole in the end', async () => {
    const { ask } = await cloudWith({ effect: { kind: 'drip', bytes: 1500, milliseconds: 5 } });
    const response = await ask();
    const pieces: Uint8Array[] = [];
    for await (const piece of response.body ?? []) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(2);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ total: 20 });
  });

  it.each<WireEffect>([
    { kind: 'delay', milliseconds: 3_600_000 },
    { kind: 'drip', bytes: 1, milliseconds: 3_600_000 },
  ])('leaves no timer behind when the server closes: $kind', async (effect) => {
    const closing = new AbortController();
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    const answer = { status: 200, headers: {}, body: 'some text' };
    const sent = send(answer, response, { effects: [effect], signal: closing.signal });
    closing.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('does not mind a client that gives up', async () => {
    const { cloud, ask } = await cloudWith({
      when: { nth: 1 },
      effect: { kind: 'drip', bytes: 1, milliseconds: 1 },
    });
    const giveUp = new AbortController();
    const response = await ask({ signal: giveUp.signal });
    giveUp.abort();
    await expect(response.text()).rejects.toThrow();
    expect((await ask()).status).toBe(200);
    expect(cloud.requests).toHaveLength(2);
  });

  it('makes an answer larger than 32 MiB', async () => {
    const { ask } = await cloudWith({ effect: { kind: 'oversize' } });
    const text = await (await ask()).text();
    expect(text.length).toBeGreaterThan(32 * 1024 * 1024);
    expect(JSON.parse(text)).toMatchObject({ total: 20 });
  });
});
