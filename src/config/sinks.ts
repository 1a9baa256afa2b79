import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../inventory/diff.ts';
import { IMAGE_STATUSES, type ImageStatus } from '../inventory/image.ts';
import { type AcceptConfig, assembleAccept, jsonPath, plainValue } from './accept.ts';
import { clearTextWarnings } from './domain-fields.ts';
import { listOf, secretLike } from './fields.ts';
import { assembleHeaders, type HeaderSetting, type HeadersConfig } from './headers.ts';
import type { ProjectConfig } from './project.ts';
import type { Secret } from './secret.ts';
import { type Findings, judge, refuseRepeated, type Settings } from './settings.ts';
import { sinkName } from './sink-name.ts';
import type { ALERTMANAGER_SETTINGS, WEBHOOK_SETTINGS } from './sink-table.ts';
import { assembleSmn, type SmnConfig, type SmnKey } from './smn.ts';

/** Where events or alerts go. URLs are secrets: they may hold a password, or a token in their path. */
export type SinkConfig =
  | SmnConfig
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
      readonly headers: HeadersConfig;
      /** Null: any 2xx is an acceptance. */
      readonly accept: AcceptConfig | null;
    }
  | {
      readonly kind: 'alertmanager';
      readonly name: string;
      readonly url: Secret;
      readonly headers: HeadersConfig;
    };

type WebhookKey = keyof typeof WEBHOOK_SETTINGS;
type AlertmanagerKey = keyof typeof ALERTMANAGER_SETTINGS;

/** A sink as found, before it is judged. */
export type SinkSettings =
  | { readonly kind: 'smn'; readonly settings: Settings<SmnKey> }
  | {
      readonly kind: 'webhook';
      readonly settings: Settings<WebhookKey>;
      readonly headers: readonly HeaderSetting[];
    }
  | {
      readonly kind: 'alertmanager';
      readonly settings: Settings<AlertmanagerKey>;
      readonly headers: readonly HeaderSetting[];
    };

export const WEBHOOK_FIELDS = {
  name: sinkName('webhook'),
  url: sinkUrl('https://example.com/hooks/cph'),
  secret: secretLike(
    (text) => text.length >= 8,
    'at least 8 characters, such as whsec_ and 32 bytes in Base64',
  ).optional(),
  types: listOf(EVENT_TYPES).optional(),
  toStatus: listOf(IMAGE_STATUSES).optional(),
  acceptPath: jsonPath().optional(),
  acceptEquals: plainValue().optional(),
} satisfies Record<WebhookKey, z.ZodType>;

export const ALERTMANAGER_FIELDS = {
  name: sinkName('alertmanager'),
  url: sinkUrl('http://alertmanager:9093'),
} satisfies Record<AlertmanagerKey, z.ZodType>;

const webhook = z.object(WEBHOOK_FIELDS);
const alertmanager = z.object(ALERTMANAGER_FIELDS);

function sinkUrl(example: string) {
  const accepts = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  return secretLike(accepts, `an http or https URL, such as ${example}`);
}

/** The sinks the settings describe, without those that something is wrong about; a fault says what. */
export function assembleSinks(
  found: readonly SinkSettings[],
  projects: readonly ProjectConfig[],
  findings: Findings,
): readonly SinkConfig[] {
  const names = found.map(({ settings }) => settings.name);
  refuseRepeated(names, 'a name that no other sink has', findings);
  return found.flatMap((sink) => {
    const assembled =
      sink.kind === 'smn' ? assembleSmn(sink.settings, projects, findings) : assembleSink(sink, findings);
    return assembled ?? [];
  });
}

function assembleSink(found: Exclude<SinkSettings, { kind: 'smn' }>, findings: Findings): SinkConfig | null {
  const headers = assembleHeaders(found.headers, findings);
  if (found.kind === 'alertmanager') {
    const fields = judge(alertmanager, found.settings, findings);
    return fields && { kind: found.kind, ...fields, headers };
  }
  const fields = judge(webhook, found.settings, findings);
  if (fields === null) return null;
  const {
    name,
    url,
    secret = null,
    types = null,
    toStatus = null,
    acceptPath: path,
    acceptEquals: equals,
  } = fields;
  const accept = assembleAccept({ path, equals }, found.settings, findings);
  findings.warnings.push(...clearTextWarnings(found.settings.url.origin, url.reveal()));
  return { kind: found.kind, name, url, secret, types, toStatus, headers, accept };
}
