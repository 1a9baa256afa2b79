import type { EventRow } from '../store/events.ts';
import { failSpan, inSpan } from '../tracing/span.ts';
import type { Verdict } from './receiver-answer.ts';

/** What is sent, and to which sink. */
interface Delivered {
  readonly sink: string;
  readonly event?: EventRow;
  /** How many alerts, where it is alerts. */
  readonly alerts?: number;
}

/** Sends in a span, which points to the look that saw what is told. */
export async function inDelivery(
  { sink, event, alerts }: Delivered,
  send: () => Promise<Verdict>,
): Promise<Verdict> {
  const told = event
    ? { 'cloudevents.event_id': event.id, 'cloudevents.event_type': event.type, 'cph.event_seq': event.seq }
    : { 'cph.alerts': alerts };
  const attributes = { 'cph.sink': sink, ...told };
  const about = event?.traceparent ?? null;
  return await inSpan('cph.delivery', { client: true, attributes, about }, async (span) => {
    const verdict = await send();
    span.setAttribute('cph.verdict', verdict.kind);
    if (verdict.kind !== 'accepted') failSpan(span, verdict.kind);
    return verdict;
  });
}
