import type { SettingTable } from './setting-table.ts';

/** A sink that posts events. A sink of the environment has the defaults of whatever has no variable. */
export const WEBHOOK_SETTINGS = {
  name: {
    key: 'name',
    default: 'webhook',
    description: 'name of the sink; its place in the log is kept under this name',
  },
  url: {
    variable: 'CPH_WEBHOOK_URL',
    key: 'url',
    secret: true,
    description: 'URL that events are posted to; the variable makes a sink named webhook',
  },
  secret: {
    variable: 'CPH_WEBHOOK_SECRET',
    key: 'secret',
    secret: true,
    description: 'secret that requests are signed with; without it, they are not signed',
  },
  types: { key: 'types', description: 'only events of these types' },
  toStatus: { key: 'to_status', description: 'only events that bring an image into one of these' },
  acceptPath: {
    key: 'accept.json_path',
    description: 'what of a 2xx answer says whether the receiver accepted, where the status alone does not',
  },
  acceptEquals: { key: 'accept.equals', description: 'what stands there when it did' },
} as const satisfies SettingTable<string>;

/** A sink that keeps an Alertmanager told. */
export const ALERTMANAGER_SETTINGS = {
  name: { key: 'name', default: 'alertmanager', description: 'name of the sink' },
  url: {
    variable: 'CPH_ALERTMANAGER_URL',
    key: 'url',
    secret: true,
    description: 'URL of an Alertmanager, or of its API; the variable makes a sink named alertmanager',
  },
} as const satisfies SettingTable<string>;

/** A sink that tells people through the vendor's own notification service. */
export const SMN_SETTINGS = {
  name: { key: 'name', default: 'smn', description: 'name of the sink' },
  topicUrn: {
    variable: 'CPH_SMN_TOPIC_URN',
    key: 'topic_urn',
    description: 'topic that alerts are published to; the variable makes a sink named smn',
  },
  endpoint: {
    variable: 'CPH_SMN_ENDPOINT',
    key: 'endpoint',
    default: 'https://smn.{region}.myhuaweicloud.com',
    description: "URL of Simple Message Notification; {region} stands for the topic's region",
  },
  project: {
    key: 'project',
    description:
      "id or name of the project whose credentials publish; the topic's own project, or the only one, where it is left out",
  },
} as const satisfies SettingTable<string>;
