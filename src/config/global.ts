import { z } from 'zod';
import { cron, cronOrOff, databaseUrl, portOrOff, publicUrl, timeZone } from './domain-fields.ts';
import { duration, oneOf, textLike, yesOrNo } from './fields.ts';
import type { GLOBAL_SETTINGS } from './setting-table.ts';
import { type Findings, judge, type Settings } from './settings.ts';

export type GlobalKey = keyof typeof GLOBAL_SETTINGS;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const GLOBAL_FIELDS = {
  /** Null: the embedded Postgres under `dataDir`. */
  databaseUrl: databaseUrl()
    .optional()
    .transform((url) => url ?? null),
  dataDir: textLike(/\S/, 'the path of a folder, such as .cph-inventory'),
  syncCron: cron('*/5 * * * *'),
  watchCron: cronOrOff('*/15 * * * * *'),
  timezone: timeZone(),
  /** Milliseconds. */
  shutdownTimeoutMs: duration({ upTo: '10m', example: '10s' }),
  /** Whether images that had failed before a project was first read raise alerts. */
  baselineAlerts: yesOrNo(),
  /** Milliseconds. */
  eventRetentionMs: duration({ upTo: '36500d', example: '365d' }),
  /** Milliseconds. */
  runRetentionMs: duration({ upTo: '36500d', example: '30d' }),
  httpHost: textLike(/^[A-Za-z0-9.:_-]+$/, 'an address or host name, such as 127.0.0.1'),
  /** Null where nothing is served. */
  httpPort: portOrOff(),
  /** Null where the page is not known under any name. */
  publicUrl: publicUrl()
    .optional()
    .transform((url) => url ?? null),
  logLevel: oneOf(LOG_LEVELS, 'info'),
} satisfies Record<GlobalKey, z.ZodType>;

const schema = z.object(GLOBAL_FIELDS);

type Fields = Readonly<z.output<typeof schema>>;

/** When the daemon looks. */
interface Schedules {
  /** Cron expression of the sweep. */
  readonly sync: string;
  /** Cron expression of the watch; null when it is off. */
  readonly watch: string | null;
  /** IANA name, for both. */
  readonly timezone: string;
}

/** Settings that are found one by one and used together. */
type GroupedKey =
  | 'syncCron'
  | 'watchCron'
  | 'timezone'
  | 'httpHost'
  | 'httpPort'
  | 'eventRetentionMs'
  | 'runRetentionMs';

/** What does not depend on a project. */
export interface GlobalSettings extends Omit<Fields, GroupedKey> {
  readonly schedules: Schedules;
  /** How long events and runs are kept, in milliseconds. */
  readonly retention: { readonly eventsMs: number; readonly runsMs: number };
  /** Null where nothing is served. */
  readonly http: { readonly host: string; readonly port: number } | null;
}

/** The global part of the configuration; null, with a fault for each, when something about it is wrong. */
export function assembleGlobal(settings: Settings<GlobalKey>, findings: Findings): GlobalSettings | null {
  const fields = judge(schema, settings, findings);
  if (fields === null) return null;
  const { syncCron, watchCron, timezone, httpHost, httpPort, eventRetentionMs, runRetentionMs, ...rest } =
    fields;
  const retention = { eventsMs: eventRetentionMs, runsMs: runRetentionMs };
  const http = httpPort === null ? null : { host: httpHost, port: httpPort };
  return { ...rest, http, retention, schedules: { sync: syncCron, watch: watchCron, timezone } };
}
