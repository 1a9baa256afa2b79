import { z } from 'zod';
import type { EventType } from '../inventory/diff.ts';
import type { ImageStatus } from '../inventory/image.ts';
import { clearTextWarnings } from './address.ts';
import { secretLike } from './fields.ts';
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
  webhookSecret: secretLike(
    (text) => text.length >= 8,
    'at least 8 characters, such as whsec_ and 32 bytes in Base64',
  ).optional(),
  alertmanagerUrl: sinkUrl('http://alertmanager:9093').optional(),
} satisfies Record<SinkKey, z.ZodType>);

function sinkUrl(example: string) {
  const accepts = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return secretLike(accepts, `an http or https URL, such as ${example}`);
}

/** The sinks the settings describe; null, with a fault for each, when something about them is wrong. */
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
