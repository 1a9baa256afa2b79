/** Publishing one message to a topic of Simple Message Notification, the vendor's service that tells people. */
import { type JsonObject, parseBody } from './answer-body.ts';
import { type Authorizer, type Presented, secretsOf } from './auth/authorize.ts';
import { offer } from './auth/offer.ts';
import { type Answer, type Classified, classifyAnswer } from './classify.ts';
import { CphError } from './errors.ts';
import { SMN_PUBLISH } from './hints.ts';
import type { Transport } from './transport.ts';
import { encodeStrict } from './url.ts';

interface PublisherOptions {
  /** `https://smn.{region}.myhuaweicloud.com`, of the topic's region. */
  readonly endpoint: string;
  /** Of the credential. A topic of another account may let it publish. */
  readonly projectId: string;
  readonly topicUrn: string;
  /** Whoever opened it closes it. */
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly requestTimeoutMs: number;
  readonly now: () => Date;
}

export interface TopicMessage {
  /** At most 512 bytes; what e-mails have for a subject. */
  readonly subject: string;
  /** Texts by protocol, `default` for those that have none of their own; at most 256 KB together. */
  readonly texts: Readonly<Record<string, string>> & { readonly default: string };
}

/**
 * Publishes a message in one request, and returns its id. The service has queued it then, and delivers it some
 * time later. Rejects with a {@link CphError}, or with the signal's reason. No request is repeated: there is
 * no idempotency key, so whoever tries again after a lost answer may tell people twice.
 */
export type Publish = (message: TopicMessage, signal: AbortSignal) => Promise<string>;

/** `POST /v2/{project_id}/notifications/topics/{topic_urn}/publish` (SMN API reference, Publishing a Message). */
export function createPublisher(options: PublisherOptions): Publish {
  const { endpoint, projectId, topicUrn, authorizer } = options;
  const topic = `${encodeStrict(projectId)}/notifications/topics/${encodeStrict(topicUrn)}`;
  const url = new URL(`${endpoint}/v2/${topic}/publish`);
  const place = { projectId, endpoint: `${url.origin} SMN` };
  return async (message, signal) => {
    const body = JSON.stringify({
      subject: message.subject,
      message_structure: JSON.stringify(message.texts),
    });
    const ask = (presented: Presented) => send({ url, body, presented, signal }, options);
    const { body: answer, error } = await offer({ authorizer, place, label: SMN_PUBLISH, signal, ask });
    if (error) throw error;
    return String(answer.message_id);
  };
}

interface Publication {
  readonly url: URL;
  readonly body: string;
  readonly presented: Presented;
  readonly signal: AbortSignal;
}

async function send(
  { url, body, presented, signal }: Publication,
  { projectId, transport, requestTimeoutMs: timeoutMs, now }: PublisherOptions,
): Promise<Classified> {
  const own = { 'Content-Type': 'application/json;charset=utf-8', 'X-Project-Id': projectId };
  const authorizing = presented.headersFor({ method: 'POST', url, headers: own, body });
  const headers = { accept: 'application/json', ...own, ...authorizing };
  const answer = await transport.send(
    { method: 'POST', url, headers, body, endpoint: SMN_PUBLISH, timeoutMs },
    signal,
  );
  const secrets = [...secretsOf(authorizing), ...transport.secrets];
  return published(answer, { endpoint: SMN_PUBLISH, host: url.host, now: now(), secrets });
}

/** An id of the message is what says that it was taken, whatever the status beside it. */
function published(answer: Answer, context: Parameters<typeof classifyAnswer>[1]): Classified {
  const { object } = parseBody(answer.text);
  if (isMessage(object)) return { body: object, paging: {}, requestId: null, error: null };
  const classified = classifyAnswer(inGatewayWords(answer, object), context);
  if (classified.error) return classified;
  const { requestId } = classified;
  const error = new CphError(`${SMN_PUBLISH}: HTTP ${answer.status} without the id of a message`, {
    kind: 'malformed',
    code: 'invalid_answer',
    status: answer.status,
    requestId,
    hint: 'Something else than SMN seems to answer there: check the endpoint of the sink.',
  });
  return { body: null, requestId, error };
}

function isMessage(object: JsonObject | null): object is JsonObject {
  return typeof object?.message_id === 'string' && object.message_id !== '';
}

/** SMN names an error `code` and `message`, its gateway `error_code` and `error_msg`. */
function inGatewayWords(answer: Answer, object: JsonObject | null): Answer {
  if (!object || object.error_code || typeof object.code !== 'string') return answer;
  const said = { ...object, error_code: object.code, error_msg: object.message };
  return { ...answer, text: JSON.stringify(said) };
}
