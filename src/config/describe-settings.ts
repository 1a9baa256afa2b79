import {
  CREDENTIAL_SETTINGS,
  GLOBAL_SETTINGS,
  PROJECT_SETTINGS,
  type Row,
  type SettingTable,
} from './setting-table.ts';
import { ALERTMANAGER_SETTINGS, SMN_SETTINGS, WEBHOOK_SETTINGS } from './sink-table.ts';

/** A setting of the environment, as the documentation lists it. */
export interface SettingDescription {
  readonly name: string;
  readonly default: string | null;
  /** Whether `<name>_FILE` is read too. */
  readonly secret: boolean;
  readonly description: string;
}

const ALL_TABLES: readonly SettingTable<string>[] = [
  PROJECT_SETTINGS,
  CREDENTIAL_SETTINGS,
  GLOBAL_SETTINGS,
  WEBHOOK_SETTINGS,
  ALERTMANAGER_SETTINGS,
  SMN_SETTINGS,
];

/** The settings that have a variable, of all tables or of some, in the order in which people see them. */
export function describeSettings(tables = ALL_TABLES): SettingDescription[] {
  return tables.flatMap((table) => Object.values<Row>(table)).flatMap(describeRow);
}

function describeRow(row: Row): SettingDescription[] {
  if (row.variable === undefined) return [];
  const { variable: name, default: fallback = null, secret = false, description } = row;
  return [{ name, default: fallback, secret, description }];
}
