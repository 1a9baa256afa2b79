/** The tables of docs/configuration.md, made from the tables that the program reads its settings by. */
import type { z } from 'zod';
import { fileForm } from '../src/config/fields.ts';
import {
  ALERTMANAGER,
  CREDENTIAL,
  CREDENTIALS_OF_PROJECT,
  GLOBAL,
  PROJECT,
  SMN,
  WEBHOOK,
} from '../src/config/file/shape.ts';
import type { Row } from '../src/config/setting-table.ts';
import type { SettingGroup } from '../src/config/settings.ts';

const TABLES: Readonly<Record<string, readonly SettingGroup<string>[]>> = {
  project: [PROJECT, CREDENTIALS_OF_PROJECT],
  credentials: [CREDENTIAL],
  program: [GLOBAL],
  webhook: [WEBHOOK],
  alertmanager: [ALERTMANAGER],
  smn: [SMN],
};

const MARKED = /(<!-- settings: (\w+)[^>]*-->\n)[\s\S]*?(<!-- end of settings -->)/g;

/**
 * The page with every table between its two markers written anew, everything else as it was. Throws unless
 * the page has exactly one place for each table.
 */
export function withSettingTables(page: string): string {
  const places = [...page.matchAll(MARKED)].map(([, , name]) => name);
  if (places.toSorted().join() !== Object.keys(TABLES).toSorted().join()) {
    throw new Error(`the page has places for the tables ${places.join(', ')}; takes each once: ${names()}`);
  }
  return page.replace(MARKED, (_, begin: string, name: string, end: string) => {
    const rows = (TABLES[name] ?? []).flatMap((group) => rowsOf(group, name));
    return `${begin}\n| setting | default | meaning | takes |\n|---|---|---|---|\n${rows.join('\n')}\n\n${end}`;
  });
}

function names(): string {
  return Object.keys(TABLES).join(', ');
}

function rowsOf({ table, fields }: SettingGroup<string>, name: string): string[] {
  return Object.entries<Row>(table).map(([key, row]) => {
    const field = fields[key];
    if (!field) throw new Error(`the setting ${row.key} has no field`);
    const setting = [row.variable, row.key].filter((text) => text !== undefined).map((text) => `\`${text}\``);
    const meaning = row.secret ? `${row.description}; has a \`_FILE\` form` : row.description;
    const takes = plain(String(fileForm(field).description));
    return `| ${setting.join('<br>')} | ${defaultOf(row, field, name)} | ${plain(meaning)} | ${takes} |`;
  });
}

/** No single one of the credentials is required: one way of three is enough. */
function defaultOf(row: Row, field: z.ZodType, name: string): string {
  if (row.default !== undefined) return `\`${row.default}\``;
  return name === 'credentials' || field.safeParse(undefined).success ? '–' : 'required';
}

/** Text in which Markdown finds nothing to read. */
function plain(text: string): string {
  return text.replace(/[*|<]/g, '\\$&');
}
