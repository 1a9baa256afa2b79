/**
 * The Alertmanager sink: keeps one Alertmanager in step with the alerts that are true, over its HTTP API v2.
 */
import { pathOf, runbookPath } from '../inventory/addresses.ts';
import { readOpenAlerts, readToldAlerts, recordAlerts, type ToldAlert } from '../store/alerts.ts';
import { readTrouble } from '../store/trouble.ts';
import { type Offered, offer } from './alertmanager-offer.ts';
import { compareAlerts } from './alerts.ts';
import { alertOf } from './alerts-text.ts';
import { inDelivery } from './delivery-span.ts';
import { openReceiver, type Receiver, type ReceiverOptions } from './receiver.ts';
import type { Verdict } from './receiver-answer.ts';
import { alertmanagerApi } from './receiver-url.ts';
import type { Failure, Sink, Turn, TurnReport } from './sink.ts';

/** `url` is where the Alertmanager's pages are, or its API; see {@link alertmanagerApi}. */
interface AlertmanagerOptions extends Omit<ReceiverOptions, 'accept'> {
  readonly name: string;
  /** Whether images that had failed before their project was first read completely are alerts too. */
  readonly baselineAlerts: boolean;
  /** Where people reach the page, without a slash at the end: alerts lead there, and to its runbooks. */
  readonly pageUrl?: string | undefined;
}

/**
 * How soon trouble is seen that no event tells of: a sweep that is failing, held or overdue, or an image
 * stuck in creation.
 */
const LOOK_AGAIN_MS = 2_000;
/** About 500 KiB of JSON; a thousand failures are two requests. */
const BATCH = 500;
/**
 * A firing alert ends by itself when it was not sent again for a day. With less, a daemon that is down over
 * night would have its alerts reported as resolved while nobody has looked. Without an end, the alerts of a
 * sink that was taken out of the configuration would stay for ever.
 */
const LASTS_MS = 24 * 3_600_000;
/**
 * An Alertmanager does not take an end that lies ahead of its own clock. It keeps the later end it was told
 * while the alert was firing. So ends are told early, by more than clocks should differ.
 */
const CLOCKS_DIFFER_MS = 60_000;
/** When an alert was last sent that has not been accepted yet. */
const NEVER = new Date(0);

/**
 * A sink whose every turn brings the Alertmanager in step with SQL. Only a change of what SQL says ends an
 * alert: after a restart, a failed sweep or a lost answer, the same comparison comes to the same news.
 */
export function createAlertmanagerSink(options: AlertmanagerOptions): Sink {
  const { name, baselineAlerts, pageUrl } = options;
  const receiver = openReceiver({ ...options, url: alertmanagerApi(new URL(options.url), 'alerts').href });
  return {
    name,
    kind: 'alertmanager',
    takeTurn: (turn) => takeTurn(turn, { name, baselineAlerts, pageUrl, receiver }),
    close: receiver.close,
  };
}

interface Means {
  readonly name: string;
  readonly baselineAlerts: boolean;
  readonly pageUrl: string | undefined;
  readonly receiver: Receiver;
}

async function takeTurn(turn: Turn, means: Means): Promise<TurnReport> {
  const now = turn.now();
  const trouble = await readTrouble(turn.db, {
    now,
    baselineAlerts: means.baselineAlerts,
    teller: means.name,
  });
  const news = compareAlerts(trouble.map(alertOf), await readOpenAlerts(turn.db, means.name), now);
  const ended = await readToldAlerts(turn.db, means.name, news.ended);
  // Written down before they are sent. When the answer is lost and the trouble is over by the next turn, we
  // still know that the Alertmanager may have to be told so.
  await recordAlerts(turn.db, means.name, { firing: news.fresh, ended: [], last_sent_at: NEVER });
  const { accepted, failure, cut } = await tell(messagesOf({ ...news, ended }), { turn, means, now });
  return {
    cursor_seq: failure || cut ? turn.cursor_seq : turn.last_seq,
    delivered: accepted,
    refused: [],
    failure,
    look_again_at: new Date(now.getTime() + LOOK_AGAIN_MS),
  };
}

interface Message {
  readonly firing: boolean;
  readonly alert: ToldAlert;
}

/** News first, so that a long list of repetitions does not hold it up. */
function messagesOf({
  fresh,
  ended,
  due,
}: Record<'fresh' | 'ended' | 'due', readonly ToldAlert[]>): Message[] {
  return [
    ...fresh.map((alert) => ({ firing: true, alert })),
    ...ended.map((alert) => ({ firing: false, alert })),
    ...due.map((alert) => ({ firing: true, alert })),
  ];
}

interface Telling {
  readonly turn: Turn;
  readonly means: Means;
  readonly now: Date;
}

/**
 * Batch by batch, each noted down once it was answered: a turn that is cut short because the Alertmanager is
 * slow was not in vain, and says what was taken.
 */
async function tell(
  messages: readonly Message[],
  { turn, means, now }: Telling,
): Promise<{ accepted: number; failure: Failure | null; cut: boolean }> {
  let accepted = 0;
  let refusal: Failure | null = null;
  for (let start = 0; start < messages.length; start += BATCH) {
    const batch = messages.slice(start, start + BATCH);
    const offered = await offerOrStop(batch, { turn, means, now });
    if (offered === null && accepted === 0) turn.signal.throwIfAborted();
    if (offered === null) return { accepted, failure: refusal, cut: true };
    await noteAnswer(offered, { turn, means, now });
    accepted += offered.accepted.length;
    refusal ??= offered.refusal;
    if (offered.failure) return { accepted, failure: offered.failure, cut: false };
  }
  return { accepted, failure: refusal, cut: false };
}

/** Null where the turn ended first. */
async function offerOrStop(batch: readonly Message[], telling: Telling): Promise<Offered<Message> | null> {
  try {
    return await offer(batch, (part) => post(part, telling));
  } catch (error) {
    if (!telling.turn.signal.aborted) throw error;
    return null;
  }
}

async function post(messages: readonly Message[], { turn, means, now }: Telling): Promise<Verdict> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(messages.map((message) => postable(message, now, means.pageUrl)));
  const delivered = { sink: means.name, alerts: messages.length };
  return await inDelivery(delivered, () => means.receiver.post({ headers, body }, turn));
}

/**
 * An alert in the form of https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 * (`postableAlert`).
 */
function postable({ firing, alert }: Message, now: Date, pageUrl: string | undefined) {
  const { labels, annotations, starts_at } = alert;
  const endsAt = now.getTime() + (firing ? LASTS_MS : -CLOCKS_DIFFER_MS);
  return {
    labels,
    annotations: {
      ...annotations,
      ...(pageUrl && { runbook_url: `${pageUrl}${runbookPath(labels.alertname ?? '')}` }),
    },
    ...(pageUrl && { generatorURL: `${pageUrl}${pathOf(labels)}` }),
    startsAt: starts_at.toISOString(),
    endsAt: new Date(Math.max(endsAt, starts_at.getTime())).toISOString(),
  };
}

/**
 * A refused alert counts as sent: it is offered again with the next round and costs the others nothing until
 * then. A refused end is done with: what the Alertmanager does not take, it does not have.
 */
async function noteAnswer(
  { accepted, refused }: Offered<Message>,
  { turn, means, now }: Telling,
): Promise<void> {
  const answered = [...accepted, ...refused];
  await recordAlerts(turn.db, means.name, {
    firing: answered.filter(({ firing }) => firing).map(({ alert }) => alert),
    ended: answered.filter(({ firing }) => !firing).map(({ alert }) => alert),
    last_sent_at: now,
  });
}
