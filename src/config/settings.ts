import type { z } from 'zod';
import { type Fault, shown } from './fault.ts';
import type { Secret } from './secret.ts';
import type { SettingTable } from './setting-table.ts';

/**
 * A setting as found, before it is judged: always text, whatever it was written in, so that the environment and a
 * configuration file are read by the same rules.
 */
export interface Setting {
  /** What a fault calls it: the environment variable, or the path in the configuration file. */
  readonly origin: string;
  /** The default where nothing was set; undefined where there is no default either. */
  readonly value: string | Secret | undefined;
  /** There is a value, but it could not be had; the fault for that has been found already. */
  readonly unreadable: boolean;
  /** What a fault shows instead of the value, where something else was written. */
  readonly written?: string;
}

/** One group of settings, by the keys of its table. */
export type Settings<Key extends string> = Readonly<Record<Key, Setting>>;

/** All there is to know of a group: how its settings are called, and what they take. */
export interface SettingGroup<Key extends string> {
  readonly table: SettingTable<Key>;
  readonly fields: Readonly<Record<Key, z.ZodType>>;
}

/** What is found along the way. Reading goes on after a fault, so that a person sees all of them at once. */
export interface Findings {
  readonly faults: Fault[];
  readonly warnings: string[];
}

/** Faults for settings that say the same as one before them. `expected` is what such a setting takes. */
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
 * The settings as `schema` reads them. Null when one is wrong, with a fault for each; the schema's messages are the
 * faults' `expected`, so they say what would be right.
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
