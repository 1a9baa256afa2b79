import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { spoilAnswer } from './fault-effects.ts';
import type { FaultSchedule } from './fault-schedule.ts';
import type { Effect } from './faults.ts';
import { answerRequest, type Cloud } from './gateway.ts';
import { mutateWorld } from './page-shift.ts';
import { type ApiRequest, readRequest } from './request.ts';
import { type LoggedRequest, logRequest } from './request-log.ts';
import { isWireEffect, send } from './sending.ts';

/** The running server's state. */
export interface Session {
  readonly cloud: Cloud;
  readonly schedule: FaultSchedule;
  readonly requests: LoggedRequest[];
  readonly now: () => Date;
  /** Aborted when the server closes: ends what is being sent slowly. */
  readonly signal: AbortSignal;
}

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Answers one request, faults and all. Rejects only for a mistake of our own: a client that hangs up is no
 * error here.
 */
export async function respond({ message, response }: Exchange, session: Session): Promise<void> {
  const { cloud, schedule, requests, signal } = session;
  try {
    const request = await readRequest(message);
    cloud.world.advanceTo(session.now());
    const entry = logRequest(request, cloud.world.now());
    requests.push(entry);
    const effects = schedule.effectsOn(request, cloud.world);
    const answer = makeAnswer(request, cloud, effects);
    await send(answer, response, { effects: effects.filter(isWireEffect), signal });
    if (!response.headersSent) return;
    entry.status = answer.status;
    entry.request_id = answer.headers['X-Request-Id'] ?? null;
  } catch (error) {
    if (!signal.aborted && !message.errored) throw error;
  }
}

/**
 * Lets images come and go first, so that the answer shows them. Then spoils the answer, one effect after
 * another.
 */
function makeAnswer(request: ApiRequest, cloud: Cloud, effects: readonly Effect[]): Answer {
  for (const effect of effects) {
    if (effect.kind === 'mutate') mutateWorld(cloud.world, effect, request);
  }
  let answer = answerRequest(request, cloud);
  for (const effect of effects) {
    if (effect.kind === 'mutate' || isWireEffect(effect)) continue;
    answer = spoilAnswer(answer, effect, cloud.world.now());
  }
  return answer;
}
