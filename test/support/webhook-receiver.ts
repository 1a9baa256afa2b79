/** Somebody else's server, which events are posted to. A test fails when one of them breaks its schema. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, expect } from 'vitest';
import type { CloudEvent } from '../../src/inventory/event.ts';
import { validEvent } from './event-schema.ts';

interface Posted {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: CloudEvent;
}

/** A status, or whatever a server can do to an answer. */
export type Answer = number | ((response: ServerResponse) => void);

interface WebhookReceiver {
  /** Stays the same over `down` and `up`. */
  readonly url: string;
  /** Every request, whatever it was answered. */
  readonly posted: Posted[];
  /** The images of the events it accepted, in the order in which it did. */
  readonly accepted: string[];
  /** What it answers; 204 unless a test wants something else. */
  answer: (posted: Posted, count: number) => Answer | Promise<Answer>;
  readonly down: () => Promise<void>;
  readonly up: () => Promise<void>;
}

/** Takes the request and never says a word. */
export const hang: Answer = () => undefined;
/** Takes the request and ends the connection. */
export const drop: Answer = (response) => response.destroy();
/** Too much at once. */
export const throttle =
  (retryAfter: string): Answer =>
  (response) =>
    response.writeHead(429, { 'retry-after': retryAfter }).end('slow down');

/** Receivers of a file, each of which is gone after its test. */
export function useReceivers(): { readonly start: () => Promise<WebhookReceiver> } {
  let open: WebhookReceiver[] = [];
  const faults: unknown[] = [];
  afterEach(async () => {
    await Promise.all(open.map((receiver) => receiver.down()));
    open = [];
    expect(faults.splice(0)).toEqual([]);
  });
  return {
    start: async () => {
      const receiver = await startReceiver((fault) => faults.push(fault));
      open.push(receiver);
      return receiver;
    },
  };
}

async function startReceiver(onFault: (fault: unknown) => void): Promise<WebhookReceiver> {
  let server = await listen(0, (posted, response) => void take(posted, response));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hooks/cph`,
    posted: [],
    accepted: [],
    answer: () => 204,
    down: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
    up: async () => {
      server = await listen(port, (posted, response) => void take(posted, response));
    },
  };
  const take = async (posted: Posted, response: ServerResponse) => {
    try {
      // Alerts are posted to it too.
      if (posted.headers['content-type']?.startsWith('application/cloudevents+json'))
        validEvent(posted.event);
    } catch (fault) {
      onFault(fault);
    }
    receiver.posted.push(posted);
    const answer = await receiver.answer(posted, receiver.posted.length);
    if (typeof answer === 'function') return answer(response);
    if (answer >= 200 && answer < 300) receiver.accepted.push(posted.event.subject);
    response.writeHead(answer).end(answer === 204 ? undefined : `answer ${answer}`);
  };
  return receiver;
}

async function listen(
  port: number,
  take: (posted: Posted, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const { url: path = '', headers } = request;
    take({ path, headers, body, event: JSON.parse(body) }, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
