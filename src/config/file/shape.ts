/** What a configuration file may hold, and where: the one description behind checking files and helping editors. */
import type { z } from 'zod';
import { CREDENTIAL_FIELDS } from '../credentials.ts';
import { textLike } from '../fields.ts';
import { GLOBAL_FIELDS } from '../global.ts';
import { PROJECT_FIELDS } from '../project.ts';
import {
  CREDENTIAL_SETTINGS,
  FILE_KEY_SUFFIX,
  GLOBAL_SETTINGS,
  PROJECT_SETTINGS,
  type Row,
} from '../setting-table.ts';
import type { SettingGroup } from '../settings.ts';
import { ALERTMANAGER_SETTINGS, WEBHOOK_SETTINGS } from '../sink-table.ts';
import { ALERTMANAGER_FIELDS, WEBHOOK_FIELDS } from '../sinks.ts';

/** What may stand at a place. */
export type Shape =
  | { readonly kind: 'setting'; readonly row: Row; readonly field: z.ZodType }
  /** The path of the file with the secret of a setting in it. */
  | { readonly kind: 'secret-file'; readonly row: Row }
  /** What another reader looks at. */
  | { readonly kind: 'unread' }
  /** The one word that says of which kind a mapping is. */
  | { readonly kind: 'word'; readonly word: string }
  | MappingShape
  /** A mapping whose keys are names that people choose. */
  | { readonly kind: 'named'; readonly of: MappingShape }
  | { readonly kind: 'list'; readonly of: MappingShape | KindsShape };

export interface MappingShape {
  readonly kind: 'mapping';
  readonly keys: Readonly<Record<string, Shape>>;
  /** Keys an editor should ask for. The program finds out by judging what is there. */
  readonly required?: readonly string[];
}

/** Mappings told apart by their key `kind`. */
export interface KindsShape {
  readonly kind: 'kinds';
  readonly of: Readonly<Record<string, MappingShape>>;
}

export const GLOBAL = { table: GLOBAL_SETTINGS, fields: GLOBAL_FIELDS };
export const PROJECT = { table: PROJECT_SETTINGS, fields: PROJECT_FIELDS };
export const CREDENTIAL = { table: CREDENTIAL_SETTINGS, fields: CREDENTIAL_FIELDS };
export const WEBHOOK = { table: WEBHOOK_SETTINGS, fields: WEBHOOK_FIELDS };
export const ALERTMANAGER = { table: ALERTMANAGER_SETTINGS, fields: ALERTMANAGER_FIELDS };

/** A file gives credentials names, so that projects can share them. */
export const CREDENTIALS_OF_PROJECT = {
  table: { name: { key: 'credentials', description: 'which of the credentials the project is read with' } },
  fields: { name: textLike(/\S/, 'the name of one of the credentials') },
} as const;

const PROJECT_KEYS = keysOf(PROJECT, CREDENTIALS_OF_PROJECT);

/** What all projects share can be said once; what tells them apart cannot. */
const { project_id: _id, name: _name, ...DEFAULT_KEYS } = PROJECT_KEYS;

export const SECTIONS = {
  credentials: { kind: 'named', of: mapping(keysOf(CREDENTIAL)) },
  defaults: mapping(DEFAULT_KEYS),
  projects: { kind: 'list', of: mapping(PROJECT_KEYS, ['project_id']) },
  sinks: {
    kind: 'list',
    of: {
      kind: 'kinds',
      of: { webhook: sink('webhook', WEBHOOK), alertmanager: sink('alertmanager', ALERTMANAGER) },
    },
  },
} as const satisfies Record<string, Shape>;

/** The whole file. */
export const FILE_SHAPE = mapping({ ...keysOf(GLOBAL), ...SECTIONS }, ['projects']);

/** The whole file, for whoever needs nothing of its sections. */
export const GLOBAL_SHAPE = mapping({ ...FILE_SHAPE.keys, ...unread(Object.keys(SECTIONS)) });

function mapping(keys: Readonly<Record<string, Shape>>, required: readonly string[] = []): MappingShape {
  return { kind: 'mapping', keys, required };
}

function unread(keys: readonly string[]): Record<string, Shape> {
  return Object.fromEntries(keys.map((key) => [key, { kind: 'unread' }]));
}

function sink(word: string, group: SettingGroup<string>): MappingShape {
  return mapping({ kind: { kind: 'word', word }, ...keysOf(group) }, ['kind']);
}

function keysOf(...groups: readonly SettingGroup<string>[]): Record<string, Shape> {
  const keys: Record<string, Shape> = {};
  for (const { table, fields } of groups) {
    for (const [name, row] of Object.entries<Row>(table)) {
      const field = fields[name];
      if (field) addKey(keys, row.key, { kind: 'setting', row, field });
      if (row.secret) addKey(keys, `${row.key}${FILE_KEY_SUFFIX}`, { kind: 'secret-file', row });
    }
  }
  return keys;
}

/** A key such as `limits.rate_limit` goes into the mapping `limits`. */
function addKey(keys: Record<string, Shape>, key: string, shape: Shape): void {
  const [first = key, second] = key.split('.');
  const there = keys[first];
  if (second === undefined) keys[first] = shape;
  else keys[first] = mapping({ ...(there?.kind === 'mapping' ? there.keys : {}), [second]: shape });
}
