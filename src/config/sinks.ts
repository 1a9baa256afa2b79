import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../inventory/diff.ts';
import { IMAGE_STATUSES, type ImageStatus } from '../inventory/image.ts';
import { clearTextWarnings } from './address.ts';
import { listOf, oneOf, secretLike, textLike } from './fields.ts';
import type { Secret } from './secret.ts';
import type { SINK_SETTINGS } from './setting-table.ts';
import { type Findings, isSet, judge, type Settings } from './settings.ts';

/** Where events or alerts go. URLs are secrets: they may hold a password, or a token in their path. */
export type SinkConfig =
  | {
      readonly kind: 'webhook';
      readonly name: string;
      readonly url: Secret;
      /** Null: requests are not signed. */
      readonly secret: Secret | null;
      /** Only events of these types; null for all. */
      readonly types: readonly EventType[] | null;
      /** Only events that bring an image into one of these; null for all. */
      readonly toStatus: readonly ImageStatus[] | null;
    }
  | { readonly kind: 'alertmanager'; readonly name: string; readonly url: Secret };

type SinkKey = keyof typeof SINK_SETTINGS;

const schema = z.object({
  webhookUrl: sinkUrl('https://example.com/hooks/cph').optional(),
  webhookSecret: signingSecret().optional(),
  alertmanagerUrl: sinkUrl('http://alertmanager:9093').optional(),
} satisfies Record<SinkKey, z.ZodType>);

/** The keys of one sink in the configuration file; which of them it may have depends on its kind. */
export type FileSinkKey = 'name' | 'kind' | 'url' | 'secret' | 'types' | 'toStatus';

const SINK_NAME = textLike(
  /^[a-z0-9][a-z0-9_-]{0,62}$/,
  'a name in lower-case letters, digits, - and _, such as ops-webhook',
);

const fileSchemas = {
  webhook: z.object({
    name: SINK_NAME,
    url: sinkUrl('https://example.com/hooks/cph'),
    secret: signingSecret().optional(),
    types: listOf(EVENT_TYPES).optional(),
    toStatus: listOf(IMAGE_STATUSES).optional(),
  }),
  alertmanager: z.object({ name: SINK_NAME, url: sinkUrl('http://alertmanager:9093') }),
};
const kindSchema = z.object({ kind: oneOf(['webhook', 'alertmanager'], 'webhook') });

function sinkUrl(example: string) {
  const accepts = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return secretLike(accepts, `an http or https URL, such as ${example}`);
}

function signingSecret() {
  const expected = 'at least 8 characters, such as whsec_ and 32 bytes in Base64';
  return secretLike((text) => text.length >= 8, expected);
}

/** The sink that one entry of the file describes; null, with a fault for each, when something about it is wrong. */
export function assembleSink(settings: Settings<FileSinkKey>, findings: Findings): SinkConfig | null {
  const kind = judge(kindSchema, settings, findings)?.kind;
  if (kind === undefined) return null;
  if (kind === 'alertmanager') {
    const found = judge(fileSchemas.alertmanager, settings, findings);
    return found && { kind, ...found };
  }
  const found = judge(fileSchemas.webhook, settings, findings);
  if (!found) return null;
  findings.warnings.push(...clearTextWarnings(settings.url.origin, found.url.reveal()));
  const { secret = null, types = null, toStatus = null, ...rest } = found;
  return { kind, ...rest, secret, types, toStatus };
}

/** The sinks of the environment; null, with a fault for each, when something about them is wrong. */
export function assembleSinks(settings: Settings<SinkKey>, findings: Findings): readonly SinkConfig[] | null {
  const fields = judge(schema, settings, findings);
  if (isSet(settings.webhookSecret) && !isSet(settings.webhookUrl)) {
    findings.faults.push({
      where: settings.webhookUrl.origin,
      got: 'nothing, although there is a secret to sign with',
      expected: 'the URL to post events to, such as https://example.com/hooks/cph',
    });
  }
  if (fields === null) return null;
  const { webhookUrl: url, webhookSecret: secret = null, alertmanagerUrl } = fields;
  const sinks: SinkConfig[] = [];
  if (url) {
    sinks.push({ kind: 'webhook', name: 'webhook', url, secret, types: null, toStatus: null });
    findings.warnings.push(...clearTextWarnings(settings.webhookUrl.origin, url.reveal()));
  }
  if (alertmanagerUrl) sinks.push({ kind: 'alertmanager', name: 'alertmanager', url: alertmanagerUrl });
  return sinks;
}
