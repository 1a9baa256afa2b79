import { type Access, checkAccess } from './access.ts';
import { type Answer, refusalAnswer } from './answer.ts';
import type { Edition } from './edition.ts';
import { Refusal } from './errors.ts';
import { answerLogin, type Iam } from './iam.ts';
import { answerImages } from './images-endpoint.ts';
import { answerPhoneImages } from './phone-images-endpoint.ts';
import type { ApiRequest } from './request.ts';
import type { World } from './world.ts';

/** Everything an answer can depend on beside the request. */
export interface Cloud {
  readonly world: World;
  /** In force now; may be replaced between two requests. */
  edition: Edition;
  /** How often each question was asked. */
  readonly turns: Map<string, number>;
  readonly access: Access;
  readonly iam: Iam;
}

/**
 * The answer the API gives when nothing goes wrong. The gateway checks first, then the endpoint answers.
 */
export function answerRequest(request: ApiRequest, cloud: Cloud): Answer {
  try {
    return route(request, cloud);
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error);
    throw error;
  }
}

function route(request: ApiRequest, { world, edition, turns, access, iam }: Cloud): Answer {
  const { target, query, body } = request;
  if (!target) throw new Refusal('APIGW.0101');
  if (target.endpoint === 'tokens') return answerLogin(body, iam);
  const { endpoint, project_id } = target;
  checkAccess(request, access, { project_id, now: world.now() });
  if (!world.projects.includes(project_id)) throw new Refusal('APIGW.0306');
  const origin = `http://${request.headers.host}`;
  const url = new URL(`${request.path}?${query}`, URL.canParse(origin) ? origin : 'http://localhost');
  const turn = turns.get(url.href) ?? 0;
  turns.set(url.href, turn + 1);
  const question = { world, edition, query, project_id, url, turn };
  return endpoint === 'images' ? answerImages(question) : answerPhoneImages(question);
}
