import { z } from 'zod';
import { databaseUrl } from './database-url.ts';
import { duration } from './duration.ts';
import { oneOf, textLike } from './fields.ts';
import { cron, cronOrOff, timeZone } from './schedule.ts';
import type { GLOBAL_SETTINGS } from './setting-table.ts';
import { type Findings, judge, type Settings } from './settings.ts';

type GlobalKey = keyof typeof GLOBAL_SETTINGS;

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const schema = z.object({
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
  logLevel: oneOf(LOG_LEVELS, 'info'),
} satisfies Record<GlobalKey, z.ZodType>);

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

/** What does not depend on a project. */
export interface GlobalSettings extends Omit<Fields, 'syncCron' | 'watchCron' | 'timezone'> {
  readonly schedules: Schedules;
}

/** The global part of the configuration; null, with a fault for each, when something about it is wrong. */
export function assembleGlobal(settings: Settings<GlobalKey>, findings: Findings): GlobalSettings | null {
  const fields = judge(schema, settings, findings);
  if (fields === null) return null;
  const { syncCron, watchCron, timezone, ...rest } = fields;
  return { ...rest, schedules: { sync: syncCron, watch: watchCron, timezone } };
}
