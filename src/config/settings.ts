import type { z } from 'zod';
import { type Fault, shown } from './fault.ts';
import type { Secret } from './secret.ts';
import type { SettingTable } from './setting-table.ts';

/**
 * A setting as found, before it is judged. It is always text, so that the same rules read the environment
 * and a configuration file.
 */
export interface Setting {
  /** Its name in faults: the environment variable, or the path in the configuration file. */
  readonly origin: string;
  /** The default where nothing was set; undefined where there is no default either. */
  readonly value: string | Secret | undefined;
  /** There is a value, but it could not be read. The fault for that has been found already. */
  readonly unreadable: boolean;
  /** What a fault shows instead of the value, where something else was written. */
  readonly written?: string;
}

/** One group of settings, by the keys of its table. */
export type Settings<Key extends string> = Readonly<Record<Key, Setting>>;

/** A group of settings: what they are called, and what they take. */
export interface SettingGroup<Key extends string> {
  readonly table: SettingTable<Key>;
  readonly fields: Readonly<Record<Key, z.ZodType>>;
}

/** What reading finds along the way. It goes on after a fault, so that a person sees all faults at once. */
export interface Findings {
  readonly faults: Fault[];
  readonly warnings: string[];
}

/** A fault for each setting that repeats one before it. `expected` is what such a setting takes. */
export function refuseRepeated(settings: readonly Setting[], expected: string, findings: Findings): void {
  const first = new Map<string, Setting>();
  for (const setting of settings) {
    if (typeof setting.value !== 'string') continue;
    const earlier = first.get(setting.value);
    if (earlier === undefined) first.set(setting.value, setting);
    else {
      const got = `${setting.written ?? shown(setting.value)}, which is also at ${earlier.origin}`;
      findings.faults.push({ where: setting.origin, got, expected });
    }
  }
}

/** Whether somebody set it, or tried to. Settings with a default are always set. */
export function isSet(setting: Setting): boolean {
  return setting.unreadable || setting.value !== undefined;
}

/**
 * The settings as `schema` reads them. Null when any is wrong, with a fault for each that is. The schema's
 * messages become the faults' `expected`, so they say what would be right.
 */
export function judge<T>(schema: z.ZodType<T>, settings: Settings<string>, findings: Findings): T | null {
  const values = Object.entries(settings).map(([key, setting]) => [key, setting.value]);
  const result = schema.safeParse(Object.fromEntries(values));
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const setting = settings[String(issue.path[0])];
    if (!setting || setting.unreadable) continue;
    findings.faults.push({
      where: setting.origin,
      got: setting.written ?? shown(setting.value),
      expected: issue.message,
    });
  }
  return null;
}
