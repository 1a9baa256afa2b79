import type { EventType } from '../inventory/diff.ts';
import { cloudEvent } from '../inventory/event.ts';
import type { ImageStatus } from '../inventory/image.ts';
import type { EventRow } from '../store/events.ts';
import { traceHeaders } from '../tracing/span.ts';
import { inDelivery } from './delivery-span.ts';
import { deliverEvents } from './event-turn.ts';
import { openReceiver, type Receiver, type ReceiverOptions } from './receiver.ts';
import type { Verdict } from './receiver-answer.ts';
import type { Sink, Turn } from './sink.ts';
import { signatureHeaders } from './webhook-signature.ts';

export interface WebhookOptions extends ReceiverOptions {
  readonly name: string;
  /** Asked for at each request, so that it can be changed while we run; null: requests are not signed. */
  readonly secret: (() => string) | null;
  /** Only events of these types; null for all. */
  readonly types: readonly EventType[] | null;
  /** Only events that bring an image into one of these; null for all. */
  readonly toStatus: readonly ImageStatus[] | null;
}

/**
 * Posts every event it wants as a CloudEvent in structured mode, signed by the Standard Webhooks scheme. Any
 * 2xx is an acceptance, unless `accept` asks for more. The event's id is the message's: a receiver that remembers it takes none twice.
 */
export function createWebhookSink(options: WebhookOptions): Sink {
  const receiver = openReceiver(options);
  const wants = (event: EventRow) => isWanted(event, options);
  const send = (event: EventRow, turn: Turn) =>
    inDelivery({ sink: options.name, event }, () => post(receiver, event, { turn, secret: options.secret }));
  return {
    name: options.name,
    kind: 'webhook',
    takeTurn: (turn) => deliverEvents(turn, { wants, send }),
    close: receiver.close,
  };
}

function isWanted(
  { type, transition }: EventRow,
  { types, toStatus }: Pick<WebhookOptions, 'types' | 'toStatus'>,
): boolean {
  if (types && !types.includes(type)) return false;
  return !toStatus || (transition !== null && toStatus.includes(transition.to));
}

function post(
  receiver: Receiver,
  event: EventRow,
  { turn, secret }: { readonly turn: Turn; readonly secret: WebhookOptions['secret'] },
): Promise<Verdict> {
  const body = JSON.stringify(cloudEvent(event));
  const message = { id: event.id, body, sentAt: turn.now() };
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8',
    ...signatureHeaders(message, secret?.() ?? null),
    ...traceHeaders(),
  };
  return receiver.post({ headers, body }, turn);
}
