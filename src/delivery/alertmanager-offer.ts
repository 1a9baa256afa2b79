/** Getting a batch of alerts accepted, or finding those in it that never will be. */
import { failureOf, type Verdict } from './receiver-answer.ts';
import type { Failure } from './sink.ts';

/** What came of offering some alerts. */
export interface Offered<Message> {
  readonly accepted: readonly Message[];
  /** Refused on their own, while others were or would have been accepted. */
  readonly refused: readonly Message[];
  /** What was said to the last of those that were refused; null where none was. */
  readonly refusal: Failure | null;
  /** Why the rest was not offered; null where all were. */
  readonly failure: Failure | null;
}

/**
 * Offers `messages` as one request. An Alertmanager refuses a request as a whole (400, 413, 422), though only
 * one alert in it is at fault or it is only too large. It is then halved until the alerts at fault stand
 * alone. For one alert out of 500 that takes some 18 requests. Before that, an empty request tells whether
 * the refusal is about the alerts at all. Where the empty one is refused too (something else answers there),
 * nothing is halved.
 */
export async function offer<Message>(
  messages: readonly Message[],
  post: (messages: readonly Message[]) => Promise<Verdict>,
): Promise<Offered<Message>> {
  const accepted: Message[] = [];
  const refused: Message[] = [];
  let refusal: Failure | null = null;
  const rest = [messages];
  for (let part = rest.pop(); part; part = rest.pop()) {
    const verdict = await post(part);
    if (verdict.kind === 'failed') return { accepted, refused, refusal, failure: failureOf(verdict, null) };
    if (verdict.kind === 'accepted') {
      accepted.push(...part);
      continue;
    }
    if (refusal === null && (await post([])).kind !== 'accepted') {
      return { accepted, refused, refusal, failure: failureOf(verdict, null) };
    }
    refusal = failureOf(verdict, null);
    if (part.length === 1) refused.push(...part);
    else rest.push(part.slice(part.length / 2), part.slice(0, part.length / 2));
  }
  return { accepted, refused, refusal, failure: null };
}
